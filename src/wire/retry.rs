//! What is asked again, and when: a pure policy over what the request meant and what became of it.
//!
//! A request that makes something is repeated only when it surely was not sent, or was refused undone (429; a gateway says 503
//! of what it passed on, too); whoever sent it looks up what became of it otherwise. The sum of all attempts and waits is
//! bounded by the caller, and the number of repeats at one endpoint by its [`Budget`].

use super::error::{ErrorKind, Sent};
use super::message::{Answer, Intent};
use std::time::{Duration, SystemTime};

/// The most attempts at one request.
pub const ATTEMPTS: u32 = 6;
/// The most attempts at a host that has not answered once in this run.
pub const FEW_ATTEMPTS: u32 = 3;
/// The most attempts that do not leave, at a host that has answered before: a service that is started anew takes half a minute.
pub const MANY_ATTEMPTS: u32 = 8;
/// The first wait is at most this long; each further one at most twice the one before.
pub const BASE: Duration = Duration::from_millis(500);
/// No wait of our own is longer.
pub const CAP: Duration = Duration::from_secs(30);
/// Who asks for a longer wait than this is not waited for: the script is told, and not kept in the dark.
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
        /// Whether its body says "too many requests" under another status than 429.
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

impl Outcome {
    /// The wait that an endpoint asks for which has too much to do; `None` where it does not say that.
    pub fn overload(&self) -> Option<Option<Duration>> {
        match *self {
            Outcome::Answered { status: 429 | 503, retry_after, .. }
            | Outcome::Answered { over_limit: true, retry_after, .. } => {
                Some(retry_after.filter(|wait| *wait <= RETRY_AFTER_CAP))
            }
            _ => None,
        }
    }
}

/// The next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// The wait before it.
    pub wait: Duration,
    /// Whether the endpoint asked for that wait: all requests to it keep it then.
    pub asked: bool,
    /// Whether it is taken from the endpoint's budget: a repeat that was asked for is not.
    pub costs: bool,
}

/// The next attempt; `None` when this one was the last. `attempt` counts from 1; `most` is the user's own limit; `roll` is a
/// random number in 0..1 that spreads the waits of many clients.
pub fn next(intent: Intent, outcome: Outcome, attempt: u32, most: Option<u32>, roll: f64) -> Option<Again> {
    let reads = matches!(intent, Intent::Read | Intent::Login);
    let repeatable = intent != Intent::Once;
    let (again, attempts, asked, refused) = match outcome {
        Outcome::Answered { status, retry_after, over_limit } => {
            let refused = status == 429 || over_limit;
            let again = match status {
                _ if refused => true,
                // A fault of a service may be a passing one; what may be done twice is asked for twice more.
                500 => reads || (repeatable && attempt < FEW_ATTEMPTS),
                502..=504 => repeatable,
                _ => false,
            };
            (again, ATTEMPTS, retry_after.filter(|_| refused || status == 503), refused)
        }
        Outcome::Lost { kind, sent, known } => {
            let again = match kind {
                ErrorKind::Resolve | ErrorKind::Connect => sent == Sent::No,
                ErrorKind::Timeout | ErrorKind::Broken => sent == Sent::No || repeatable,
                ErrorKind::Form
                | ErrorKind::Tls
                | ErrorKind::Proxy
                | ErrorKind::TooLarge
                | ErrorKind::Malformed
                | ErrorKind::Local
                | ErrorKind::Withheld
                | ErrorKind::Pretended => false,
            };
            let attempts = match (sent, known) {
                (Sent::No, true) => MANY_ATTEMPTS,
                (Sent::No, false) => FEW_ATTEMPTS,
                _ => ATTEMPTS,
            };
            (again, attempts, None, false)
        }
    };
    if !again || attempt >= most.unwrap_or(attempts) || asked.is_some_and(|asked| asked > RETRY_AFTER_CAP) {
        return None;
    }
    let ceiling = BASE.saturating_mul(1 << (attempt - 1).min(16)).min(CAP);
    let own = ceiling.mul_f64(roll.clamp(0.0, 1.0));
    // A little more than asked, so that clients told the same do not all come back at once.
    let wait = asked.map_or(own, |asked| asked + own.min(Duration::from_millis(500)));
    Some(Again { wait, asked: asked.is_some(), costs: !refused })
}

/// How many repeats an endpoint may still get: a cloud that is down is not made worse by everybody asking six times. Answers
/// and time fill it up again.
#[derive(Debug, Clone)]
pub struct Budget {
    tokens: f64,
    at: Duration,
}

impl Budget {
    /// The most repeats that can be saved up.
    pub const MOST: f64 = 256.0;
    /// What an answer adds.
    pub const AN_ANSWER: f64 = 0.25;
    /// What a second adds.
    pub const A_SECOND: f64 = 1.0;

    /// Take one repeat at this time of the run's clock; `false` when none is left.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * Budget::A_SECOND).min(Budget::MOST);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }

    /// An answer came.
    pub fn earn(&mut self) {
        self.tokens = (self.tokens + Budget::AN_ANSWER).min(Budget::MOST);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget { tokens: Budget::MOST, at: Duration::ZERO }
    }
}

/// `Retry-After` as a wait: whole seconds or an HTTP date; a date gone by is no wait. A date is measured against the `Date` of
/// the same answer, whatever our own clock says, and against ours where the server tells none.
pub fn retry_after(value: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let now = date.and_then(time).unwrap_or(now);
    Some(time(value)?.duration_since(now).unwrap_or_default())
}

/// The wait that an answer asks for in its words: CloudStack's `please retry after [1319] ms.` comes without a header.
pub fn retry_in_words(answer: &Answer) -> Option<Duration> {
    if answer.status != 429 {
        return None;
    }
    let text = String::from_utf8_lossy(&answer.body[..answer.body.len().min(4096)]);
    let (_, rest) = text.split_once("retry after [")?;
    let (millis, _) = rest.split_once("] ms")?;
    millis.trim().parse().ok().map(Duration::from_millis)
}

/// An HTTP date.
pub(super) fn time(text: &str) -> Option<SystemTime> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(text.trim()).ok().map(SystemTime::from)
}

/// Whether an answer means "too many requests" though its status does not say so: Nova's old 413, where it is neither "body
/// too large" nor "no quota left", and AWS's codes, which come with 400 and 503.
pub fn over_limit(answer: &Answer) -> bool {
    let contains = |text: &[u8]| answer.body.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text));
    match answer.status {
        413 => {
            !contains(b"quota")
                && !contains(b"maximum number of")
                && (answer.header("retry-after").is_some() || contains(b"overLimit"))
        }
        400..=599 => aws_code(&answer.body).is_some_and(|code| {
            is_throttle(&code)
                || (code == "ResourceInUse" && are_tags_busy(&String::from_utf8_lossy(&answer.body)))
        }),
        _ => false,
    }
}

/// Whether EC2's words say that another request is changing the same tags: nothing was done, and it passes.
pub fn are_tags_busy(words: &str) -> bool {
    words.contains("Tags are currently being modified")
}

/// The status that tells whether to ask again: AWS says 400 where a request came too slowly.
pub fn status(answer: &Answer) -> u16 {
    let slow = |code: String| matches!(code.as_str(), "RequestTimeout" | "RequestTimeoutException");
    match answer.status {
        400 if aws_code(&answer.body).is_some_and(slow) => 504,
        status => status,
    }
}

/// The code of an AWS error, without reading all of it.
fn aws_code(body: &[u8]) -> Option<String> {
    // An error is short; what is long is an answer of something else.
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code.trim().to_string())
}

/// Whether an AWS code says that too much was asked, and nothing was done: botocore's list.
pub fn is_throttle(code: &str) -> bool {
    matches!(
        code.strip_prefix("Client.").unwrap_or(code),
        "BandwidthLimitExceeded"
            | "ConcurrentTagAccess"
            | "EC2ThrottledException"
            | "PriorRequestNotComplete"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "TagsBeingModified"
            | "ThrottledException"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequestsException"
            | "TransactionInProgressException"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(intent: Intent, status: u16, after: Option<u64>) -> bool {
        let retry_after = after.map(Duration::from_secs);
        next(intent, Outcome::Answered { status, retry_after, over_limit: status == 413 }, 1, None, 0.5)
            .is_some()
    }

    fn lost(intent: Intent, kind: ErrorKind, sent: Sent) -> bool {
        next(intent, Outcome::Lost { kind, sent, known: true }, 1, None, 0.5).is_some()
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
    fn a_throttling_code_is_a_refusal_under_any_status() {
        let answer = |status: u16, body: &str| Answer {
            status,
            headers: Vec::new(),
            body: body.to_string().into(),
            elapsed: Duration::ZERO,
            total: Duration::ZERO,
            attempts: 1,
            method: super::super::message::Method::Post,
            url: String::new(),
        };
        let said =
            |code: &str| format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>");
        assert!(over_limit(&answer(503, &said("RequestLimitExceeded"))));
        assert!(over_limit(&answer(400, &said("Throttling"))));
        assert!(!over_limit(&answer(400, &said("InstanceLimitExceeded"))), "a quota is no rate");
        assert!(!over_limit(&answer(503, &said("Unavailable"))) && !over_limit(&answer(503, "")));
        let refused = Outcome::Answered { status: 503, retry_after: None, over_limit: true };
        assert!(next(Intent::Once, refused, 1, None, 0.5).is_some_and(|again| !again.costs));
        assert_eq!(refused.overload(), Some(None));
    }

    #[test]
    fn reads_are_repeated_and_writes_with_care() {
        for status in [429, 500, 502, 503, 504] {
            assert!(
                answered(Intent::Read, status, None) && answered(Intent::Login, status, None),
                "{status}"
            );
            assert!(answered(Intent::Idempotent, status, None), "{status}");
        }
        assert!(lost(Intent::Idempotent, ErrorKind::Broken, Sent::Maybe));
        assert!(lost(Intent::Idempotent, ErrorKind::Timeout, Sent::Maybe));
        assert!(lost(Intent::Read, ErrorKind::Timeout, Sent::Maybe));
        assert!(!lost(Intent::Read, ErrorKind::Tls, Sent::No));
        for status in [200, 400, 401, 403, 404, 501] {
            assert!(!answered(Intent::Read, status, Some(1)), "{status}");
        }
    }

    #[test]
    fn waits_grow_to_a_cap_and_end() {
        let broken = Outcome::Lost { kind: ErrorKind::Broken, sent: Sent::Maybe, known: true };
        let waits: Vec<_> = (1..=6)
            .map(|n| next(Intent::Read, broken, n, None, 1.0).map(|again| again.wait.as_millis()))
            .collect();
        assert_eq!(waits, [Some(500), Some(1000), Some(2000), Some(4000), Some(8000), None]);
        let refused = Outcome::Lost { kind: ErrorKind::Connect, sent: Sent::No, known: false };
        assert_eq!(next(Intent::Read, refused, 3, None, 0.0), None);
        let restarted = Outcome::Lost { kind: ErrorKind::Connect, sent: Sent::No, known: true };
        let waits = (1..=8)
            .map(|n| next(Intent::Once, restarted, n, None, 1.0).map_or(0, |again| again.wait.as_millis()));
        assert_eq!(waits.collect::<Vec<_>>(), [500, 1000, 2000, 4000, 8000, 16000, 30000, 0]);
        let slow = |seconds| Outcome::Answered {
            status: 429,
            retry_after: Some(Duration::from_secs(seconds)),
            over_limit: false,
        };
        let asked = |seconds| Again { wait: Duration::from_secs(seconds), asked: true, costs: false };
        assert_eq!(next(Intent::Once, slow(7), 1, None, 0.0), Some(asked(7)));
        assert_eq!(next(Intent::Once, slow(7), 6, None, 0.0), None);
        assert_eq!(next(Intent::Read, slow(121), 1, None, 0.0), None, "too long to be waited for");
        let tried = |most| (1..).find(|n| next(Intent::Read, broken, *n, Some(most), 0.0).is_none());
        assert_eq!((tried(1), tried(10)), (Some(1), Some(10)), "the user's own limit");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let after = |value| retry_after(value, None, now);
        assert_eq!(after("12"), Some(Duration::from_secs(12)));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:07 GMT"), Some(Duration::ZERO));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-1"), None);
        // The server's clock is an hour ahead of ours: its date means its time.
        let date = Some("Sun, 06 Nov 1994 09:49:37 GMT");
        assert_eq!(retry_after("Sun, 06 Nov 1994 09:49:47 GMT", date, now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("12", date, now), Some(Duration::from_secs(12)));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:47 GMT", Some("no date"), now),
            Some(Duration::from_secs(10))
        );
    }

    #[test]
    fn a_wait_in_words_is_kept_too() {
        let answer = |status: u16, body: &str| Answer {
            status,
            headers: Vec::new(),
            body: body.to_string().into(),
            elapsed: Duration::ZERO,
            total: Duration::ZERO,
            attempts: 1,
            method: super::super::message::Method::Get,
            url: String::new(),
        };
        let words = "reached the account api limit, please retry after [1319] ms.";
        assert_eq!(retry_in_words(&answer(429, words)), Some(Duration::from_millis(1319)));
        assert_eq!(retry_in_words(&answer(431, words)), None);
        assert_eq!(retry_in_words(&answer(429, "later")), None);
    }

    #[test]
    fn a_budget_ends_and_fills_up_again() {
        let mut budget = Budget::default();
        let left =
            |budget: &mut Budget, now| (0..1000).filter(|_| budget.take(Duration::from_secs(now))).count();
        assert_eq!(left(&mut budget, 0), 256);
        assert_eq!(left(&mut budget, 3), 3, "a second adds one");
        (0..8).for_each(|_| budget.earn());
        assert_eq!(left(&mut budget, 3), 2, "four answers add one");
        assert_eq!(left(&mut budget, 86_400), 256, "no more is saved up");
    }
}
