//! An answer that refuses, or a job that failed, becomes an error: in the cloud's own words and our kinds.
//!
//! The HTTP status is the error's code (401, 429, 431 to 537); a failed job carries it in an answer of status 200. What 431 and 530
//! mean is in the words alone: a thing that is not there, one that is there already, a wrong state, a bad value.

use super::call::Call;
use super::decode::{int, text, unwrapped};
use super::refused_key::unauthorized;
use super::session::Session;
use crate::cloud::{Error, Kind};
pub(super) use crate::provider::fault::LOOK_FIRST;
use crate::provider::words::plain;
use crate::provider::{fault, redirect, request_line};
use crate::wire::{Answer, Intent, xml};
use serde_json::Value as Json;

/// What a refusal says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The API's code: 431, 530.
    pub code: Option<u16>,
    /// The finer one: 4350, 9999.
    pub finer: Option<String>,
    /// The words.
    pub words: String,
}

impl Refusal {
    fn of(object: &Json) -> Refusal {
        Refusal {
            code: int(object, "errorcode").and_then(|code| u16::try_from(code).ok()),
            finer: text(object, "cserrorcode"),
            words: plain(&text(object, "errortext").unwrap_or_default()),
        }
    }
}

/// What the body of a refusal says, whatever its shape.
pub fn read(body: &[u8]) -> Refusal {
    if let Ok(object) = unwrapped(body) {
        return Refusal::of(&object);
    }
    // `{"loginresponse":null}` has no words.
    if matches!(serde_json::from_slice(body), Ok(Json::Object(fields)) if fields.values().all(Json::is_null))
    {
        return Refusal::default();
    }
    let words = plain(&String::from_utf8_lossy(body));
    let Ok(root) = xml::parse(body) else { return Refusal { words, ..Refusal::default() } };
    let found = |name: &str| root.find(name).map(|element| element.text.trim().to_string());
    match found("errortext") {
        Some(said) => Refusal {
            code: found("errorcode").and_then(|code| code.parse().ok()),
            finer: found("cserrorcode"),
            words: plain(&said),
        },
        None => Refusal { words, ..Refusal::default() },
    }
}

/// The error that an answer which refuses stands for.
pub fn refusal(session: &Session, call: &Call, answer: &Answer) -> Error {
    if let Some((message, help)) =
        redirect::told(session.name(), answer, &format!("the endpoint in {}", session.found()))
    {
        return told(session, call, answer, Kind::Protocol, message, "").help(help);
    }
    let refusal = read(&answer.body);
    // A page of something before the cloud has no code; its status is all that is known.
    let code = refusal.code.unwrap_or(answer.status);
    let kind = match refusal.code {
        Some(code) => kind(code, &refusal.words),
        None => by_status(answer.status),
    };
    let mut error = told(session, call, answer, kind, headline(kind, code, &call.command), &refusal.words);
    error.status = Some(code);
    error.code = refusal.finer.clone();
    error.maybe = call.intent == Intent::Once && refusal.code.is_none() && answer.status >= 500;
    error.help = match error.maybe {
        true => Some(LOOK_FIRST.to_string()),
        false => help(session, kind, code, &refusal.words),
    };
    match kind {
        Kind::Unauthorized => unauthorized(session, call, error),
        _ => error,
    }
}

/// The error of a job that failed, by its description; what it says is what a refusal says, or a text alone.
pub fn of_job(session: &Session, call: &Call, job: &str, body: &Json) -> Error {
    let mut refusal = match body.get("jobresult") {
        Some(Json::String(words)) => Refusal { words: plain(words), ..Refusal::default() },
        Some(result) => Refusal::of(result),
        None => Refusal::default(),
    };
    // A job that is done may say that it did not do it.
    if refusal.words.is_empty() {
        let said = body.get("jobresult").and_then(|result| text(result, "displaytext"));
        refusal.words = plain(&said.unwrap_or_default());
    }
    let coded = || int(body, "jobresultcode").and_then(|code| u16::try_from(code).ok());
    let code = refusal.code.or_else(|| coded().filter(|code| *code >= 400)).unwrap_or(530);
    let kind = match kind(code, &refusal.words) {
        // It was tried, and did not work out: trying again at once gives the same.
        Kind::Unavailable => Kind::Failed,
        // The command was allowed, and did not like what it was given.
        Kind::Forbidden | Kind::Unsupported if code == 432 => Kind::InvalidArgument,
        other => other,
    };
    let message = match kind {
        Kind::Failed => format!("{} failed", call.command),
        _ => headline(kind, code, &call.command),
    };
    let mut error = session.error(kind, message).fact("job", format!("{job} (`{}`)", call.command));
    error.status = Some(code);
    error.code = refusal.finer;
    error.answer = (!refusal.words.is_empty()).then(|| session.hide(&refusal.words));
    error.help = help(session, kind, code, &refusal.words);
    error
}

/// An answer that was accepted and makes no sense: what was to happen once may have happened.
pub fn nonsense(session: &Session, call: &Call, answer: &Answer, what: &str) -> Error {
    let message = format!("the answer to `{}` makes no sense: {what}", call.command);
    let words = plain(&String::from_utf8_lossy(&answer.body));
    let mut error = told(session, call, answer, Kind::Protocol, message, &words).help(format!(
        "check that the endpoint in {} is the API's: it ends in `/client/api`",
        session.found()
    ));
    error.maybe = call.intent.writes();
    error
}

/// An answer that says that it was not done.
pub fn undone(session: &Session, call: &Call, answer: &Answer, body: &Json) -> Error {
    let words = plain(&text(body, "displaytext").unwrap_or_default());
    told(
        session,
        call,
        answer,
        Kind::Failed,
        format!("{} did not do `{}`", session.name(), call.command),
        &words,
    )
}

/// An error with what is known of its exchange; what the cloud says is told without the session's secrets.
fn told(session: &Session, call: &Call, answer: &Answer, kind: Kind, message: String, words: &str) -> Error {
    let mut error = session.error(kind, message);
    error.status = Some(answer.status);
    error.request = Some(request_line::answered(answer, session.path(call)));
    error.answer = (!words.is_empty()).then(|| session.hide(words));
    error
}

/// The kind of a refusal by its code and words.
pub fn kind(code: u16, words: &str) -> Kind {
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    match code {
        401 | 511 => Kind::Unauthorized,
        429 => Kind::RateLimited,
        432 if says(&["Unknown API command"]) => Kind::Unsupported,
        432 => Kind::Forbidden,
        532 | 535 => Kind::OverQuota,
        533 | 534 => Kind::Unavailable,
        536 | 537 => Kind::Conflict,
        530 | 531 if says(&["have permission", "not authorized", "permission denied"]) => Kind::Forbidden,
        430 | 431 | 530 if says(PERMISSIONS) => Kind::Forbidden,
        430 | 431 | 530 if says(STATES) => Kind::Conflict,
        430 | 431 | 530 if says(ABSENT) => Kind::NotFound,
        430 | 431 => Kind::InvalidArgument,
        530 => Kind::Unavailable,
        531 => Kind::Forbidden,
        other => by_status(other),
    }
}

/// Words of a refusal that is about who asks.
const PERMISSIONS: &[&str] = &["does not have permission", "Permission denied"];

/// Words of a refusal that is about the state of a thing, or about one that is there already.
const STATES: &[&str] = &[
    "already exists",
    "already running",
    "already on ",
    "already has the req",
    "already in use",
    "already attached",
    "is attached to",
    "not attached to a",
    "is not running",
    "not in the right state",
    "not in Running",
    "not in Stopped",
    "should be stopped",
    "must be stopped",
    "make sure the virtual machine is stopped",
    "remove VM snapshots",
    "Please destroy vm",
    "has not been destroyed",
    "is in use",
    "are in use",
    "conflicts with",
    "does not have tools to",
    "revert not allowed",
    "Unable to acquire Guest IP address",
    "is not ready",
    "only scalling up",
];

/// Words of a refusal that is about a thing that is not there.
const ABSENT: &[&str] = &[
    "or entity does not exist",
    "Unable to find UUID",
    "Unable to find resource by uuid",
    "Unable to find group by name",
    "Unable to find the domain",
    "does not exist",
    "doesn't exist",
    "Not all specified keypairs exist",
    "unable to find",
    "could not be found",
    "No password found",
];

fn by_status(status: u16) -> Kind {
    match status {
        // The API has no such status: the address is another's.
        404 => Kind::Protocol,
        other => fault::kind(other),
    }
}

fn headline(kind: Kind, code: u16, command: &str) -> String {
    let headline = match kind {
        Kind::Unauthorized => "the cloud rejected these credentials",
        Kind::Forbidden => "these credentials may not do that",
        Kind::Unavailable if code == 533 => "the cloud has no room for it at the moment",
        Kind::Unavailable => {
            return format!("the service answers `{command}` with a fault of its own ({code})");
        }
        Kind::Protocol => return format!("the answer to `{command}` makes no sense: status {code}"),
        other => return fault::headline(other, code),
    };
    headline.to_string()
}

fn help(session: &Session, kind: Kind, code: u16, words: &str) -> Option<String> {
    let found = session.found();
    Some(match kind {
        Kind::InvalidArgument if words.contains("for API arg: name") => {
            "a server's name is a host name here: letters, digits and hyphens, 63 at the most; give other text as `description`".to_string()
        }
        Kind::OverQuota => {
            "see `limits()`; delete what is not needed, or ask for more (`updateResourceLimit`)".to_string()
        }
        Kind::Forbidden if words.contains("for expunging") => {
            "delete it without `force`: it is destroyed, can be recovered, and keeps its name until the cloud expunges it"
                .to_string()
        }
        Kind::Forbidden if code == 432 => {
            format!("the role of this account has no such command; use another account in {found}")
        }
        Kind::Unauthorized if code == 511 => format!("use API keys of that account in {found}"),
        Kind::Unavailable if code == 533 => "try a smaller flavor, another zone, or later".to_string(),
        Kind::Protocol if code == 404 => {
            format!("check the endpoint in {found}: the API's URL ends in `/client/api`")
        }
        Kind::Conflict if words.contains("remove VM snapshots") => {
            "delete its machine snapshots first: `api(\"cloudstack\", \"listVMSnapshot\", #{ virtualmachineid: … })`".to_string()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_have_their_kinds() {
        for (code, words, expected) in [
            (401, "unable to verify user credentials and/or request signature", Kind::Unauthorized),
            (429, "please retry after [1319] ms.", Kind::RateLimited),
            (431, "due to missing parameter serviceofferingid", Kind::InvalidArgument),
            (
                431,
                "Invalid parameter id value=x due to incorrect long value format, or entity does not exist",
                Kind::NotFound,
            ),
            (431, "Unable to find UUID for id [12] of type [VirtualMachine]", Kind::NotFound),
            (431, "A key pair with name 'kp1' already exists.", Kind::Conflict),
            (431, "A key pair with name 'kp2' does not exist for account admin", Kind::NotFound),
            (431, "The virtual machine x (first machine) is already running", Kind::Conflict),
            (431, "Please specify a volume that is not attached to any VM.", Kind::Conflict),
            (432, "The API [listHosts] does not exist or is not available for the account", Kind::Forbidden),
            (432, "Unknown API command: makeCoffee", Kind::Unsupported),
            (530, "Account does not have permission for expunging.", Kind::Forbidden),
            (530, "tag env already on UserVm with id x", Kind::Conflict),
            (530, "Unable to find on DB", Kind::Unavailable),
            (531, "Caller does not have permission to operate with provided resource.", Kind::Forbidden),
            (533, "No destination found for a deployment", Kind::Unavailable),
            (535, "Maximum amount of resources is exceeded", Kind::OverQuota),
            (536, "Cannot delete group when there are security rules that allow this group", Kind::Conflict),
            (537, "The range specified, 22-22, conflicts with rule", Kind::Conflict),
        ] {
            assert_eq!(kind(code, words), expected, "{code} {words}");
        }
    }

    #[test]
    fn a_refusal_is_read_from_json_and_markup() {
        let json = br#"{"stopvirtualmachineresponse":{"uuidList":[],"errorcode":431,"cserrorcode":4350,"errortext":"no"}}"#;
        let expected = Refusal { code: Some(431), finer: Some("4350".into()), words: "no".into() };
        assert_eq!(read(json), expected);
        let markup = b"<?xml version=\"1.0\"?><r><errorcode>431</errorcode><cserrorcode>4350</cserrorcode><errortext>no</errortext></r>";
        assert_eq!(read(markup), expected);
        let page = read(b"<html><head><title>503</title></head><body><h1>Down</h1></body></html>");
        assert_eq!((page.code, page.words.as_str()), (None, "Down"));
    }
}
