//! Fields of answers whose protocols write numbers as text, and those that stay secret; for drivers of EC2 and CloudStack.

use crate::cloud::{Secret, Value};
use serde_json::Value as Json;

/// A field as text, whatever it holds; empty text counts as none.
pub(super) fn text(object: &Json, key: &str) -> Option<String> {
    match object.get(key)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// A field as a whole number.
pub(super) fn int(object: &Json, key: &str) -> Option<i64> {
    let value = object.get(key)?;
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|number| number as i64))
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// An answer whose fields of these names stay secret in the script.
pub(super) fn hidden(value: Value, secret: &[&str]) -> Value {
    match value {
        Value::Map(fields) => Value::Map(
            fields
                .into_iter()
                .map(|(name, value)| match value {
                    Value::Text(text) if secret.contains(&name.as_str()) => {
                        (name, Value::Secret(Secret::new(text)))
                    }
                    other => (name, hidden(other, secret)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| hidden(item, secret)).collect()),
        other => other,
    }
}
