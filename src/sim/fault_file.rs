//! A file of faults: one a line, the operation first, then what goes wrong and when, as `name` or `name=value`.
//!
//! ```text
//! # operation    what goes wrong                    how often, and from which call on
//! server.create  status=429 retry-after=2           times=3
//! server.create  reset-after
//! server.*       delay=200ms                        times=always after=10
//! server.create  error="No valid host was found."   after=4
//! ```
//!
//! Without `times` a fault strikes once, without `after` the first call. All mistakes of a file are found at once.

use std::fmt;
use std::time::Duration;

use super::faults::{Fault, FaultKind};
use super::protocol;

/// What is wrong with a line of a file of faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what is right.
    pub reason: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// The words of a line, each with what it takes; the manual of the format.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("status", "a number: it is not done, and answered with this status"),
    ("retry-after", "seconds or a date: beside `status`"),
    ("body", "text: beside `status`"),
    ("code", "a word: beside `status`, what a refusal of EC2 is called, such as RequestLimitExceeded"),
    ("delay", "a duration: done, and answered that much later"),
    ("late", "a duration: done only then, whoever still waits"),
    ("refuse", "a duration: all connections end, and are refused for that long"),
    ("reset-before", "not done, and the connection breaks"),
    ("reset-after", "done, and the connection breaks"),
    ("truncate", "done, and the connection breaks in the middle of the answer"),
    ("malformed", "done, and the answer is no JSON"),
    ("empty", "done, and the answer has no body"),
    ("wrong-type", "done, and answered with a page of HTML"),
    ("html", "not done, and a proxy says 502"),
    ("error", "text: accepted, and the server ends in ERROR with this fault"),
    ("stuck", "accepted, and never goes on"),
    ("slow-start", "a duration: accepted, and shows no trace before that"),
    ("slow", "a number: accepted, and takes that many times as long"),
    ("skew", "seconds: the cloud's clock stands that far ahead, or behind with a minus"),
    ("revoke-token", "the token of the call is forgotten"),
    ("expire-token", "the token of the call comes to its end"),
    ("token-life", "a duration: a token that is issued lasts that long"),
    ("times", "how many calls it strikes, or `always`; 1 without it"),
    ("after", "how many calls pass unharmed first; 0 without it"),
];

/// The faults of a file's text.
///
/// # Errors
/// Every line that is none, with the reason.
pub fn plan(text: &str) -> Result<Vec<Fault>, Vec<Mistake>> {
    let (mut faults, mut mistakes) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        match words(line).and_then(|words| fault(&words)) {
            Ok(Some(fault)) => faults.push(fault),
            Ok(None) => {}
            Err(reason) => mistakes.push(Mistake { line: number + 1, reason }),
        }
    }
    if mistakes.is_empty() { Ok(faults) } else { Err(mistakes) }
}

/// The words of a line: spaces part them, quotes keep them together, `#` ends the line.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for letter in line.chars() {
        match letter {
            '"' => (quoted, begun) = (!quoted, true),
            '#' if !quoted && !begun => break,
            space if space.is_whitespace() && !quoted => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => {
                word.push(letter);
                begun = true;
            }
        }
    }
    if quoted {
        return Err("a quote is opened and not closed".to_owned());
    }
    words.extend(begun.then_some(word));
    Ok(words)
}

fn fault(words: &[String]) -> Result<Option<Fault>, String> {
    let Some((operation, rest)) = words.split_first() else { return Ok(None) };
    known(operation)?;
    let (mut times, mut after, mut kind) = (1, 0, None);
    let (mut retry_after, mut body, mut code) = (None, None, None);
    for word in rest {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        let needs = || format!("`{name}` needs a value: `{name}=…`");
        let text = || value.filter(|value| !value.is_empty()).ok_or_else(needs);
        let span = || text().and_then(duration);
        let is = match name {
            "times" if value == Some("always") => {
                times = u32::MAX;
                continue;
            }
            "times" => {
                times = number(name, text()?)?;
                continue;
            }
            "after" => {
                after = number(name, text()?)?;
                continue;
            }
            "retry-after" => {
                retry_after = Some(text()?.to_owned());
                continue;
            }
            "body" => {
                body = Some(value.unwrap_or_default().to_owned());
                continue;
            }
            "code" => {
                code = Some(text()?.to_owned());
                continue;
            }
            "status" => {
                let code = number(name, text()?)?;
                if !(400..600).contains(&code) {
                    return Err(format!("`status={code}` is no refusal; give one of 400 to 599"));
                }
                FaultKind::Status { code, body: None, retry_after: None }
            }
            "delay" => FaultKind::Delay(span()?),
            "late" => FaultKind::Late(span()?),
            "refuse" => FaultKind::Refuse(span()?),
            "slow-start" => FaultKind::SlowStart(span()?),
            "token-life" => FaultKind::TokenLife(span()?),
            "slow" => FaultKind::Slow(number(name, text()?)?),
            "skew" => FaultKind::Skew(number(name, text()?)?),
            "error" => FaultKind::ErrorState { message: text()?.to_owned() },
            "reset-before" => FaultKind::ResetBefore,
            "reset-after" => FaultKind::ResetAfter,
            "truncate" => FaultKind::Truncate,
            "malformed" => FaultKind::Malformed,
            "empty" => FaultKind::Empty,
            "wrong-type" => FaultKind::WrongType,
            "html" => FaultKind::Html,
            "stuck" => FaultKind::Stuck,
            "revoke-token" => FaultKind::RevokeToken,
            "expire-token" => FaultKind::ExpireToken,
            _ => {
                let all = WORDS.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                return Err(format!("`{name}` is no word of a fault; there are {all}"));
            }
        };
        if kind.replace(is).is_some() {
            return Err(format!("`{name}` is a second fault; write it on a line of its own"));
        }
    }
    let beside = match (&retry_after, &body) {
        (Some(_), _) => "retry-after",
        (None, Some(_)) => "body",
        _ => "code",
    };
    let kind = match kind {
        Some(FaultKind::Status { code: status, .. }) if code.is_some() => {
            if retry_after.is_some() || body.is_some() {
                return Err(format!("`code` says it all; leave `{beside}` out"));
            }
            FaultKind::Coded { status, code: code.unwrap_or_default() }
        }
        Some(FaultKind::Status { code, .. }) => FaultKind::Status { code, body, retry_after },
        Some(_) if retry_after.is_some() || body.is_some() || code.is_some() => {
            return Err(format!("`{beside}` goes with `status`"));
        }
        Some(kind) => kind,
        None => return Err(format!("it does not say what goes wrong with `{operation}`: `status=503`")),
    };
    Ok(Some(Fault { operation: operation.clone(), times, after, kind }))
}

/// Whether there are operations of this name or with this beginning.
fn known(operation: &str) -> Result<(), String> {
    let mut all: Vec<&str> = protocol::operations().collect();
    let fits = |name: &&str| match operation.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => *name == operation,
    };
    if all.iter().any(fits) {
        return Ok(());
    }
    all.sort_by_key(|name| strsim::damerau_levenshtein(name, operation));
    let closest = all.first().copied().unwrap_or_default();
    Err(format!("there is no operation `{operation}`; the closest is `{closest}`"))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{name}={text}` is no whole number"))
}

/// `500ms`, `2s`, `10m`, `1h`, or whole seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let millis = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let number = number.parse::<u64>().ok().filter(|_| millis > 0);
    let millis = number.and_then(|number| number.checked_mul(millis));
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is no duration; write 500ms, 2s, 10m or 1h"))
}
