//! What verbs take and give, in no scripting language's terms.

use super::error::Error;
use super::handle::Handle;
use super::time::{Span, Time};
use super::ty::Noun;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A text that never prints; its memory is the caller's to keep short.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

/// What a secret shows as.
pub const MASK: &str = "••••••";

impl Secret {
    /// Hide a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Secret(text.into())
    }

    /// The text, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A value of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: `()`.
    Unit,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// Text that never prints.
    Secret(Secret),
    /// A time, UTC.
    Time(Time),
    /// A length of time.
    Span(Span),
    /// Bytes.
    Blob(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A map, by key.
    Map(BTreeMap<String, Value>),
    /// A server, an image, a flavor …
    Resource(Handle),
    /// A cloud, by its name in this session.
    Cloud(Arc<str>),
    /// An error as a value: a failed member of a bulk call.
    Error(Error),
    /// The name of another resource, not known yet: looked up by id when it is read.
    NameOf(Noun, Arc<str>),
    /// Something that only the language has (a closure); named, never read.
    Other(&'static str),
}

impl Value {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Arc::from(text.as_ref()))
    }

    /// Text, or `()` where there is none (an empty text counts as none).
    pub fn optional_text(text: Option<&str>) -> Value {
        text.filter(|text| !text.is_empty()).map_or(Value::Unit, Value::text)
    }

    /// A JSON value as a value; whole numbers beyond 64 bits become floats.
    pub fn from_json(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Unit,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Value::Int(whole),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Array(items) => Value::Array(items.iter().map(Value::from_json).collect()),
            serde_json::Value::Object(fields) => {
                Value::Map(fields.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect())
            }
        }
    }

    /// What a person would call this value: "a number", "a server".
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Unit => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::Secret(_) => "a secret",
            Value::Time(_) => "a time",
            Value::Span(_) => "a duration",
            Value::Blob(_) => "a blob",
            Value::Array(_) => "an array",
            Value::Map(_) => "a map",
            Value::Resource(resource) => resource.noun().with_article(),
            Value::Cloud(_) => "a cloud",
            Value::Error(_) => "an error",
            Value::NameOf(..) => "text",
            Value::Other(name) => name,
        }
    }
}
