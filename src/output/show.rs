//! A value as a person wants to see it: a resource as a card, an array of one kind as a table, a map as its lines.

use super::table;
use crate::cloud::{Resource, Value};

/// Reads a field of a resource, names looked up.
pub type Read<'a> = &'a dyn Fn(&Resource, &str) -> Value;

/// The text for a final value; `None` for what shows as nothing.
pub fn show(value: &Value, read: Read<'_>, width: usize) -> Option<String> {
    match value {
        Value::Unit | Value::Other(_) => None,
        Value::Resource(resource) => Some(card(resource, read)),
        Value::Array(items) if !items.is_empty() && items.iter().all(is_row) => {
            let columns = table::columns(items);
            let rows: Vec<Vec<Value>> = items
                .iter()
                .map(|item| columns.iter().map(|column| cell(item, column, read)).collect())
                .collect();
            Some(table::draw(&columns, &rows, width))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(table::cell).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Map(map) if map.is_empty() => Some("#{}".to_string()),
        Value::Map(map) => {
            let wide = map.keys().map(|key| key.chars().count()).max().unwrap_or(0);
            let lines: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key:wide$}  {}", table::cell(value)).trim_end().to_string())
                .collect();
            Some(lines.join("\n"))
        }
        Value::Text(text) => Some(text.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        other => Some(table::cell(other)),
    }
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

fn card(resource: &Resource, read: Read<'_>) -> String {
    let fields = resource.noun().fields().iter().filter(|field| field.name != "raw");
    let lines: Vec<(&str, String)> = fields
        .map(|field| (field.name, table::cell(&read(resource, field.name))))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let wide = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    lines.iter().map(|(name, text)| format!("{name:wide$}  {text}")).collect::<Vec<_>>().join("\n")
}
