//! What is known of a value that is not there yet: enough to tell its fields and what may be called on it.

use crate::cloud::{Noun, Ty, Value};
use std::collections::BTreeMap;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// Not even its type.
    Anything,
    /// `()`.
    Nothing,
    /// A truth value.
    Bool,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A secret.
    Secret,
    /// Bytes.
    Blob,
    /// A time.
    Time,
    /// A length of time.
    Duration,
    /// An array, and what its first element is.
    Array(Box<Known>),
    /// A map, and those of its keys that are known.
    Map(BTreeMap<String, Known>),
    /// A server, an image …
    Noun(Noun),
    /// A cloud, and its name.
    Cloud(Option<String>),
    /// An error.
    Error,
    /// A function.
    Closure,
}

impl Known {
    /// What a value is.
    pub fn of(value: &Value) -> Known {
        match value {
            Value::Unit => Known::Nothing,
            Value::Bool(_) => Known::Bool,
            Value::Int(_) | Value::Float(_) => Known::Number,
            Value::Text(_) | Value::NameOf(..) => Known::Text,
            Value::Secret(_) => Known::Secret,
            Value::Time(_) => Known::Time,
            Value::Span(_) => Known::Duration,
            Value::Blob(_) => Known::Blob,
            Value::Array(items) => Known::Array(Box::new(items.first().map_or(Known::Anything, Known::of))),
            Value::Map(map) => {
                Known::Map(map.iter().map(|(key, value)| (key.clone(), Known::of(value))).collect())
            }
            Value::Resource(resource) => Known::Noun(resource.noun()),
            Value::Cloud(name) => Known::Cloud(Some(name.to_string())),
            Value::Error(_) => Known::Error,
            Value::Other("a closure") => Known::Closure,
            Value::Other(_) => Known::Anything,
        }
    }

    /// What a declared type is.
    pub fn declared(ty: &Ty) -> Known {
        match ty {
            Ty::Unit => Known::Nothing,
            Ty::Bool => Known::Bool,
            Ty::Int | Ty::Float => Known::Number,
            Ty::Text | Ty::OneOf(_) => Known::Text,
            Ty::Secret => Known::Secret,
            Ty::Duration => Known::Duration,
            Ty::Time => Known::Time,
            Ty::ArrayOf(one) => Known::Array(Box::new(Known::declared(one))),
            Ty::MapOf(_) | Ty::Options => Known::Map(BTreeMap::new()),
            Ty::Ref(noun) | Ty::Of(noun) => Known::Noun(*noun),
            Ty::Cloud => Known::Cloud(None),
            _ => Known::Anything,
        }
    }
}
