//! One function: an answer that refuses becomes an error, in the cloud's own words and our kinds.
//!
//! EC2, CloudFormation, old Nova and others wrap their errors differently, leave the request id out or answer with a page of
//! HTML: the first code and message anywhere are read, then the status. Codes are AWS's
//! (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).

use super::call::Call;
use super::session::Session;
use crate::cloud::{Error, Kind};
pub(super) use crate::provider::fault::LOOK_FIRST;
use crate::provider::words::plain;
use crate::provider::{fault, redirect, request_line};
use crate::wire::{Answer, Intent, retry, xml};

/// What a refusal says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The service's own code: `InvalidInstanceID.NotFound`.
    pub code: Option<String>,
    /// Its words.
    pub words: String,
    /// The request's id, where the body tells it.
    pub request_id: Option<String>,
}

impl Refusal {
    /// Whether the code is this one.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

/// What the body of a refusal says, whatever its shape.
pub fn read(body: &[u8]) -> Refusal {
    let Ok(root) = xml::parse(body) else {
        return Refusal { words: plain(&String::from_utf8_lossy(body)), ..Refusal::default() };
    };
    let found = |name: &str| {
        root.find(name).map(|element| element.text.trim().to_string()).filter(|text| !text.is_empty())
    };
    let code = found("Code");
    let words = match (found("Message"), &code) {
        // Heat's endpoint shows where in its own code it was refused.
        (Some(message), _) => plain(
            message.split_once("\nTraceback (most recent call last)").map_or(&*message, |(words, _)| words),
        ),
        (None, Some(_)) => String::new(),
        (None, None) => plain(&String::from_utf8_lossy(body)),
    };
    let request_id = found("RequestID").or_else(|| found("RequestId")).or_else(|| found("requestId"));
    Refusal { code, words, request_id }
}

/// The error that an answer with a status of 300 or more stands for.
pub fn refusal(session: &Session, call: &Call, answer: &Answer) -> Error {
    if let Some((message, help)) =
        redirect::told(session.name(), answer, &format!("the endpoint in {}", session.found()))
    {
        return told(session, call, answer, Kind::Protocol, message, "").help(help);
    }
    let refusal = read(&answer.body);
    let code = refusal.code.as_deref();
    let kind = kind(answer.status, code, &refusal.words);
    let mut error = told(session, call, answer, kind, headline(kind, answer.status, code), &refusal.words);
    error.request_id = refusal.request_id.clone().or(error.request_id.take());
    error.code = refusal.code.as_deref().map(|code| session.hide(code));
    // A fault without a code of its own does not say how far a request had come.
    error.maybe = call.intent == Intent::Once && fault::is_open(answer.status) && !is_definite(code);
    error.help = match error.maybe {
        true => Some(LOOK_FIRST.to_string()),
        false => help(session, kind, code),
    };
    error
}

/// An answer that was accepted and makes no sense: what was to happen once may have happened.
pub fn nonsense(session: &Session, call: &Call, answer: &Answer, what: &str) -> Error {
    let message = format!("the answer makes no sense: {what}");
    let words = plain(&String::from_utf8_lossy(&answer.body));
    let mut error =
        told(session, call, answer, Kind::Protocol, message, &words).help(fault::LOOK_AT_EXCHANGE);
    error.maybe = call.intent.writes();
    error
}

/// An error with what is known of its exchange; what the cloud says is told without the session's secrets.
fn told(session: &Session, call: &Call, answer: &Answer, kind: Kind, message: String, words: &str) -> Error {
    let mut error = session.error(kind, message);
    error.service = call.service.word();
    error.status = Some(answer.status);
    error.request_id = answer.request_id().map(str::to_string);
    error.request = Some(request_line::answered(answer, session.path(call)));
    error.answer = (!words.is_empty()).then(|| session.hide(words));
    error
}

/// Whether a code says that nothing was done, though its status is that of a fault.
fn is_definite(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        retry::is_throttle(code) || code.contains("Insufficient") || code.ends_with("LimitExceeded")
    })
}

/// The kind of a refusal.
pub fn kind(status: u16, code: Option<&str>, words: &str) -> Kind {
    match code {
        Some(code) => by_code(status, code, words).unwrap_or_else(|| fault::kind(status)),
        None => fault::kind(status),
    }
}

fn by_code(status: u16, code: &str, words: &str) -> Option<Kind> {
    // Server- and client-side faults of EC2 repeat their side: `Client.InvalidVolume.NotFound`.
    let code = code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(code);
    if retry::is_throttle(code) {
        return Some(Kind::RateLimited);
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| code.ends_with(ending));
    Some(match code {
        // Somebody else's image or snapshot, and no doubt about the keys.
        "AuthFailure" if status != 401 || words.contains("ot authorized for ") => Kind::Forbidden,
        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Kind::Unauthorized,
        "AccessDenied"
        | "AccessDeniedException"
        | "Blocked"
        | "OptInRequired"
        | "PendingVerification"
        | "UnauthorizedOperation" => Kind::Forbidden,
        "DryRunOperation" => Kind::InvalidArgument,
        "InvalidAction"
        | "NotImplemented"
        | "OperationNotSupported"
        | "UnknownOperationException"
        | "Unsupported"
        | "UnsupportedOperation" => Kind::Unsupported,
        "AlreadyExistsException"
        | "EntityAlreadyExists"
        | "DependencyViolation"
        | "IdempotentParameterMismatch"
        | "IncorrectInstanceState"
        | "IncorrectModificationState"
        | "IncorrectState"
        | "InvalidAddress.Locked"
        | "InvalidAddressID.Locked"
        | "InvalidAMIID.Unavailable"
        | "InvalidGroup.Reserved"
        | "InvalidState"
        | "OperationInProgressException"
        | "OperationNotPermitted"
        | "ResourceAlreadyAssociated"
        | "ResourceAlreadyAssigned"
        | "VolumeInUse"
        | "VolumeModificationRateExceeded" => Kind::Conflict,
        "ValidationError" if words.contains("does not exist") => Kind::NotFound,
        "ValidationError" if words.contains(" state and can not be ") => Kind::Conflict,
        // Heat's endpoint, of a stack.
        "InvalidParameterValue" if words.contains("could not be found") => Kind::NotFound,
        "InvalidInstanceType" | "InvalidPlacementGroup.Unknown" | "NoSuchEntity" => Kind::NotFound,
        // Of an instance that is pending or gone, when an address is given to it.
        "InvalidInstanceID" if words.contains("not in a valid state") => Kind::Conflict,
        "RequestTimeout" | "RequestTimeoutException" => Kind::Timeout,
        "ResourceInUse" if retry::are_tags_busy(words) => Kind::RateLimited,
        _ if ends(&["NotFound", "NotFoundException", "NotFound.Instance"]) => Kind::NotFound,
        _ if ends(&["Duplicate", "InUse", "AlreadyExists", "Conflict"]) => Kind::Conflict,
        _ if ends(&["LimitExceeded", "LimitExceededException", "CountExceeded"]) => Kind::OverQuota,
        "SnapshotCreationPerVolumeRateExceeded" => Kind::RateLimited,
        _ if code.starts_with("Insufficient") => Kind::Unavailable,
        _ => return None,
    })
}

fn headline(kind: Kind, status: u16, code: Option<&str>) -> String {
    let headline = match kind {
        Kind::OverQuota => match code.and_then(quota_name) {
            Some(name) => return format!("no quota left for {name}"),
            None => return fault::headline(kind, status),
        },
        Kind::Unauthorized => "the cloud rejected these credentials",
        Kind::Forbidden => "these credentials may not do that",
        Kind::Conflict => match code {
            Some(code) if code.ends_with("Duplicate") || code.starts_with("AlreadyExists") => {
                "the cloud has that already"
            }
            _ => return fault::headline(kind, status),
        },
        Kind::RateLimited
            if code.is_some_and(|code| {
                matches!(code, "ResourceInUse" | "ConcurrentTagAccess" | "TagsBeingModified")
            }) =>
        {
            "these tags are being changed by another request"
        }
        Kind::Unsupported if code == Some("Unsupported") => "the cloud does not offer that there",
        Kind::Unavailable if code.is_some_and(|code| code.contains("Insufficient")) => {
            "the cloud has no room for it at the moment"
        }
        other => return fault::headline(other, status),
    };
    headline.to_string()
}

/// `vcpu` of `VcpuLimitExceeded`.
fn quota_name(code: &str) -> Option<String> {
    let stem = code.strip_suffix("Exception").unwrap_or(code);
    let stem = stem.strip_suffix("LimitExceeded").or_else(|| stem.strip_suffix("CountExceeded"))?;
    let mut name = String::new();
    for letter in stem.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.extend(letter.to_lowercase());
    }
    (!name.is_empty()).then(|| format!("{name}s"))
}

fn help(session: &Session, kind: Kind, code: Option<&str>) -> Option<String> {
    let (cloud, found) = (session.name(), session.found());
    Some(match (kind, code) {
        (_, Some("VPCIdNotSpecified")) => {
            "name a network: `networks: [\"subnet-…\"]`; `networks()` lists them, for this account has no default VPC".to_string()
        }
        (_, Some("OperationNotPermitted")) => {
            "take its protection off first: `api(\"ec2\", \"ModifyInstanceAttribute\", #{ InstanceId: ID, DisableApiTermination: #{ Value: false } })`".to_string()
        }
        (_, Some("DryRunOperation")) => {
            "leave `DryRun` out: EC2 only says that the request would have been allowed".to_string()
        }
        (Kind::Unsupported, Some("Unsupported")) => "choose another zone or flavor, as the answer says".to_string(),
        (Kind::Unauthorized, Some("RequestExpired" | "RequestTimeTooSkewed")) => {
            "set this machine's clock; signatures are good for a few minutes".to_string()
        }
        (Kind::Unauthorized, Some("ExpiredToken" | "ExpiredTokenException")) => {
            format!("get new temporary keys, and look at {found}")
        }
        (Kind::Unauthorized, _) => format!("check the keys in {found}, and the region {}", session.region()),
        (Kind::Forbidden, _) => {
            format!("run `rhain --cloud {cloud} -e 'whoami()'` to see whose keys these are")
        }
        (Kind::Unavailable, Some(code)) if code.contains("Insufficient") => {
            "choose another flavor or zone, or try again later".to_string()
        }
        _ => return fault::help(kind, cloud, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(status: u16, body: &str) -> (Kind, Option<String>, String, Option<String>) {
        let refusal = read(body.as_bytes());
        let kind = kind(status, refusal.code.as_deref(), &refusal.words);
        (kind, refusal.code, refusal.words, refusal.request_id)
    }

    fn said(
        kind: Kind,
        code: &str,
        words: &str,
        id: Option<&str>,
    ) -> (Kind, Option<String>, String, Option<String>) {
        (kind, Some(code.to_string()), words.to_string(), id.map(str::to_string))
    }

    #[test]
    fn codes_whose_status_says_another_thing() {
        let busy = "Tags are currently being modified for this account. Please try again later.";
        let pending = "The pending instance 'i-1' is not in a valid state for this operation.";
        for (code, words, expected) in [
            ("Unsupported", "Your requested instance type (t3.micro) is not supported", Kind::Unsupported),
            ("InvalidAMIID.Unavailable", "", Kind::Conflict),
            ("InvalidInstanceID", pending, Kind::Conflict),
            ("InvalidInstanceID", "no such form", Kind::InvalidArgument),
            ("RequestTimeout", "", Kind::Timeout),
            ("ResourceInUse", busy, Kind::RateLimited),
            ("ResourceInUse", "the volume is attached", Kind::Conflict),
            ("ConcurrentTagAccess", "", Kind::RateLimited),
            ("TagsBeingModified", "", Kind::RateLimited),
        ] {
            assert_eq!(kind(400, Some(code), words), expected, "{code} {words}");
        }
    }

    #[test]
    fn every_shape_of_refusal_is_read() {
        let ec2 = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The \
                   instance ID 'i-1' does not exist</Message></Error></Errors><RequestID>req-1</RequestID></Response>";
        let not_there = "The instance ID 'i-1' does not exist";
        assert_eq!(
            case(400, ec2),
            said(Kind::NotFound, "InvalidInstanceID.NotFound", not_there, Some("req-1"))
        );
        let cloudformation = "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error><Type>Sender</Type>\
            <Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error><RequestId>r</RequestId></ErrorResponse>";
        let missing = "Stack with id x does not exist";
        assert_eq!(case(400, cloudformation), said(Kind::NotFound, "ValidationError", missing, Some("r")));
        let bare = "<ErrorResponse><Errors><Error><Code>AuthFailure</Code><Message>No.</Message></Error></Errors></ErrorResponse>";
        assert_eq!(case(401, bare), said(Kind::Unauthorized, "AuthFailure", "No.", None));
        assert_eq!(case(400, bare).0, Kind::Forbidden);
        let html = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>It broke.</p>";
        assert_eq!(
            case(500, html),
            (Kind::Unavailable, None, "Internal Server Error It broke.".to_string(), None)
        );
        assert_eq!(case(503, ""), (Kind::Unavailable, None, String::new(), None));
        assert_eq!(case(404, "no such place").0, Kind::NotFound);
    }

    #[test]
    fn codes_have_kinds() {
        for (status, code, expected) in [
            (503, "RequestLimitExceeded", Kind::RateLimited),
            (400, "Throttling", Kind::RateLimited),
            (400, "InstanceLimitExceeded", Kind::OverQuota),
            (400, "VcpuLimitExceeded", Kind::OverQuota),
            (500, "InsufficientInstanceCapacity", Kind::Unavailable),
            (400, "IncorrectInstanceState", Kind::Conflict),
            (400, "InvalidKeyPair.Duplicate", Kind::Conflict),
            (400, "InvalidPermission.Duplicate", Kind::Conflict),
            (400, "InvalidPermission.NotFound", Kind::NotFound),
            (400, "InvalidAMIID.NotFound", Kind::NotFound),
            (400, "InvalidAMIID.Malformed", Kind::InvalidArgument),
            (400, "InvalidSnapshot.InUse", Kind::Conflict),
            (400, "DependencyViolation", Kind::Conflict),
            (400, "OperationNotPermitted", Kind::Conflict),
            (403, "UnauthorizedOperation", Kind::Forbidden),
            (403, "SignatureDoesNotMatch", Kind::Unauthorized),
            (400, "InvalidAction", Kind::Unsupported),
            (400, "MissingParameter", Kind::InvalidArgument),
            (500, "InternalError", Kind::Unavailable),
        ] {
            assert_eq!(kind(status, Some(code), ""), expected, "{code}");
        }
    }

    #[test]
    fn a_fault_that_says_that_nothing_was_done_leaves_no_doubt() {
        assert!(
            is_definite(Some("RequestLimitExceeded")) && is_definite(Some("InsufficientInstanceCapacity"))
        );
        assert!(!is_definite(Some("InternalError")) && !is_definite(None));
    }

    #[test]
    fn the_headline_names_the_quota() {
        assert_eq!(
            headline(Kind::OverQuota, 400, Some("InstanceLimitExceeded")),
            "no quota left for instances"
        );
        assert_eq!(
            headline(Kind::OverQuota, 400, Some("RulesPerSecurityGroupLimitExceeded")),
            "no quota left for rules per security groups"
        );
        assert_eq!(headline(Kind::OverQuota, 400, Some("LimitExceeded")), "no quota left");
    }
}
