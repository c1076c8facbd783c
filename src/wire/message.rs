//! A request and its answer as plain values: a driver builds the one and reads the other without a network.

use super::auth::Signer;
use super::mask;
use super::stream::{Outgoing, Receiver};
use bytes::Bytes;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The word on the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// What a request means to do; retries and dry runs go by it, not by the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Looks and changes nothing: may be repeated freely.
    Read,
    /// A login: repeated like a read, sent in a dry run too.
    Login,
    /// Changes something, and doing it twice leaves what doing it once leaves (PUT, DELETE, metadata).
    Idempotent,
    /// Makes something or starts something: never repeated unless it surely was not sent or was refused undone (429).
    Once,
}

impl Intent {
    /// The usual one of a method: GET and HEAD read, PUT and DELETE are idempotent, POST and PATCH happen once.
    pub fn of(method: Method) -> Intent {
        match method {
            Method::Get | Method::Head => Intent::Read,
            Method::Put | Method::Delete => Intent::Idempotent,
            Method::Post | Method::Patch => Intent::Once,
        }
    }

    /// Whether the cloud is changed by it.
    pub fn writes(self) -> bool {
        matches!(self, Intent::Idempotent | Intent::Once)
    }
}

/// What a request carries. Its `Debug` shows no secret.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON; `content_type` where it is not `application/json`.
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Bytes of the given content type.
    Bytes(String, Bytes),
    /// Bytes of the given content type, read as they are sent.
    Stream(String, Outgoing),
}

impl Body {
    /// Its content type and bytes; `None` where there is nothing, or nothing that is in memory.
    pub fn encode(&self) -> Option<(String, Bytes)> {
        match self {
            Body::Empty | Body::Stream(..) => None,
            Body::Json(value) => Some(("application/json".to_string(), value.to_string().into())),
            Body::Form(fields) => {
                Some(("application/x-www-form-urlencoded".to_string(), form(fields).into()))
            }
            Body::Bytes(kind, bytes) => Some((kind.clone(), bytes.clone())),
        }
    }
}

/// One request, not yet sent. Its `Debug` shows no secret.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// The operation's name for traces and faults: `server.create`.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The absolute URL, query included.
    pub url: String,
    /// Header names and values; `Content-Type` and `Accept` are set from the body unless given here.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// What it means to do.
    pub intent: Intent,
    /// The longest one attempt may take; the session's own limit where `None`.
    pub timeout: Option<Duration>,
    /// Who signs each attempt, where requests are signed; what stands here is the request before that.
    pub signer: Option<Arc<Signer>>,
    /// Where the body of a good answer goes, in place of the answer: one that is larger than memory.
    pub receiver: Option<Receiver>,
}

impl Request {
    /// A request with an empty body and the method's usual intent.
    pub fn new(operation: &'static str, method: Method, url: impl Into<String>) -> Self {
        Request {
            operation,
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Body::Empty,
            intent: Intent::of(method),
            timeout: None,
            signer: None,
            receiver: None,
        }
    }

    /// With a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_string(), value.into()));
        self
    }

    /// Signed, anew for every attempt.
    pub fn signed(mut self, signer: Signer) -> Self {
        self.signer = Some(Arc::new(signer));
        self
    }

    /// With another intent than the method's usual one.
    pub fn intent(mut self, intent: Intent) -> Self {
        self.intent = intent;
        self
    }
}

/// What came back, whatever its status. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Bytes,
    /// How long the last attempt took.
    pub elapsed: Duration,
    /// How long all attempts and the waits between them took.
    pub total: Duration,
    /// How many attempts were made, 1 or more.
    pub attempts: u32,
    /// The method asked with.
    pub method: Method,
    /// The URL asked, secrets masked.
    pub url: String,
}

impl Answer {
    /// A header's value; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// When the server says that it answered, by its own clock.
    pub fn date(&self) -> Option<SystemTime> {
        self.header("date").and_then(super::retry::time)
    }

    /// The request id that the cloud gave, where it gave one.
    pub fn request_id(&self) -> Option<&str> {
        ["x-openstack-request-id", "x-compute-request-id", "x-amzn-requestid"]
            .iter()
            .find_map(|name| self.header(name))
    }

    /// Whether the status says that it went well: 2xx, and 3xx but for redirects.
    pub fn is_success(&self) -> bool {
        // A redirect that was not followed has done nothing; 300 lists versions.
        self.status < 400 && !matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("nothing"),
            Body::Json(value) => write!(f, "{}", mask::json(value)),
            Body::Form(fields) => {
                let shown = |name: &String| if mask::is_secret_name(name) { Some(mask::MASK) } else { None };
                f.debug_map()
                    .entries(fields.iter().map(|(name, value)| (name, shown(name).unwrap_or(value))))
                    .finish()
            }
            Body::Bytes(kind, bytes) => write!(f, "{} bytes of {kind}", bytes.len()),
            Body::Stream(kind, content) => write!(f, "{} bytes of {kind}", content.size()),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.operation, self.method.as_str(), mask::url(&self.url))?;
        f.debug_map()
            .entries(self.headers.iter().map(|(name, value)| (name, mask::header(name, value))))
            .finish()?;
        write!(f, " {:?}", self.body)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} {} ", self.status, self.method.as_str(), self.url)?;
        f.debug_map()
            .entries(self.headers.iter().map(|(name, value)| (name, mask::header(name, value))))
            .finish()?;
        match serde_json::from_slice(&self.body) {
            Ok(value) => write!(f, " {}", mask::json(&value)),
            Err(_) => write!(f, " {} bytes", self.body.len()),
        }
    }
}
/// Pairs as a form, in the one spelling that RFC 3986 and forms have in common but for the space: a server that checks a
/// signature by writing the form anew writes `%2A` and `~`, as botocore does.
fn form(fields: &[(String, String)]) -> String {
    let plain = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    plain.replace('*', "%2A").replace("%7E", "~")
}
