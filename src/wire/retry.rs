//! What is asked again, and when: a pure policy over what the request meant and what became of it.
//!
//! A request that makes something is repeated only when it surely was not sent, or was refused undone (429; a gateway says 503
//! of what it passed on, too); whoever sent it looks up what became of it otherwise. The sum of all attempts and waits is bounded by the caller.

use super::error::{ErrorKind, Sent};
use super::message::{Answer, Intent};
use std::time::{Duration, SystemTime};

/// The most attempts at one request.
pub const ATTEMPTS: u32 = 6;
/// The most attempts at a host that has not answered once in this run, and of what must happen once.
pub const FEW_ATTEMPTS: u32 = 3;
/// The first wait is at most this long; each further one at most twice the one before.
pub const BASE: Duration = Duration::from_millis(500);
/// No wait of our own is longer.
pub const CAP: Duration = Duration::from_secs(30);
/// No wait that a server asks for is longer.
pub const RETRY_AFTER_CAP: Duration = Duration::from_secs(120);

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// Whether a 413 means "too many requests", as Nova meant it before 429 was known.
        over_limit: bool,
    },
    /// It was not answered.
    Lost {
        /// What went wrong.
        kind: ErrorKind,
        /// Whether it may have reached the cloud.
        sent: Sent,
        /// Whether this host has answered before.
        known: bool,
    },
}

/// The wait before the next attempt; `None` when this attempt was the last. `attempt` counts from 1; `roll` is a random number
/// in 0..1 that spreads the waits of many clients.
pub fn next(intent: Intent, outcome: Outcome, attempt: u32, roll: f64) -> Option<Duration> {
    let reads = matches!(intent, Intent::Read | Intent::Login);
    let repeatable = intent != Intent::Once;
    let (again, attempts, asked) = match outcome {
        Outcome::Answered { status, retry_after, over_limit } => {
            let again = match status {
                429 => true,
                413 => over_limit,
                500 => reads,
                502..=504 => repeatable,
                _ => false,
            };
            (again, ATTEMPTS, retry_after.filter(|_| matches!(status, 413 | 429 | 503)))
        }
        Outcome::Lost { kind, sent, known } => {
            let attempts = if known && repeatable { ATTEMPTS } else { FEW_ATTEMPTS };
            let again = match kind {
                ErrorKind::Resolve | ErrorKind::Connect => sent == Sent::No,
                ErrorKind::Timeout => sent == Sent::No || reads,
                ErrorKind::Broken => sent == Sent::No || repeatable,
                ErrorKind::Form
                | ErrorKind::Tls
                | ErrorKind::TooLarge
                | ErrorKind::Malformed
                | ErrorKind::Pretended => false,
            };
            (again, if sent == Sent::No { attempts } else { ATTEMPTS }, None)
        }
    };
    if !again || attempt >= attempts {
        return None;
    }
    let ceiling = BASE.saturating_mul(1 << (attempt - 1).min(16)).min(CAP);
    let own = ceiling.mul_f64(roll.clamp(0.0, 1.0));
    Some(match asked {
        // A little more than asked, so that clients told the same do not all come back at once.
        Some(asked) => asked.min(RETRY_AFTER_CAP) + own.min(Duration::from_millis(500)),
        None => own,
    })
}

/// `Retry-After` as a wait from `now`: whole seconds or an HTTP date; a date gone by is no wait.
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until =
        jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value).ok()?;
    Some(SystemTime::from(until).duration_since(now).unwrap_or_default())
}

/// Whether a 413 is Nova's old word for "too many requests" rather than "body too large" or "no quota left".
pub fn over_limit(answer: &Answer) -> bool {
    let contains = |text: &[u8]| answer.body.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text));
    answer.status == 413
        && !contains(b"quota")
        && (answer.header("retry-after").is_some() || contains(b"overLimit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(intent: Intent, status: u16, after: Option<u64>) -> bool {
        let retry_after = after.map(Duration::from_secs);
        next(intent, Outcome::Answered { status, retry_after, over_limit: status == 413 }, 1, 0.5).is_some()
    }

    fn lost(intent: Intent, kind: ErrorKind, sent: Sent) -> bool {
        next(intent, Outcome::Lost { kind, sent, known: true }, 1, 0.5).is_some()
    }

    #[test]
    fn what_happens_once_is_repeated_only_when_nothing_was_done() {
        use ErrorKind::*;
        for (status, after, again) in [
            (429, None, true),
            (413, None, true),
            (503, Some(1), false),
            (503, None, false),
            (500, None, false),
            (502, None, false),
            (504, Some(1), false),
            (409, None, false),
            (200, None, false),
        ] {
            assert_eq!(answered(Intent::Once, status, after), again, "{status} {after:?}");
        }
        assert!(lost(Intent::Once, Connect, Sent::No));
        assert!(lost(Intent::Once, Timeout, Sent::No));
        for kind in [Broken, Timeout, Malformed, TooLarge] {
            assert!(!lost(Intent::Once, kind, Sent::Maybe), "{kind:?}");
            assert!(!lost(Intent::Once, kind, Sent::Yes), "{kind:?}");
        }
    }

    #[test]
    fn reads_are_repeated_and_writes_with_care() {
        for status in [429, 500, 502, 503, 504] {
            assert!(
                answered(Intent::Read, status, None) && answered(Intent::Login, status, None),
                "{status}"
            );
            assert_eq!(answered(Intent::Idempotent, status, None), status != 500, "{status}");
        }
        assert!(lost(Intent::Idempotent, ErrorKind::Broken, Sent::Maybe));
        assert!(!lost(Intent::Idempotent, ErrorKind::Timeout, Sent::Maybe));
        assert!(lost(Intent::Read, ErrorKind::Timeout, Sent::Maybe));
        assert!(!lost(Intent::Read, ErrorKind::Tls, Sent::No));
        for status in [200, 400, 401, 403, 404, 501] {
            assert!(!answered(Intent::Read, status, Some(1)), "{status}");
        }
    }

    #[test]
    fn waits_grow_to_a_cap_and_end() {
        let broken = Outcome::Lost { kind: ErrorKind::Broken, sent: Sent::Maybe, known: true };
        let waits: Vec<_> =
            (1..=6).map(|n| next(Intent::Read, broken, n, 1.0).map(|wait| wait.as_millis())).collect();
        assert_eq!(waits, [Some(500), Some(1000), Some(2000), Some(4000), Some(8000), None]);
        let refused = Outcome::Lost { kind: ErrorKind::Connect, sent: Sent::No, known: false };
        assert_eq!(next(Intent::Read, refused, 3, 0.0), None);
        let slow = |seconds| Outcome::Answered {
            status: 429,
            retry_after: Some(Duration::from_secs(seconds)),
            over_limit: false,
        };
        assert_eq!(next(Intent::Once, slow(7), 1, 0.0), Some(Duration::from_secs(7)));
        assert_eq!(next(Intent::Once, slow(7000), 1, 0.0), Some(RETRY_AFTER_CAP));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after("12", now), Some(Duration::from_secs(12)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }
}
