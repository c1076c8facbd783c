//! Requests whose answer was lost, cut off, or a fault of the service: looking whether they took effect, and sending them once
//! more where they did not.
//!
//! One way for both providers and for every request that may not simply be repeated. What a look is, is the driver's: a
//! create is found by its token or marker, an action by the state of its server.

use crate::cloud::ports::Clock;
use crate::cloud::{Error, Kind, Result, call_scope};
use std::future::Future;
use std::time::Duration;

/// How long after each other the traces of an unanswered request are looked for.
pub(crate) const LOOKS: [Duration; 3] =
    [Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(6)];

/// The same of a request that was given up while it was still under way: it may arrive as late as one is waited for.
pub(crate) const LATE_LOOKS: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(6),
    Duration::from_secs(12),
    Duration::from_secs(18),
    Duration::from_secs(30),
];

/// The same after a refusal of what was sent again, the first look at once.
const AT_ONCE: [Duration; 4] = [Duration::ZERO, LOOKS[0], LOOKS[1], LOOKS[2]];

/// The pauses before the looks: of what an earlier process may have sent, three, the last when its time to arrive is over.
pub(crate) fn looks_after(lost: &Error) -> Vec<Duration> {
    match call_scope::unsure() {
        Some(unsure) => {
            vec![Duration::ZERO, unsure.arriving / 2, unsure.arriving.saturating_sub(unsure.arriving / 2)]
        }
        None if lost.kind == Kind::Timeout => LATE_LOOKS.to_vec(),
        None => LOOKS.to_vec(),
    }
}

/// In place of the answer to a request whose caller can look: an earlier process may have sent it, so it is not sent before a
/// look. The hook of the wire holds back only what may not be repeated at all.
pub(crate) fn sent_before() -> Option<Error> {
    call_scope::unsure()?;
    let mut lost = Error::new(Kind::Timeout, "the run stopped before the answer came");
    lost.maybe = true;
    Some(lost)
}

/// What one look shows of a request.
pub(crate) enum Seen<T> {
    /// It took effect.
    Effect(T),
    /// It did not, so far.
    Nothing,
    /// A part of what it should make, or something that may be of another request: not to be sent again.
    Unclear,
}

impl<T> From<Option<T>> for Seen<T> {
    fn from(found: Option<T>) -> Seen<T> {
        found.map_or(Seen::Nothing, Seen::Effect)
    }
}

/// How a lost request ended.
pub(crate) enum Settled<T> {
    /// It took effect, and this was found or answered. `resent` tells whether it took a second request.
    Done { value: T, resent: bool },
    /// The second request was refused, and the first left nothing: neither did anything.
    Refused(Error),
    /// Nobody knows: the error, and what the looks showed.
    Unknown(Error, Looked),
}

/// What the looks showed, for an error that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Whether any was answered.
    pub(crate) answered: bool,
    /// Whether the request was sent a second time.
    pub(crate) resent: bool,
    /// How many there were.
    pub(crate) count: usize,
    /// From the request to the last of them.
    pub(crate) over: Duration,
}

impl Looked {
    /// The words for it: "for `sought`, 3 times over 12 s: found none".
    pub(crate) fn words(self, sought: &str) -> String {
        let end = if self.answered { "found none" } else { "no answer to that either" };
        let again = if self.resent { "; sent again, without an answer" } else { "" };
        format!("for {sought}, {} times over {} s: {end}{again}", self.count, self.over.as_secs())
    }
}

/// Whether an error leaves open what became of its request: it broke off, or the service or something before it failed.
pub(crate) fn is_open(error: &Error) -> bool {
    error.maybe || matches!(error.status, Some(500 | 502..=504))
}

/// Settle a request whose answer was `lost`: look over the whole window, and where every look was answered and showed
/// nothing, send it once more and look again.
pub(crate) async fn settle<T, L, S>(
    clock: &dyn Clock,
    lost: Error,
    look: impl Fn() -> L + Send + Sync,
    send: impl FnOnce() -> S + Send,
) -> Settled<T>
where
    T: Send,
    L: Future<Output = Result<Seen<T>>> + Send,
    S: Future<Output = Result<T>> + Send,
{
    let pauses = looks_after(&lost);
    let looked = |pauses: &[Duration], answered: bool, resent: bool| Looked {
        answered,
        resent,
        count: pauses.len(),
        over: pauses.iter().sum(),
    };
    let first = match window(clock, &pauses, &look).await {
        Window::Effect(value) => return Settled::Done { value, resent: false },
        Window::Nothing => {
            call_scope::nothing_was_sent();
            send().await
        }
        Window::Open { answered } => return Settled::Unknown(lost, looked(&pauses, answered, false)),
    };
    let error = match first {
        Ok(value) => return Settled::Done { value, resent: true },
        Err(error) => error,
    };
    if is_open(&error) {
        let pauses = looks_after(&error);
        return match window(clock, &pauses, &look).await {
            Window::Effect(value) => Settled::Done { value, resent: true },
            Window::Nothing => Settled::Unknown(error, looked(&pauses, true, true)),
            Window::Open { answered } => Settled::Unknown(error, looked(&pauses, answered, true)),
        };
    }
    // A refusal may be because the first one came through after all, and is still at work.
    match window(clock, &AT_ONCE, &look).await {
        Window::Effect(value) => Settled::Done { value, resent: true },
        Window::Nothing => Settled::Refused(error),
        Window::Open { answered } => Settled::Unknown(error, looked(&pauses, answered, true)),
    }
}

/// What a whole window of looks showed.
enum Window<T> {
    Effect(T),
    /// Every look was answered, and none showed anything.
    Nothing,
    Open {
        answered: bool,
    },
}

async fn window<T, L>(
    clock: &dyn Clock,
    pauses: &[Duration],
    look: &(impl Fn() -> L + Send + Sync),
) -> Window<T>
where
    T: Send,
    L: Future<Output = Result<Seen<T>>> + Send,
{
    let (mut empty, mut answered) = (0, false);
    for pause in pauses {
        clock.sleep(*pause).await;
        match look().await {
            Ok(Seen::Effect(value)) => return Window::Effect(value),
            Ok(Seen::Nothing) => (empty, answered) = (empty + 1, true),
            Ok(Seen::Unclear) => answered = true,
            Err(_) => {}
        }
    }
    match empty == pauses.len() {
        true => Window::Nothing,
        false => Window::Open { answered },
    }
}

/// The error of a request that left no trace, or not all of it; `list` is what a script looks with.
pub(crate) fn unresolved(
    cloud: &str,
    mut error: Error,
    verb: &str,
    looked: String,
    exists: &str,
    list: &str,
) -> Error {
    if error.kind == Kind::Network || error.kind == Kind::Timeout {
        error.message = format!("{cloud} stopped answering while `{verb}` was being sent");
        error.kind = Kind::Network;
        error.diagnostic = Some("cloud::network");
    }
    error.maybe = true;
    error.facts.push(("looked", looked));
    error.facts.push(("exists", exists.to_string()));
    error.help = Some(format!("run `rhain --cloud {cloud} -e '{list}'` before trying again"));
    error
}

/// A name as it stands in a script's text.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
