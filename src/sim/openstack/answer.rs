//! Answers as values: a status, a body, headers, and what the answer is about (for the journal).

use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::Value;

/// What goes back to a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) kind: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The id and the name of the resource that was written.
    pub(crate) about: Vec<(String, String)>,
    /// What a web framework's error says; its shape is the one that the client takes.
    pub(crate) framed: Option<String>,
    /// The service's own version headers are left out.
    pub(crate) plain: bool,
}

impl Answer {
    /// A status with nothing else.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, kind: "application/json", ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Says which resource was written.
    pub(crate) fn about(mut self, id: &str, name: &str) -> Self {
        self.about.push((id.to_owned(), name.to_owned()));
        self
    }
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &Value) -> Answer {
    Answer { body: body.to_string().into_bytes(), ..Answer::empty(status) }
}

/// An HTML page, as proxies and web frameworks send.
pub(crate) fn page(status: u16, message: &str) -> Answer {
    let title = reason(status);
    let body = format!(
        "<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{message}</p>\n"
    );
    Answer { body: body.into_bytes(), kind: "text/html; charset=utf-8", plain: true, ..Answer::empty(status) }
}

/// The error of services that leave its shape to a web framework: JSON, HTML or text, as the client takes.
pub(crate) fn framed(status: u16, message: &str) -> Answer {
    Answer { framed: Some(message.to_owned()), ..Answer::empty(status) }
}

impl Answer {
    /// Gives a framework's error the shape that this `Accept` asks for.
    pub(crate) fn shaped(self, accept: &str) -> Self {
        let Some(message) = &self.framed else { return self };
        let title = reason(self.status);
        let code = format!("{} {title}", self.status);
        let (kind, body) = if accept.contains("json") {
            let message = format!("{message}<br /><br />\n\n\n");
            let body = serde_json::json!({"message": message, "code": code, "title": title});
            ("application/json", body.to_string())
        } else if accept.contains("html") {
            let body = format!("<h1>{code}</h1>\n  {message}<br /><br />\n\n\n");
            (
                "text/html; charset=UTF-8",
                format!(
                    "<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  {body}\n </body>\n</html>"
                ),
            )
        } else {
            let message = message.replace("<br /><br />\n", "\n\n ");
            ("text/plain; charset=UTF-8", format!("{code}\n\n{message}\n\n   "))
        };
        Self { kind, body: body.into_bytes(), framed: None, ..self }
    }
}

/// A status's usual phrase.
pub(crate) fn reason(status: u16) -> &'static str {
    hyper::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or("Unknown")
}

fn stamp(at: SystemTime, format: &str) -> String {
    Timestamp::try_from(at).map(|at| at.strftime(format).to_string()).unwrap_or_default()
}

/// Times as the services write them.
pub(crate) mod time {
    use super::{SystemTime, Timestamp, stamp};

    /// `2026-11-21T01:07:58Z`
    pub(crate) fn second(at: SystemTime) -> String {
        stamp(at, "%Y-%m-%dT%H:%M:%SZ")
    }

    /// `2026-11-21T01:07:58.123Z`
    pub(crate) fn milli(at: SystemTime) -> String {
        stamp(at, "%Y-%m-%dT%H:%M:%S.%3fZ")
    }

    /// `2026-11-21T01:07:58.000000`
    pub(crate) fn bare(at: SystemTime) -> String {
        stamp(at, "%Y-%m-%dT%H:%M:%S.000000")
    }

    /// `2026-11-21T01:07:58.000000Z`
    pub(crate) fn micro(at: SystemTime) -> String {
        stamp(at, "%Y-%m-%dT%H:%M:%S.000000Z")
    }

    /// `Sat, 21 Nov 2026 01:07:58 GMT`, as HTTP's own headers.
    pub(crate) fn http(at: SystemTime) -> String {
        stamp(at, "%a, %d %b %Y %H:%M:%S GMT")
    }

    /// Reads a time with a zone, or one in UTC without.
    pub(crate) fn read(text: &str) -> Option<SystemTime> {
        let at: Option<Timestamp> = text.parse().ok();
        at.or_else(|| format!("{text}Z").parse().ok()).map(SystemTime::from)
    }
}
