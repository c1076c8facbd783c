//! Values of the scripting engine as values of the verbs, and back.

use super::deferred::Handle as Deferred;
use crate::base::placeholder;
use crate::cloud::{Error, Handle, Secret, Span, Time, Value};
use rhai::{Array, Blob, Dynamic, FnPtr, ImmutableString, Map};
use std::sync::Arc;

/// A cloud as scripts hold it: its name in this session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudHandle(pub Arc<str>);

/// A script's value as a verb takes it.
pub fn to_value(dynamic: &Dynamic) -> Value {
    if dynamic.is_shared() {
        return to_value(&dynamic.flatten_clone());
    }
    if dynamic.is_unit() {
        return Value::Unit;
    }
    if let Ok(truth) = dynamic.as_bool() {
        return Value::Bool(truth);
    }
    if let Ok(number) = dynamic.as_int() {
        return Value::Int(number);
    }
    if let Ok(number) = dynamic.as_float() {
        return Value::Float(number);
    }
    if let Ok(text) = dynamic.as_immutable_string_ref() {
        return Value::of_script(text.as_str());
    }
    if let Ok(array) = dynamic.as_array_ref() {
        return Value::Array(array.iter().map(to_value).collect());
    }
    if let Ok(map) = dynamic.as_map_ref() {
        return Value::Map(
            map.iter().map(|(key, value)| (placeholder::masked(key).into_owned(), to_value(value))).collect(),
        );
    }
    if let Ok(blob) = dynamic.as_blob_ref() {
        return Value::Blob(blob.clone());
    }
    if let Ok(character) = dynamic.as_char() {
        return Value::text(character.to_string());
    }
    if let Some(resource) = dynamic.read_lock::<Handle>() {
        return Value::Resource(resource.clone());
    }
    if let Some(time) = dynamic.read_lock::<Time>() {
        return Value::Time(*time);
    }
    if let Some(span) = dynamic.read_lock::<Span>() {
        return Value::Span(*span);
    }
    if let Some(secret) = dynamic.read_lock::<Secret>() {
        return Value::Secret(secret.clone());
    }
    if let Some(cloud) = dynamic.read_lock::<CloudHandle>() {
        return Value::Cloud(cloud.0.clone());
    }
    if let Some(error) = dynamic.read_lock::<Error>() {
        return Value::Error(error.clone());
    }
    if let Ok(decimal) = dynamic.as_decimal() {
        return decimal.to_string().parse().map_or(Value::Other("a decimal number"), Value::Float);
    }
    if dynamic.read_lock::<Deferred>().is_some() {
        return Value::Other("a handle");
    }
    if dynamic.read_lock::<FnPtr>().is_some() {
        return Value::Other("a closure");
    }
    if dynamic.read_lock::<std::ops::Range<i64>>().is_some()
        || dynamic.read_lock::<std::ops::RangeInclusive<i64>>().is_some()
    {
        return Value::Other("a range");
    }
    Value::Other("something else")
}

/// A verb's value as a script holds it. `NameOf` is left as the id: the reader of a field looks it up before.
pub fn to_dynamic(value: Value) -> Dynamic {
    match value {
        Value::Unit | Value::Unread | Value::Other(_) => Dynamic::UNIT,
        Value::Bool(truth) => Dynamic::from_bool(truth),
        Value::Int(number) => Dynamic::from_int(number),
        Value::Float(number) => Dynamic::from_float(number),
        Value::Text(text) => Dynamic::from(ImmutableString::from(&*text)),
        Value::Secret(secret) => Dynamic::from(secret),
        Value::Time(time) => Dynamic::from(time),
        Value::Span(span) => Dynamic::from(span),
        Value::Blob(bytes) => Dynamic::from_blob(Blob::from(bytes)),
        Value::Array(items) => Dynamic::from_array(items.into_iter().map(to_dynamic).collect::<Array>()),
        Value::Map(map) => Dynamic::from_map(
            map.into_iter().map(|(key, value)| (key.into(), to_dynamic(value))).collect::<Map>(),
        ),
        Value::Resource(resource) => Dynamic::from(resource),
        Value::Cloud(name) => Dynamic::from(CloudHandle(name)),
        Value::Error(error) => Dynamic::from(error),
        Value::NameOf(_, id) => Dynamic::from(ImmutableString::from(&*id)),
    }
}

/// A value as `print` writes it.
pub fn display(value: &Value) -> String {
    match value {
        Value::Unit | Value::Unread => String::new(),
        Value::Text(text) => text.to_string(),
        other => literal(other),
    }
}

/// A value as text that goes on: with a placeholder where a secret stands, so that it prints masked and is sent whole.
pub fn sent(value: &Value) -> String {
    match value {
        Value::Secret(secret) => secret.placeholder(),
        other => display(other),
    }
}

/// A value as it stands inside an array or a map, and as `debug` writes it.
pub fn literal(value: &Value) -> String {
    match value {
        Value::Unit | Value::Unread => "()".to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Secret(secret) => secret.shown().to_string(),
        Value::Time(time) => time.to_string(),
        Value::Span(span) => span.to_string(),
        Value::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let fields: Vec<String> =
                map.iter().map(|(key, value)| format!("{key:?}: {}", literal(value))).collect();
            format!("#{{{}}}", fields.join(", "))
        }
        Value::Resource(resource) => resource.name(),
        Value::Cloud(name) => crate::cloud::region::name_of(name).to_string(),
        Value::Error(error) => format!("{}: {}", error.kind.as_str(), error.words()),
        Value::NameOf(_, id) => id.to_string(),
        Value::Other(what) => what.to_string(),
    }
}
