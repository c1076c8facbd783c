//! How an exchange reads in a report, whatever the cloud.

use crate::cloud::error::RequestLine;
use crate::wire::{self, Answer, Sent};
use std::time::Duration;
use url::Url;

/// Path and query of a URL; all of it where it is none.
pub fn path_of(url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) => match parsed.query() {
            Some(query) => format!("{}?{query}", parsed.path()),
            None => parsed.path().to_string(),
        },
        Err(_) => url.to_string(),
    }
}

/// Host and port of a URL.
pub fn host_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return url.to_string() };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_string(),
        (None, _) => url.to_string(),
    }
}

/// How often a request went out and how long that took in all; nothing of a single attempt.
pub fn attempts(number: u32, total: Duration) -> String {
    match number {
        0 | 1 => String::new(),
        more => format!(" ({more} attempts, {} in all)", wire::send::seconds(total)),
    }
}

/// An answered exchange; `path` as a person tells the request from others.
pub fn answered(answer: &Answer, path: String) -> RequestLine {
    RequestLine {
        method: answer.method.as_str(),
        path,
        outcome: format!(
            "{} in {}{}",
            answer.status,
            wire::send::seconds(answer.elapsed),
            attempts(answer.attempts, answer.total)
        ),
        elapsed: answer.elapsed,
    }
}

/// An exchange that gave no answer.
pub fn lost(error: &wire::Error, path: String) -> RequestLine {
    let (detail, after) = (&error.detail, wire::send::seconds(error.elapsed));
    let mut outcome = match error.sent {
        Sent::No => format!("{detail}; not sent"),
        Sent::Maybe => format!("{detail} after {after}; it may have reached the cloud"),
        Sent::Yes => format!("{detail} after {after}; the cloud had begun to answer"),
    };
    outcome.push_str(&attempts(error.attempts, error.total));
    RequestLine { method: error.method.as_str(), path, outcome, elapsed: error.elapsed }
}
