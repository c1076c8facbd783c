//! What a value is, in a few words.

use crate::cloud::Value;

/// `Server`, `text`, `an array of 3 servers`, `a map of 2 keys`.
pub(super) fn type_of(value: &Value) -> String {
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match value {
        Value::Resource(resource) => resource.noun().type_name().to_string(),
        Value::Array(items) if items.is_empty() => "an empty array".to_string(),
        Value::Array(items) => format!("an array of {}", count(items.len(), member(items))),
        Value::Map(map) if map.is_empty() => "an empty map".to_string(),
        Value::Map(map) => format!("a map of {}", count(map.len(), "key")),
        Value::Int(_) => "a whole number".to_string(),
        other => other.kind().to_string(),
    }
}

/// What the members of an array are, where they are alike.
fn member(items: &[Value]) -> &'static str {
    let word = |value: &Value| match value {
        Value::Resource(resource) => resource.noun().as_str(),
        Value::Text(_) => "text",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Map(_) => "map",
        Value::Error(_) => "error",
        _ => "value",
    };
    let first = items.first().map_or("value", word);
    if items.iter().all(|item| word(item) == first) { first } else { "value" }
}

/// How long something took: `12 ms`, `1.2 s`, `3 m 5 s`.
pub(super) fn took(time: std::time::Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{} ms", time.as_millis()),
        seconds if seconds < 60.0 => format!("{seconds:.1} s"),
        _ => format!("{} m {} s", time.as_secs() / 60, time.as_secs() % 60),
    }
}
