//! Where two values differ: by field, by element, by line, so that two long ones need not be compared by eye.

use super::arrays::equal;
use crate::cloud::Value;
use crate::script::value::literal;

/// How many places are told.
const SHOWN: usize = 8;
/// Values that are no longer than this are told whole, which is enough.
const SHORT: usize = 60;

/// The places where two values differ, a line each; `None` where the values themselves are short enough to see it.
pub(super) fn told(a: &Value, b: &Value) -> Option<String> {
    if literal(a).chars().count() <= SHORT && literal(b).chars().count() <= SHORT {
        return None;
    }
    let mut found = Vec::new();
    compare("", a, b, &mut found);
    // Where nothing is the same, a list of places says no more than the values.
    if found.iter().any(|line| line.starts_with(':')) {
        return None;
    }
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    Some(found.join("\n"))
}

fn compare(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    if equal(a, b) {
        return;
    }
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            for (key, value) in a {
                let path = format!("{path}.{key}");
                match b.get(key) {
                    Some(other) => compare(&path, value, other, found),
                    None => found.push(format!("{path}: {} is on the left alone", literal(value))),
                }
            }
            let new = b.iter().filter(|(key, _)| !a.contains_key(*key));
            found.extend(
                new.map(|(key, value)| format!("{path}.{key}: {} is on the right alone", literal(value))),
            );
        }
        (Value::Array(a), Value::Array(b)) => {
            for (nth, (one, other)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{nth}]"), one, other, found);
            }
            if a.len() != b.len() {
                let path = if path.is_empty() { "the array" } else { path };
                found.push(format!("{path}: {} elements on the left, {} on the right", a.len(), b.len()));
            }
        }
        (Value::Text(a), Value::Text(b)) if a.contains('\n') || b.contains('\n') => {
            let lines = a.lines().map(Some).chain([None]).zip(b.lines().map(Some).chain([None]));
            let differs = lines.enumerate().find(|(_, (one, other))| one != other);
            let shown = |line: Option<&str>| line.map_or("nothing".to_string(), |line| format!("{line:?}"));
            let told = differs.map(|(nth, (one, other))| {
                format!("line {}: {} is not {}", nth + 1, shown(one), shown(other))
            });
            let told = told.unwrap_or_else(|| "only in how the last line ends".to_string());
            found.push(if path.is_empty() { told } else { format!("{path}: {told}") });
        }
        (a, b) => found.push(format!("{path}: {} is not {}", literal(a), literal(b))),
    }
}
