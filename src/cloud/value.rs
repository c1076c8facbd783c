//! What verbs take and give, in no scripting language's terms.

use super::error::Error;
use super::handle::Handle;
use super::time::{Span, Time};
use super::ty::Noun;
use crate::base::placeholder;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A text that never prints; its memory is the caller's to keep short.
#[derive(Clone)]
pub struct Secret {
    text: Arc<str>,
    /// What is printed of it, where the secret is a part of a longer text; the mask alone otherwise.
    shown: Option<Arc<str>>,
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Secret {}

pub use crate::base::MASK;

impl Secret {
    /// Whether this is its text, which may hold secrets itself.
    pub fn is_text(&self, text: &str) -> bool {
        self.reveal() == text || placeholder::resolved(text).is_some_and(|text| self.reveal() == text)
    }

    /// Hide a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Secret { text: text.into(), shown: None }
    }

    /// A text that holds secrets, with its placeholders resolved; `None` where a placeholder is not whole.
    pub fn holding(text: &str) -> Option<Self> {
        let shown = Some(Arc::from(&*placeholder::masked(text)));
        Some(Secret { text: placeholder::resolved(text)?.into(), shown })
    }

    /// The text, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is printed in its place.
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(MASK)
    }

    /// What stands for it inside a longer text.
    pub fn placeholder(&self) -> String {
        placeholder::of(&self.text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
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
    /// A field that this description does not tell: read anew when it is read.
    Unread,
    /// Something that only the language has (a closure); named, never read.
    Other(&'static str),
}

impl Value {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Arc::from(text.as_ref()))
    }

    /// Text of a script: a secret where it holds one, masked where it holds a part of one.
    pub fn of_script(text: &str) -> Value {
        match placeholder::is_in(text) {
            false => Value::text(text),
            true => {
                Secret::holding(text).map_or_else(|| Value::text(placeholder::masked(text)), Value::Secret)
            }
        }
    }

    /// Whether there is a secret in it.
    pub fn holds_secret(&self) -> bool {
        match self {
            Value::Secret(_) => true,
            Value::Array(items) => items.iter().any(Value::holds_secret),
            Value::Map(map) => map.values().any(Value::holds_secret),
            _ => false,
        }
    }

    /// The same with every text in it a secret.
    pub fn hidden(self) -> Value {
        match self {
            Value::Text(text) => Value::Secret(Secret::new(text)),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::hidden).collect()),
            Value::Map(map) => {
                Value::Map(map.into_iter().map(|(key, value)| (key, value.hidden())).collect())
            }
            other => other,
        }
    }

    /// The same with each text a secret that differs in `shown`, which is the same as it may be shown.
    pub fn hidden_where_other(self, shown: &Value) -> Value {
        match (self, shown) {
            (Value::Map(map), Value::Map(shown)) if map.keys().eq(shown.keys()) => {
                let each = map.into_iter().zip(shown.values());
                Value::Map(each.map(|((key, value), shown)| (key, value.hidden_where_other(shown))).collect())
            }
            (Value::Array(items), Value::Array(shown)) if items.len() == shown.len() => Value::Array(
                items.into_iter().zip(shown).map(|(item, shown)| item.hidden_where_other(shown)).collect(),
            ),
            (Value::Text(text), Value::Text(shown)) if text != *shown => {
                Value::Secret(Secret { text, shown: Some(shown.clone()) })
            }
            (same, shown) if same == *shown => same,
            (other, _) => other.hidden(),
        }
    }

    /// Text, or `()` where there is none (an empty text counts as none).
    pub fn optional_text(text: Option<&str>) -> Value {
        text.filter(|text| !text.is_empty()).map_or(Value::Unit, Value::text)
    }

    /// The objects in it, in their order.
    pub fn objects(&self, found: &mut Vec<Handle>) {
        match self {
            Value::Resource(resource) => found.push(resource.clone()),
            Value::Array(items) => items.iter().for_each(|item| item.objects(found)),
            Value::Map(map) => map.values().for_each(|item| item.objects(found)),
            _ => {}
        }
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
            Value::Unread => "a field that was not read yet",
            Value::Other(name) => name,
        }
    }
}
