//! One function: an answer that refuses becomes an error, in the cloud's own words and our kinds.
//!
//! Every service writes its refusals in another shape, and a proxy on the way writes HTML; all of them are read
//! here. `message` is our headline; `answer` holds what the cloud said.

use super::decode::{int, scalar, text};
use super::html::{is_page, says_nothing_of_it};
use super::session::{Auth, Call, Session};
use crate::cloud::{Error, Kind};
use crate::provider::words::{code, plain};
use crate::provider::{fault, redirect};
use crate::wire::{Answer, Intent};
use serde_json::Value as Json;

/// What a refusal says.
#[derive(Debug, Default, PartialEq)]
pub struct Refusal {
    /// The service's own code: `itemNotFound`, `NetworkNotFound`.
    pub code: Option<String>,
    /// Its words.
    pub words: String,
    /// Seconds to wait, of an old rate limit.
    pub retry_after: Option<i64>,
}

/// An answer that says that what was asked is done or under way; any other is an error.
///
/// # Errors
/// What the answer refuses, or that it comes from something else than the service.
pub fn judge(session: &Session, call: &Call, answer: Answer) -> Result<Answer, Error> {
    match answer.is_success() {
        false => Err(refusal(session, call, &answer)),
        // Whoever lets a page stand for an answer has not looked at the request.
        true if call.meant().writes() && is_page(&answer) => {
            Err(nonsense(session, call, &answer, "it is a page of HTML"))
        }
        true => Ok(answer),
    }
}

/// The error that an answer with a status of 400 or more stands for.
pub fn refusal(session: &Session, call: &Call, answer: &Answer) -> Error {
    if let Some((message, help)) = redirect::told(
        session.name(),
        answer,
        &format!(
            "`{}_endpoint_override` in {}",
            call.service.key().replace('-', "_"),
            session.settings().found
        ),
    ) {
        return told(session, call, answer, Kind::Protocol, message, "").help(help);
    }
    if says_nothing_of_it(call, answer) {
        return nonsense(session, call, answer, "it is a page of HTML");
    }
    let refusal = read(&answer.body);
    let retry_after = answer.header("retry-after").map(str::to_string);
    let waits = refusal.retry_after.is_some() || retry_after.is_some();
    let kind = kind(answer.status, refusal.code.as_deref(), &refusal.words, waits);
    let message = headline(kind, answer.status, &refusal.words);
    let mut error = told(session, call, answer, kind, message, &refusal.words);
    // A fault, or a gateway's word for one behind it, does not say how far a request had come.
    error.maybe = happens_once(call) && fault::is_open(answer.status);
    let wait = refusal.retry_after.map(|wait| wait.to_string()).or(retry_after);
    error.help = match error.maybe {
        true => Some(fault::LOOK_FIRST.to_string()),
        false => by_words(&refusal.words, answer.status)
            .or_else(|| help(session.name(), kind, refusal.code.as_deref(), wait)),
    };
    error.code = refusal.code.map(|code| session.hide(&code));
    if kind == Kind::Unauthorized && matches!(session.settings().auth, Auth::Fixed { .. }) {
        error.message = "the token is not valid, or no longer: a bare token cannot be renewed".to_string();
        error.help =
            Some(format!("get a new one for {}, or log in with a password", session.settings().found));
    }
    error
}

/// An answer that was accepted and makes no sense: what was to happen once may have happened.
pub fn nonsense(session: &Session, call: &Call, answer: &Answer, what: &str) -> Error {
    let message = format!("the answer makes no sense: {what}");
    let mut error = told(session, call, answer, Kind::Protocol, message, &read(&answer.body).words)
        .help(fault::LOOK_AT_EXCHANGE);
    error.maybe = call.meant().writes();
    error
}

/// An error with what is known of its exchange; what the cloud says is told without the session's secrets.
fn told(session: &Session, call: &Call, answer: &Answer, kind: Kind, message: String, words: &str) -> Error {
    let mut error = Error::new(kind, session.hide(&message)).coded(code(kind));
    error.cloud = Some(session.name().to_string());
    error.provider = Some("openstack");
    error.service = Some(call.service.word().unwrap_or("service"));
    error.status = Some(answer.status);
    error.request_id = answer.request_id().map(str::to_string);
    error.request = Some(Session::request_line(answer));
    error.answer = (!words.is_empty()).then(|| session.hide(words));
    error
}

fn happens_once(call: &Call) -> bool {
    call.meant() == Intent::Once
}

/// What the body of a refusal says, whatever its shape.
pub fn read(body: &[u8]) -> Refusal {
    let Ok(json) = serde_json::from_slice::<Json>(body) else {
        return Refusal { words: plain(&String::from_utf8_lossy(body)), ..Refusal::default() };
    };
    let Json::Object(map) = &json else {
        return Refusal {
            words: scalar(&json).map(|text| plain(&text)).unwrap_or_default(),
            ..Refusal::default()
        };
    };
    // Placement and newer services: a list of errors; the first one speaks.
    if let Some(first) = map.get("errors").and_then(Json::as_array).and_then(|errors| errors.first()) {
        let words = text(first, "detail").or_else(|| text(first, "title")).or_else(|| text(first, "message"));
        return Refusal {
            code: text(first, "code"),
            words: plain(&words.unwrap_or_default()),
            retry_after: None,
        };
    }
    // Heat: `error` inside, with a `type`. Keystone: `error` alone, with a `title`.
    if let Some(inner @ Json::Object(_)) = map.get("error") {
        return Refusal {
            code: text(inner, "type").or_else(|| text(inner, "title")).or_else(|| text(&json, "title")),
            words: words_of(inner)
                .or_else(|| text(&json, "explanation").map(|text| plain(&text)))
                .unwrap_or_default(),
            retry_after: None,
        };
    }
    // Without a wrapper: webob's own, and bare messages.
    if let Some(words) = words_of(&json) {
        return Refusal { code: text(&json, "title"), words, retry_after: None };
    }
    // Nova, Cinder, Neutron and the first APIs: one key that names the fault.
    if let Some((name, inner)) = map.iter().find(|(_, value)| value.is_object()) {
        let words = words_of(inner).or_else(|| text(inner, "details").map(|text| plain(&text)));
        return Refusal {
            code: text(inner, "type").or_else(|| Some(name.clone())),
            words: words.unwrap_or_default(),
            retry_after: int(inner, "retryAfter").or_else(|| {
                // v1.1 gives a time of day; that it is there is what matters.
                inner.get("retryAfter").map(|_| 0)
            }),
        };
    }
    // Neutron's oldest: {"NeutronError": "text"}.
    match map.iter().next() {
        Some((name, Json::String(words))) => {
            Refusal { code: Some(name.clone()), words: plain(words), retry_after: None }
        }
        _ => Refusal::default(),
    }
}

fn words_of(object: &Json) -> Option<String> {
    ["message", "faultstring", "error_message", "msg", "detail", "error", "explanation"]
        .iter()
        .find_map(|key| object.get(*key).and_then(Json::as_str).map(plain).filter(|words| !words.is_empty()))
}

fn kind(status: u16, code: Option<&str>, words: &str, waits: bool) -> Kind {
    let lower = words.to_ascii_lowercase();
    let quota = || {
        lower.contains("quota")
            || lower.contains("maximum number of")
            || lower.contains("exceeds maximum")
            || lower.contains("limit exceeded")
            || code == Some("OverQuota")
    };
    match status {
        403 | 409 if quota() => Kind::OverQuota,
        // Cinder says 413 of a quota, with a `Retry-After` of 0; Nova before 2013 of both its limits, where the one on requests
        // names a time. What names neither is a proxy that takes no bodies of this size.
        413 if quota() => Kind::OverQuota,
        413 if waits => Kind::RateLimited,
        // Cinder, and Nova of volumes, refuse what the present state does not allow as if it were never right.
        400 if ["status must be", "already attached", "but the current status is"]
            .iter()
            .any(|words| lower.contains(words)) =>
        {
            Kind::Conflict
        }
        // Nova looks for what a boot names while it checks the request.
        400 if lower.contains("invalid key_name provided")
            || (lower.contains("security group") && lower.contains("not found"))
            || lower.contains("unable to find security_group")
            || (lower.contains("network") && lower.contains("could not be found")) =>
        {
            Kind::NotFound
        }
        other => fault::kind(other),
    }
}

fn headline(kind: Kind, status: u16, words: &str) -> String {
    match kind {
        Kind::OverQuota => match quota_name(words) {
            Some(name) => format!("no quota left for {name}"),
            None => fault::headline(kind, status),
        },
        Kind::Unauthorized => "the cloud does not know this session any more".to_string(),
        // Nova refuses some requests with 403 that no role would be allowed either.
        Kind::Forbidden if words.is_empty() || words.to_lowercase().contains("policy") => {
            "this user may not do that".to_string()
        }
        Kind::Forbidden => "the cloud does not allow it".to_string(),
        Kind::InvalidArgument if status == 413 => "the request is too large".to_string(),
        other => fault::headline(other, status),
    }
}

/// `cores` of "Quota exceeded for cores: Requested 8 …", `cores, ram` where it names several.
fn quota_name(words: &str) -> Option<&str> {
    const START: &str = "quota exceeded for ";
    let at = words.to_ascii_lowercase().find(START)? + START.len();
    let rest = words.get(at..)?;
    let rest = rest.strip_prefix("resources: ").unwrap_or(rest);
    let name = rest.split([':', '.', ';']).next()?.trim().trim_matches(|c| matches!(c, '[' | ']' | '\''));
    (!name.is_empty() && name.len() < 60).then_some(name)
}

/// What to do about what Nova, Glance and Cinder say in words alone.
fn by_words(words: &str, status: u16) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    let help = if status == 413 {
        "send less: shorter `user_data` and `files`; the limit is that of a proxy before the service"
    } else if has("multiple possible networks found") {
        "name the network: `networks: [\"NAME\"]`; `networks()` lists those there are"
    } else if has("image") && has("protected") {
        "take the protection off first: `update(image, #{ protected: false })`"
    } else if has("locked") {
        "unlock it first: `unlock(server)`"
    } else if has("is not bootable") {
        "boot from a volume that was made of an image: `create_volume(name, gib, #{ image })`"
    } else if has("zero disk") || has("disk is smaller") || has("flavor's disk is too small") {
        "give `root_disk: GIB` to boot from a new volume, or choose a flavor with a larger disk"
    } else if has("port") && has("still in use") {
        "that port is at another server: give one that is free, or make one with `create_port`"
    } else if has("volume")
        && ["'creating'", "status is creating", "status is \"creating\"", "downloading"].into_iter().any(has)
    {
        "wait for the volume first: `wait_ready(volume)`"
    } else {
        return None;
    };
    Some(help.to_string())
}

fn help(cloud: &str, kind: Kind, code: Option<&str>, retry_after: Option<String>) -> Option<String> {
    Some(match kind {
        // `NetworkInUse`, `RouterInterfaceInUseByFloatingIP`: no wait ends that.
        Kind::Conflict if code.is_some_and(|code| code.contains("InUse")) => {
            "delete what still uses it, then try again".to_string()
        }
        // A gateway's address, as a rule, which a router takes that joins the subnet.
        Kind::Conflict if code == Some("IpAddressAlreadyAllocated") => {
            "look at `ports()` for what has the address; without `ip` the cloud chooses a free one"
                .to_string()
        }
        Kind::Forbidden => {
            format!("run `rhain --cloud {cloud} -e 'whoami()'` to see the roles of this session")
        }
        Kind::Unauthorized => "check the credentials of this cloud with `rhain clouds --check`".to_string(),
        other => return fault::help(other, cloud, retry_after.as_deref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(status: u16, body: &str) -> (Kind, Option<String>, String) {
        let refusal = read(body.as_bytes());
        let kind = kind(status, refusal.code.as_deref(), &refusal.words, refusal.retry_after.is_some());
        (kind, refusal.code, refusal.words)
    }

    #[test]
    fn a_413_is_a_quota_a_rate_or_a_body_that_is_too_large() {
        let cinder =
            "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.";
        assert_eq!(kind(413, Some("overLimit"), cinder, true), Kind::OverQuota);
        assert_eq!(kind(413, Some("overLimit"), "This request was rate-limited.", true), Kind::RateLimited);
        assert_eq!(kind(413, None, "413 Request Entity Too Large nginx", false), Kind::InvalidArgument);
        assert_eq!(headline(Kind::InvalidArgument, 413, ""), "the request is too large");
    }

    #[test]
    fn help_fits_what_the_words_say() {
        let help = |words: &str| by_words(words, 409).unwrap_or_default();
        assert!(
            help("Multiple possible networks found, use a Network ID to be more specific.")
                .contains("networks:")
        );
        assert!(help("Image 1 is protected and cannot be deleted.").contains("protected: false"));
        assert!(help("Instance 1 is locked").contains("unlock"));
        assert!(
            help("Only volume-backed servers are allowed for flavors with zero disk.").contains("root_disk")
        );
        assert!(help("Invalid volume: Volume 1 status is creating").contains("wait_ready"));
        assert_eq!(help("Flavor not found"), "");
    }

    #[test]
    fn every_shape_of_refusal_is_read() {
        let said = |kind, code: &str, words: &str| (kind, Some(code.to_string()), words.to_string());
        assert_eq!(
            case(404, r#"{"itemNotFound": {"code": 404, "message": "Instance x could not be found."}}"#),
            said(Kind::NotFound, "itemNotFound", "Instance x could not be found.")
        );
        assert_eq!(
            case(401, r#"{"error": {"code": 401, "title": "Unauthorized", "message": "Log in."}}"#),
            said(Kind::Unauthorized, "Unauthorized", "Log in.")
        );
        assert_eq!(
            case(404, r#"{"NeutronError": {"type": "NetworkNotFound", "message": "No net", "detail": ""}}"#),
            said(Kind::NotFound, "NetworkNotFound", "No net")
        );
        assert_eq!(
            case(
                404,
                r#"{"code": 404, "title": "Not Found", "explanation": "Gone.", "error": {"type": "EntityNotFound", "message": "The Stack (x) could not be found.", "traceback": null}}"#
            ),
            said(Kind::NotFound, "EntityNotFound", "The Stack (x) could not be found.")
        );
        assert_eq!(
            case(
                404,
                r#"{"message": "No image found with ID x<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}"#
            ),
            said(Kind::NotFound, "Not Found", "No image found with ID x")
        );
        assert_eq!(
            case(400, r#"{"badRequest": {"code": 400, "message": "Bad", "details": "more"}}"#),
            said(Kind::InvalidArgument, "badRequest", "Bad")
        );
        assert_eq!(
            case(
                413,
                r#"{"overLimit": {"code": 413, "message": "Slow down", "retryAfter": "2011-08-01T00:00:00Z"}}"#
            ),
            said(Kind::RateLimited, "overLimit", "Slow down")
        );
        assert_eq!(
            case(
                413,
                r#"{"overLimit": {"code": 413, "message": "Quota exceeded: code=InstanceLimitExceeded"}}"#
            ),
            said(Kind::OverQuota, "overLimit", "Quota exceeded: code=InstanceLimitExceeded")
        );
        assert_eq!(
            case(500, r#"{"cloudServersFault": {"code": 500, "message": "Fault!", "details": "Error"}}"#),
            said(Kind::Unavailable, "cloudServersFault", "Fault!")
        );
        assert_eq!(
            case(
                409,
                r#"{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['port'].", "detail": ""}}"#
            ),
            said(Kind::OverQuota, "OverQuota", "Quota exceeded for resources: ['port'].")
        );
        assert_eq!(
            case(
                404,
                r#"{"errors": [{"status": 404, "title": "Not Found", "detail": "No such.", "code": "placement.undefined_code"}]}"#
            ),
            said(Kind::NotFound, "placement.undefined_code", "No such.")
        );
        let html = "<html><head><title>502</title><style>a{b}</style></head><body><h1>502 Bad Gateway</h1>nginx</body></html>";
        assert_eq!(case(502, html), (Kind::Unavailable, None, "502 Bad Gateway nginx".to_string()));
        assert_eq!(case(503, ""), (Kind::Unavailable, None, String::new()));
        assert_eq!(
            case(
                400,
                r#"{"badRequest": {"code": 400, "message": "Invalid volume: Volume status must be available or error."}}"#
            )
            .0,
            Kind::Conflict
        );
        let backed_up = "Invalid volume: Volume to be backed up must be available or in-use, but the current status is \\\"creating\\\".";
        let body = format!(r#"{{"badRequest": {{"code": 400, "message": "{backed_up}"}}}}"#);
        assert_eq!(case(400, &body).0, Kind::Conflict);
        assert_eq!(case(406, r#"{"computeFault": {"code": 406, "message": "no"}}"#).0, Kind::Unsupported);
        assert_eq!(
            case(403, r#"{"forbidden": {"code": 403, "message": "Policy doesn't allow x"}}"#).0,
            Kind::Forbidden
        );
        assert_eq!(
            case(
                403,
                r#"{"forbidden": {"code": 403, "message": "Maximum number of metadata items exceeds 1"}}"#
            )
            .0,
            Kind::OverQuota
        );
    }

    #[test]
    fn hostile_bodies_are_read_too() {
        for body in [
            "<",
            "<br",
            "[]",
            "[1]",
            "null",
            "{}",
            "{\"a\":{}}",
            "\u{0}\u{1}",
            "<title>",
            "<br/><a < b",
            "É<br/>É",
        ] {
            let _ = read(body.as_bytes());
        }
        let _ = read(&[0xff, 0xfe, b'<', b'b', b'r', b'>', 0xc3]);
    }

    #[test]
    fn the_headline_names_the_quota() {
        let words = "Quota exceeded for cores: Requested 8, but already used 96 of 100 cores";
        assert_eq!(headline(Kind::OverQuota, 403, words), "no quota left for cores");
        assert_eq!(
            headline(Kind::OverQuota, 409, "Quota exceeded for resources: ['port']."),
            "no quota left for port"
        );
    }
}
