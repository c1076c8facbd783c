//! Making a [`Call`]: what is asked of a service, below its versioned endpoint. Nothing is sent here.

use super::session::{Call, Service, Version};
use crate::wire::{Body, Intent, Method};
use serde_json::Value as Json;

/// A read.
pub fn get(operation: &'static str, service: Service, path: impl Into<String>) -> Call {
    Call::new(operation, service, Method::Get, path)
}

/// A call that carries JSON.
pub fn json(
    operation: &'static str,
    service: Service,
    method: Method,
    path: impl Into<String>,
    body: Json,
) -> Call {
    Call { body: Body::Json(body), ..Call::new(operation, service, method, path) }
}

/// Small changes to a call, in the order they read.
pub trait With: Sized {
    /// With this microversion, where there is one.
    fn version(self, version: Option<Version>) -> Self;
    /// With this query.
    fn query(self, query: Vec<(String, String)>) -> Self;
    /// With another intent than the method's.
    fn intent(self, intent: Intent) -> Self;
}

impl With for Call {
    fn version(mut self, version: Option<Version>) -> Self {
        self.microversion = version;
        self
    }

    fn query(mut self, query: Vec<(String, String)>) -> Self {
        self.query = query;
        self
    }

    fn intent(mut self, intent: Intent) -> Self {
        self.intent = Some(intent);
        self
    }
}

/// A text as one segment of a path (RFC 3986: everything but the unreserved is escaped).
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Whether a text can stand in a path as one segment: `.` and `..` cannot, escaped or not, and an empty one
/// would ask for the whole collection.
pub fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_keeps_its_bounds() {
        assert_eq!(segment("a/b c:d?é"), "a%2Fb%20c%3Ad%3F%C3%A9");
        assert!(!is_segment("..") && !is_segment("") && is_segment("..."));
    }
}
