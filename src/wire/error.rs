//! What went wrong on the way, and whether the request may have reached the cloud.
//!
//! An answer with an error status is no `Error`: it is an [`Answer`](super::Answer), which the driver reads.

use super::message::Method;
use std::time::Duration;

/// Whether a request may have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It surely did not leave.
    No,
    /// It left or may have left, and no answer says what became of it.
    Maybe,
    /// It was answered.
    Yes,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request could not be formed (bad URL, bad header).
    Form,
    /// The host's name is not known.
    Resolve,
    /// No connection: refused, unreachable.
    Connect,
    /// The TLS handshake or the certificate.
    Tls,
    /// A proxy does not let it through.
    Proxy,
    /// A deadline passed.
    Timeout,
    /// The connection broke before the answer was complete.
    Broken,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer is no HTTP, or its body is not what its headers say.
    Malformed,
    /// Bytes of this side: those to send cannot be read, or those that come cannot be kept.
    Local,
    /// Not sent (again): the run may send nothing more.
    Withheld,
    /// Not sent, on purpose: this is a dry run.
    Pretended,
}

/// An exchange that did not give an answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{method} {url}: {detail}", method = .method.as_str())]
pub struct Error {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// Whether the request may have reached the cloud.
    pub sent: Sent,
    /// The method asked with.
    pub method: Method,
    /// The URL asked, secrets masked.
    pub url: String,
    /// What happened, in the words of the network library or ours; no secrets.
    pub detail: String,
    /// The proxy that it went through, as errors name it.
    pub proxy: Option<String>,
    /// How long the last attempt took.
    pub elapsed: Duration,
    /// How long all attempts and the waits between them took.
    pub total: Duration,
    /// How many attempts were made.
    pub attempts: u32,
}
