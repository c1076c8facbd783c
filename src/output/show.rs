//! A value as a person wants to see it: a resource as a card, an array of one kind as a table, a map as its lines.

use super::table;
use crate::cloud::{Handle, Value};

/// Reads a field of a resource, names looked up.
pub type Read<'a> = &'a dyn Fn(&Handle, &str) -> Value;

/// The text for a final value; `None` for what shows as nothing.
pub fn show(value: &Value, read: Read<'_>, width: usize) -> Option<String> {
    match value {
        Value::Unit | Value::Other(_) => None,
        // What `delete` gives for an array: nothing, for each.
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| *item == Value::Unit) => None,
        Value::Resource(resource) => Some(card(resource, read)),
        Value::Array(items) if is_table(items) => Some(rows(items, &table::columns(items), read, width)),
        Value::Array(items) => {
            let nothing = |item: &Value| *item == Value::Unit;
            let shown = |item| if nothing(item) { "()".to_string() } else { nested(item) };
            let items: Vec<String> = items.iter().map(shown).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Map(map) if map.is_empty() => Some("#{}".to_string()),
        Value::Map(map) => Some(tree(&entries(map), 0)),
        Value::Text(text) => Some(text.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        other => Some(table::cell(other)),
    }
}

/// A member of an array: an array in it keeps its brackets.
fn nested(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(nested).collect::<Vec<_>>().join(", ")),
        Value::Unit => "()".to_string(),
        other => table::cell(other),
    }
}

/// Whether an array is shown as a table.
pub(super) fn is_table(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(is_row)
}

/// Resources, maps or errors as a table of these columns.
pub(super) fn rows(items: &[Value], columns: &[String], read: Read<'_>, width: usize) -> String {
    let rows: Vec<Vec<Value>> =
        items.iter().map(|item| columns.iter().map(|column| cell(item, column, read)).collect()).collect();
    table::draw(columns, &rows, width)
}

/// A resource that a call changed: its main fields in a line, and what they were where that is known.
pub fn changed(old: &Handle, new: &Handle, read: Read<'_>) -> String {
    let shown = || new.noun().fields().iter().filter(|field| field.shown && field.name != "age");
    let cells = |resource: &Handle| -> Vec<String> {
        shown().map(|field| table::cell(&read(resource, field.name))).collect()
    };
    let (before, now) = (cells(old), cells(new));
    let mut words: Vec<&str> = now.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let differ = before.iter().zip(&now).filter(|(before, now)| before != now && !before.is_empty());
    let was: Vec<&str> = differ.map(|(before, _)| before.as_str()).collect();
    let was = format!("(was {})", was.join(", "));
    if was.len() > "(was )".len() {
        words.push(&was);
    }
    words.join("  ")
}

fn is_row(value: &Value) -> bool {
    matches!(value, Value::Resource(_) | Value::Map(_) | Value::Error(_))
}

fn cell(row: &Value, column: &str, read: Read<'_>) -> Value {
    match row {
        Value::Resource(resource) => read(resource, column),
        Value::Map(map) => map.get(column).cloned().unwrap_or(Value::Unit),
        other => other.clone(),
    }
}

fn card(resource: &Handle, read: Read<'_>) -> String {
    let fields = resource.noun().fields().iter().filter(|field| field.name != "raw");
    let fields: Vec<(&str, Value)> = fields
        .map(|field| (field.name, read(resource, field.name)))
        .filter(|(_, value)| !table::cell(value).is_empty())
        .collect();
    tree(&fields.iter().map(|(name, value)| (*name, value)).collect::<Vec<_>>(), 0)
}

fn entries(map: &std::collections::BTreeMap<String, Value>) -> Vec<(&str, &Value)> {
    map.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

/// A line a key, so far to the right; what holds maps stands below its key.
fn tree(items: &[(&str, &Value)], indent: usize) -> String {
    let wide = items.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    let space = " ".repeat(indent);
    let lines = items.iter().map(|(key, value)| match value {
        Value::Map(map) if map.values().any(holds) => {
            let inner = tree(&entries(map), indent + 2);
            format!("{space}{key}\n{inner}")
        }
        Value::Array(items) if items.iter().any(holds) => {
            let items: Vec<String> =
                items.iter().map(|item| format!("{space}  - {}", nested(item))).collect();
            format!("{space}{key}\n{}", items.join("\n"))
        }
        value => format!("{space}{key:wide$}  {}", table::cell(value)).trim_end().to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a value holds others under names, so that a line is too little for it.
fn holds(value: &Value) -> bool {
    match value {
        Value::Map(map) => !map.is_empty(),
        Value::Array(items) => items.iter().any(holds),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_maps_stands_below_its_key() {
        let map = |items: &[(&str, Value)]| {
            Value::Map(items.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
        };
        let address = map(&[("addr", Value::text("10.0.0.2")), ("version", Value::Int(4))]);
        let value = map(&[
            ("addresses", map(&[("private", Value::Array(vec![address]))])),
            ("meta", map(&[("role", Value::text("web"))])),
            ("name", Value::text("web")),
        ]);
        let text = show(&value, &|_, _| Value::Unit, 80).expect("something");
        let wanted = [
            "addresses",
            "  private",
            "    - addr=10.0.0.2, version=4",
            "meta       role=web",
            "name       web",
        ];
        assert_eq!(text, wanted.join("\n"));
    }
}
