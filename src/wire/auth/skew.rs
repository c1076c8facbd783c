//! Clocks that differ: a server that refuses a request for its time says its own in `Date`, and is believed once a request.

use crate::wire::message::Answer;
use crate::wire::retry;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// Codes that say that the time was wrong.
const CODES: [&str; 5] = [
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "Signature expired",
    "Signature not yet current",
];
/// A refusal with such a code and a clock that differs by less has another reason.
const LEAST: Duration = Duration::from_secs(60);
/// A refusal that names no reason is laid to a clock that differs by more: AWS takes five minutes, Keystone fifteen.
const FAR: Duration = Duration::from_secs(240);

/// How far the servers' clocks are ahead of ours, or behind, by origin.
#[derive(Debug, Default)]
pub struct Skews(Mutex<HashMap<String, (bool, Duration)>>);

impl Skews {
    /// Our time as this server has it.
    pub fn at(&self, origin: &str, now: SystemTime) -> SystemTime {
        let known = self.0.lock().ok().and_then(|known| known.get(origin).copied());
        let corrected = match known {
            Some((true, by)) => now.checked_add(by),
            Some((false, by)) => now.checked_sub(by),
            None => None,
        };
        corrected.unwrap_or(now)
    }

    /// Whether a request was refused because it was signed for another time than the server has. If so, the server's
    /// clock is known from here on, and the request may go out again: a refused signature has done nothing.
    pub fn learn(&self, origin: &str, answer: &Answer, signed_at: SystemTime, now: SystemTime) -> bool {
        let Some(theirs) = answer.header("date").and_then(retry::time) else { return false };
        let apart = |one: SystemTime, other: SystemTime| match one.duration_since(other) {
            Ok(ahead) => (true, ahead),
            Err(behind) => (false, behind.duration()),
        };
        let (_, off) = apart(theirs, signed_at);
        if !(400..500).contains(&answer.status)
            || off < LEAST
            || !(tells_time(answer) || off >= FAR && refuses(answer))
        {
            return false;
        }
        if let Ok(mut known) = self.0.lock() {
            known.insert(origin.to_string(), apart(theirs, now));
        }
        true
    }
}

fn tells_time(answer: &Answer) -> bool {
    CODES.iter().any(|code| contains(answer, code))
}

/// Whether an answer refuses a signature without saying why.
fn refuses(answer: &Answer) -> bool {
    matches!(answer.status, 401 | 403)
        || ["SignatureDoesNotMatch", "AuthFailure", "InvalidSignature", "AccessDenied"]
            .iter()
            .any(|code| contains(answer, code))
}

fn contains(answer: &Answer, text: &str) -> bool {
    answer.body.windows(text.len()).any(|part| part == text.as_bytes())
}
