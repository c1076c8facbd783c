//! What a watcher is told of each attempt. All it can reach is masked, so a trace cannot leak by accident.

use super::mask::{self, Known};
use super::message::{Answer, Body, Intent, Request};
use std::time::{Duration, SystemTime};

/// Someone who watches the requests of a run.
pub trait Trace: Send + Sync {
    /// An attempt ended.
    fn exchange(&self, exchange: &Exchange<'_>);
    /// A dry run kept this request from being sent; it is masked already.
    fn pretended(&self, request: &Request);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Trace for Silent {
    fn exchange(&self, _: &Exchange<'_>) {}
    fn pretended(&self, _: &Request) {}
}

/// One attempt at a request.
pub struct Exchange<'a> {
    /// When it ended, by the clock of its cloud.
    pub at: SystemTime,
    /// The operation's name.
    pub operation: &'static str,
    /// The method's word.
    pub method: &'static str,
    /// The URL, secrets masked.
    pub url: &'a str,
    /// The HTTP status, where it was answered.
    pub status: Option<u16>,
    /// What went wrong, where it was not; no secrets.
    pub error: Option<&'a str>,
    /// How long it took.
    pub elapsed: Duration,
    /// The request id that the cloud gave.
    pub request_id: Option<&'a str>,
    /// Which attempt this was, from 1.
    pub attempt: u32,
    /// The wait before the next one, where there is a next one.
    pub wait: Option<Duration>,
    pub(super) request: &'a Request,
    pub(super) answer: Option<&'a Answer>,
    pub(super) known: &'a Known,
}

impl Exchange<'_> {
    /// Where it went, for a person: of a query API the action too, for there one address is all of them.
    pub fn place(&self) -> String {
        let action = match &self.request.body {
            Body::Form(fields) => fields.iter().find(|(name, _)| name == "Action").map(|(_, action)| action),
            _ => None,
        };
        action.map_or(self.url.to_string(), |action| format!("{} {action}", self.url))
    }

    /// The request's headers, secrets masked.
    pub fn request_headers(&self) -> Vec<(String, String)> {
        self.headers(&self.request.headers)
    }

    /// The request's body as text, secrets masked; `None` where there is none.
    pub fn request_body(&self) -> Option<String> {
        let text = match mask::request(self.request).body {
            Body::Empty => return None,
            Body::Json(value) => value.to_string(),
            Body::Form(fields) => {
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
            }
            Body::Bytes(_, bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Body::Stream(_, content) => format!("({} bytes)", content.size()),
        };
        Some(self.known.hide(&text))
    }

    /// The answer's headers, secrets masked.
    pub fn answer_headers(&self) -> Vec<(String, String)> {
        self.answer.map(|answer| self.headers(&answer.headers)).unwrap_or_default()
    }

    /// The answer's body as text, secrets masked; a body that is not JSON is masked as text.
    pub fn answer_body(&self) -> Option<String> {
        let answer = self.answer.filter(|answer| !answer.body.is_empty())?;
        let text = match serde_json::from_slice(&answer.body) {
            Ok(value) => mask::json(&value).to_string(),
            // The plain text that a login is answered with is a token, and nothing else.
            Err(_) if login_token(self.request, answer) => mask::MASK.to_string(),
            Err(_) => mask::text(&mask::markup(&String::from_utf8_lossy(&answer.body))),
        };
        Some(self.known.hide(&text))
    }

    fn headers(&self, headers: &[(String, String)]) -> Vec<(String, String)> {
        headers
            .iter()
            .map(|(name, value)| (name.clone(), self.known.hide(&mask::header(name, value))))
            .collect()
    }
}

fn login_token(request: &Request, answer: &Answer) -> bool {
    request.intent == Intent::Login
        && answer.is_success()
        && !answer.body.trim_ascii_start().starts_with(b"<")
}
