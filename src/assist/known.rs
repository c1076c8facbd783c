//! What is known of a value that is not there yet: enough to tell its fields and what may be called on it.

use crate::cloud::{Noun, Ty, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    Array(Arc<Known>),
    /// A map, and those of its keys that are known.
    Map(Arc<BTreeMap<String, Known>>),
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
    /// An array of something.
    pub fn array(one: Known) -> Known {
        Known::Array(Arc::new(one))
    }

    /// A map of these keys.
    pub fn map(keys: impl IntoIterator<Item = (String, Known)>) -> Known {
        Known::Map(Arc::new(keys.into_iter().collect()))
    }

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
            Value::Array(items) => Known::array(items.first().map_or(Known::Anything, Known::of)),
            Value::Map(map) => Known::map(map.iter().map(|(key, value)| (key.clone(), Known::of(value)))),
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
            Ty::ArrayOf(one) => Known::array(Known::declared(one)),
            Ty::MapOf(_) | Ty::Options => Known::map([]),
            Ty::Ref(noun) | Ty::Of(noun) => Known::Noun(*noun),
            Ty::Cloud => Known::Cloud(None),
            _ => Known::Anything,
        }
    }
}

/// A field's or a function's name, and what it is.
type Told = (&'static str, &'static str);

/// What can be read of a cloud.
const CLOUD: &[Told] =
    &[("name", "Its name in this session."), ("provider", "Who runs it."), ("region", "Its region, or ().")];

/// What can be read of a time, in UTC.
const TIME: &[Told] = &[
    ("year", "The year."),
    ("month", "The month, 1 to 12."),
    ("day", "The day of the month, from 1."),
    ("hour", "The hour, 0 to 23."),
    ("minute", "The minute, 0 to 59."),
    ("second", "The second, 0 to 59."),
    ("weekday", "The day of the week, Monday is 1."),
];

/// What can be read of an error.
const ERROR: &[Told] = &[
    ("kind", "What to act on: not_found, conflict, timeout and so on."),
    ("message", "What happened, with the cloud's own words."),
    ("verb", "The verb that was called."),
    ("cloud", "The cloud where it happened, or ()."),
    ("provider", "That cloud's provider, or ()."),
    ("service", "The service that answered, or ()."),
    ("status", "The HTTP status, or ()."),
    ("code", "The provider's code, or ()."),
    ("request_id", "The request's id, or ()."),
    ("retryable", "Whether trying again may succeed."),
    ("help", "What to do, or ()."),
    ("results", "Of a bulk call: each member's result, in order."),
    ("exists", "What the call left behind."),
];

/// The fields of a value, with what they are; a map's keys too.
pub(super) fn fields(of: &Known) -> Vec<(String, String)> {
    let told = |list: &[Told]| list.iter().map(|(name, what)| (name.to_string(), what.to_string())).collect();
    match of {
        Known::Noun(noun) => {
            noun.fields().iter().map(|field| (field.name.to_string(), field.summary.to_string())).collect()
        }
        Known::Cloud(_) => told(CLOUD),
        Known::Time => told(TIME),
        Known::Error => told(ERROR),
        Known::Duration => told(&[("seconds", "Its length in seconds.")]),
        Known::Map(map) => map.iter().map(|(key, value)| (key.clone(), value.word().to_string())).collect(),
        _ => Vec::new(),
    }
}

/// What a field of a value is.
pub(super) fn field(of: &Known, name: &str) -> Known {
    match of {
        Known::Noun(noun) => {
            let field = noun.fields().iter().find(|field| field.name == name);
            field.map_or(Known::Anything, |field| Known::declared(&field.ty))
        }
        Known::Map(map) => map.get(name).cloned().unwrap_or(Known::Anything),
        Known::Error => match name {
            "results" | "exists" => Known::array(Known::Anything),
            "retryable" => Known::Bool,
            "status" => Known::Number,
            _ => Known::Text,
        },
        Known::Time | Known::Duration => Known::Number,
        Known::Cloud(_) => Known::Text,
        _ => Known::Anything,
    }
}

/// What a loop or a closure gets of a value.
pub(super) fn element(of: &Known) -> Known {
    match of {
        Known::Array(one) => (**one).clone(),
        _ => Known::Anything,
    }
}

/// What an operator makes of two values.
pub(super) fn joined(operator: &str, left: Known, right: impl FnOnce() -> Known) -> Known {
    match (operator, left) {
        ("+", Known::Text) => Known::Text,
        ("-", Known::Time) => match right() {
            Known::Time => Known::Duration,
            _ => Known::Time,
        },
        ("+", Known::Anything | Known::Number) => match right() {
            Known::Text => Known::Text,
            other => other,
        },
        (_, left) => left,
    }
}

/// What a function of the language itself gives for its first argument; what changes a value in place gives nothing.
pub(super) fn built_in(name: &str, first: &Known) -> Known {
    match (name, first) {
        ("filter" | "extract", known) => known.clone(),
        ("find" | "pop" | "shift" | "remove", Known::Array(one)) => (**one).clone(),
        ("drain" | "splice", Known::Array(_)) => first.clone(),
        ("keys", _) => Known::array(Known::Text),
        ("values", Known::Map(map)) => Known::array(map.values().next().cloned().unwrap_or(Known::Anything)),
        ("split" | "split_rev" | "chars", Known::Text) => Known::array(Known::Text),
        ("len" | "index_of" | "to_int" | "to_float" | "parse_int" | "parse_float", _) => Known::Number,
        ("to_upper" | "to_lower" | "sub_string" | "to_string" | "to_debug" | "type_of", _) => Known::Text,
        ("format", Known::Time) => Known::Text,
        ("all" | "some" | "none" | "contains" | "is_empty" | "starts_with" | "ends_with", _) => Known::Bool,
        _ => Known::Anything,
    }
}

impl Known {
    /// The reader's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Known::Anything => "",
            Known::Nothing => "nothing",
            Known::Bool => "a truth value",
            Known::Number => "a number",
            Known::Text => "text",
            Known::Secret => "a secret",
            Known::Blob => "a blob",
            Known::Time => "a time",
            Known::Duration => "a duration",
            Known::Array(one) => match **one {
                Known::Noun(Noun::Server) => "an array of servers",
                Known::Noun(Noun::Image) => "an array of images",
                Known::Noun(Noun::Flavor) => "an array of flavors",
                _ => "an array",
            },
            Known::Map(_) => "a map",
            Known::Noun(noun) => noun.with_article(),
            Known::Cloud(_) => "a cloud",
            Known::Error => "an error",
            Known::Closure => "a function",
        }
    }
}
