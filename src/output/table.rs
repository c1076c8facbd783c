//! Tables: an array of resources, maps or plain values, one row each.

use crate::cloud::{Span, Value};
use comfy_table::{ContentArrangement, Table};

/// The column of rows that are neither resources nor maps.
pub const VALUE: &str = "value";

/// The columns of rows where none were chosen: a resource's main fields, every key of the maps, or the value itself.
pub fn columns(rows: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows {
        let of_row: Vec<String> = match row {
            Value::Resource(resource) => {
                let shown = resource.noun().fields().iter().filter(|field| field.shown);
                shown.map(|field| field.name.to_string()).collect()
            }
            Value::Map(map) => map.keys().cloned().collect(),
            _ => vec![VALUE.to_string()],
        };
        for name in of_row {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The rows as a table without frames, at the most so many columns wide; a line counts them where there are none.
pub fn draw(columns: &[String], rows: &[Vec<Value>], width: usize) -> String {
    if columns.is_empty() {
        return "(nothing)".to_string();
    }
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(columns);
    for row in rows {
        table.add_row(row.iter().map(cell));
    }
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The rows as a JSON array of objects.
pub fn json(columns: &[String], rows: &[Vec<Value>]) -> String {
    let objects = rows.iter().map(|row| {
        let fields = columns.iter().zip(row);
        let fields = fields.map(|(name, value)| (name.clone(), value.to_json(&|_, id| Value::text(id))));
        serde_json::Value::Object(fields.collect())
    });
    serde_json::Value::Array(objects.collect()).to_string()
}

/// A value in a cell: one line, control characters shown, lengths of time in their two largest units.
pub fn cell(value: &Value) -> String {
    let text = match value {
        Value::Unit | Value::Unread => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Span(span) => short(*span),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Secret(secret) => secret.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Map(map) => {
            let fields: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}={}", cell(value))).collect();
            fields.join(", ")
        }
        Value::Resource(resource) => resource.name().to_string(),
        Value::Cloud(name) => crate::cloud::region::name_of(name).to_string(),
        Value::Error(error) => format!("{}: {}", error.kind.as_str(), error.message),
        Value::NameOf(_, id) => id.to_string(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        Value::Other(what) => what.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A length of time in its two largest units, without fractions.
fn short(span: Span) -> String {
    let seconds = span.seconds();
    match seconds {
        s if s >= 86_400 * 3 => format!("{}d", s / 86_400),
        s if s >= 86_400 => format!("{}d{}h", s / 86_400, s % 86_400 / 3600),
        s if s >= 3600 => format!("{}h{}m", s / 3600, s % 3600 / 60),
        s if s >= 60 => format!("{}m{}s", s / 60, s % 60),
        s => format!("{s}s"),
    }
}
