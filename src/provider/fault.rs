//! What refusals have in common, whatever the protocol: the kind of an HTTP status, what is said of a kind, and what to do about it.
//! A driver's own `fault` is its dialect: it reads the body, and knows what codes and words mean that say more than the status.

use crate::cloud::Kind;

/// What to do where something happens once and may have happened.
pub(super) const LOOK_FIRST: &str = "look whether it has taken effect before trying again";

/// What to do about an answer that makes no sense.
pub(super) const LOOK_AT_EXCHANGE: &str =
    "look at the exchange with `--trace FILE`; a proxy may stand between rhain and the cloud";

/// Whether a status leaves open how far a request had come: a fault, or a gateway's word for one behind it.
pub(super) fn is_open(status: u16) -> bool {
    matches!(status, 500 | 502..=504)
}

/// The kind of a refusal of which no more is known than its status.
pub(super) fn kind(status: u16) -> Kind {
    match status {
        401 => Kind::Unauthorized,
        403 => Kind::Forbidden,
        404 | 410 => Kind::NotFound,
        409 | 412 | 423 => Kind::Conflict,
        429 => Kind::RateLimited,
        405 | 406 | 501 => Kind::Unsupported,
        400..=499 => Kind::InvalidArgument,
        500..=599 => Kind::Unavailable,
        _ => Kind::Protocol,
    }
}

/// What is said of a kind.
pub(super) fn headline(kind: Kind, status: u16) -> String {
    let headline = match kind {
        Kind::OverQuota => "no quota left",
        Kind::NotFound => "the cloud does not have it",
        Kind::Conflict => "the cloud cannot do that in the present state",
        Kind::RateLimited => "too many requests",
        Kind::Timeout => "the cloud did not get the whole request in time",
        Kind::Unsupported => "the cloud does not offer that",
        Kind::InvalidArgument => "the cloud rejected the request as invalid",
        Kind::Unavailable => return format!("the service answers with a fault of its own ({status})"),
        _ => return format!("the answer makes no sense: status {status}"),
    };
    headline.to_string()
}

/// What to do about a kind; `wait` is how long the cloud asks to wait, in its own words.
pub(super) fn help(kind: Kind, cloud: &str, wait: Option<&str>) -> Option<String> {
    Some(match kind {
        Kind::OverQuota => {
            format!("run `rhain --cloud {cloud} -e 'limits()'` to see what is left, or ask for less")
        }
        Kind::RateLimited => match wait {
            Some(wait)
                if wait != "0" && !wait.is_empty() && wait.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                format!("try again after {wait} s, or lower `--rate` and `--concurrency`")
            }
            _ => "try again later, or lower `--rate` and `--concurrency`".to_string(),
        },
        Kind::Timeout => "try again; a slow line or a proxy may hold requests back".to_string(),
        Kind::Unavailable => "try again later; the request id helps whoever runs the cloud".to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_kind_words_and_help() {
        let kinds = [400, 404, 409, 412, 429, 501, 503, 302].map(kind);
        let wanted = [
            Kind::InvalidArgument,
            Kind::NotFound,
            Kind::Conflict,
            Kind::Conflict,
            Kind::RateLimited,
            Kind::Unsupported,
            Kind::Unavailable,
            Kind::Protocol,
        ];
        assert_eq!(kinds, wanted);
        assert_eq!(headline(Kind::Unavailable, 503), "the service answers with a fault of its own (503)");
        let wait = |wait| help(Kind::RateLimited, "lab", wait).unwrap();
        assert_eq!(wait(Some("7")), "try again after 7 s, or lower `--rate` and `--concurrency`");
        assert_eq!(wait(Some("Mon, 1 Jan")), wait(None));
        assert_eq!(wait(Some("0")), wait(None));
        assert_eq!(help(Kind::NotFound, "lab", None), None);
    }
}
