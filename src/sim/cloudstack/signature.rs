//! Whether a request was signed with a secret key: the other reading of the protocol, which knows nothing of any client's.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use sha1::Sha1;

use crate::world::Pairs;

/// How far ahead `expires` may lie where that is enforced.
const AHEAD: Duration = Duration::from_secs(15 * 60);

/// The value of a key parameter, whose name comes in any case.
pub(super) fn field<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.0.eq_ignore_ascii_case(name)).map(|pair| pair.1.as_str())
}

/// Whether these pairs are signed with this secret and not too late; `enforced` asks for version 3 and a near end.
pub(super) fn holds(pairs: &Pairs, secret: &str, now: SystemTime, enforced: bool) -> bool {
    let versioned = field(pairs, "signatureVersion") == Some("3");
    if (versioned || enforced) && !in_time(pairs, versioned, now, enforced) {
        return false;
    }
    let Some(signature) = field(pairs, "signature") else { return false };
    let own = sign(&text(pairs), secret);
    own.len() == signature.len()
        && own.bytes().zip(signature.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn in_time(pairs: &Pairs, versioned: bool, now: SystemTime, enforced: bool) -> bool {
    let Some(until) = field(pairs, "expires").and_then(moment) else { return false };
    versioned && until >= now && (!enforced || until <= now + AHEAD)
}

/// What is signed: all but the signature, by name as sent, values encoded, the whole in small letters.
pub(super) fn text(pairs: &Pairs) -> String {
    let mut sorted: Vec<_> = pairs.iter().filter(|pair| !pair.0.eq_ignore_ascii_case("signature")).collect();
    sorted.sort_by(|one, other| one.0.cmp(&other.0));
    let parts: Vec<String> =
        sorted.into_iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    parts.join("&").to_lowercase()
}

/// Letters, digits and `.-_*` as they are; all else by its bytes, also the space.
fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'*' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

pub(super) fn sign(text: &str, secret: &str) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A time with its zone: `2024-03-01T12:44:56+0000`, or with `Z`, `+00` or `+00:00`, where seconds may be missing and
/// fractions be there.
fn moment(text: &str) -> Option<SystemTime> {
    let (clock, zone) =
        text.split_at(text.find(['Z', 'z', '+']).or_else(|| text.rfind('-').filter(|at| *at > 10))?);
    let plain = zone.len() == 5 && zone[1..].bytes().all(|byte| byte.is_ascii_digit());
    let seconds = offset(zone)?;
    let at = if plain { civil(clock, "%Y-%m-%dT%H:%M:%S", 19)? } else { loose(clock)? };
    let zoned = at.to_zoned(TimeZone::fixed(Offset::from_seconds(seconds).ok()?)).ok()?;
    Some(zoned.timestamp().into())
}

fn loose(clock: &str) -> Option<DateTime> {
    if clock.len() == 16 {
        return civil(clock, "%Y-%m-%dT%H:%M", 16);
    }
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits =
        !fraction.is_empty() && fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    civil(whole, "%Y-%m-%dT%H:%M:%S", 19).filter(|_| digits)
}

/// Every field has all its digits, which the length tells.
fn civil(text: &str, format: &str, length: usize) -> Option<DateTime> {
    (text.len() == length).then(|| DateTime::strptime(format, text).ok())?
}

/// The seconds that a zone is ahead.
fn offset(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let sign = if sign == "-" { -1 } else { 1 };
    let (hours, minutes) = match (rest.len(), rest.split_once(':')) {
        (5, Some((hours, minutes))) => (hours, minutes),
        (4, None) => rest.split_at(2),
        (2, None) => (rest, "0"),
        _ => return None,
    };
    let number = |text: &str| -> Option<i32> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

#[cfg(test)]
mod tests {
    use super::{holds, sign, text};
    use crate::cloudstack::params::pairs_of;
    use crate::world::Pairs;
    use serde_json::Value;
    use std::time::{Duration, SystemTime};

    /// A moment before the ends of life of all vectors that are taken, and after those that are refused for that.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)
    }

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/wire/vectors/cloudstack.json")).unwrap_or_default()
    }

    fn word<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap_or_default()
    }

    #[test]
    fn every_vector_signs_as_the_server_signed_it() {
        let all = vectors();
        let all = all["vectors"].as_array().cloned().unwrap_or_default();
        assert_eq!(all.len(), 44);
        for vector in &all {
            let name = word(vector, "name");
            let params = vector["params"].as_object().cloned().unwrap_or_default();
            let pairs: Pairs = params
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect();
            assert_eq!(text(&pairs), word(vector, "string_to_sign"), "{name}");
            assert_eq!(sign(&text(&pairs), word(vector, "secret_key")), word(vector, "signature"), "{name}");
            let sent = pairs_of(&[word(vector, "query_or_body")]).unwrap_or_default();
            let taken = holds(&sent, word(vector, "secret_key"), now(), false);
            assert_eq!(taken, vector["server_status"] != 401, "{name}");
            assert!(!holds(&sent, "another", now(), false), "{name}: with another secret");
        }
    }

    #[test]
    fn every_whole_request_is_judged_as_the_server_judged_it() {
        let all = vectors();
        let forms = &all["wire_forms"];
        let mut counts = (0, 0);
        for (kind, right) in [("accepted", true), ("refused", false)] {
            for form in forms[kind].as_array().into_iter().flatten() {
                let name = word(form, "name");
                let sent = pairs_of(&[word(form, "query"), word(form, "query_or_body")]);
                let known = |pairs: &Pairs| {
                    pairs
                        .iter()
                        .any(|pair| pair.0 == "command" && crate::cloudstack::table::find(&pair.1).is_some())
                };
                let judged = sent.is_some_and(|sent| {
                    known(&sent) && holds(&sent, word(forms, "secret_key"), now(), false)
                });
                assert_eq!(judged, right, "{name}: {}", word(form, "note"));
                if right { counts.0 += 1 } else { counts.1 += 1 }
            }
        }
        assert_eq!(counts, (32, 38));
    }

    #[test]
    fn an_enforced_end_is_near() {
        let at = |minutes: u64| {
            let until = jiff::Timestamp::try_from(now() + Duration::from_secs(60 * minutes));
            let until = until.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()).unwrap_or_default();
            let mut pairs = vec![
                ("command".to_owned(), "listZones".to_owned()),
                ("signatureVersion".to_owned(), "3".to_owned()),
                ("expires".to_owned(), until),
            ];
            pairs.push(("signature".to_owned(), sign(&text(&pairs), "s")));
            (holds(&pairs, "s", now(), true), holds(&pairs, "s", now(), false))
        };
        assert_eq!((at(14), at(16)), ((true, true), (false, true)));
        let plain = vec![("command".to_owned(), "listZones".to_owned())];
        let signed = [plain.clone(), vec![("signature".to_owned(), sign(&text(&plain), "s"))]].concat();
        assert_eq!((holds(&signed, "s", now(), true), holds(&signed, "s", now(), false)), (false, true));
    }
}
