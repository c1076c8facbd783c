//! Plain scalars as YAML 1.1 reads them, but for dates: those stay texts, as templates need.

use serde_json::{Number, Value};

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    integer(text).map(Value::from).or_else(|| real(text)).unwrap_or_else(|| Value::String(text.to_owned()))
}

fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain = digits.replace('_', "");
    let (radix, plain) = if let Some(rest) = plain.strip_prefix("0x") {
        (16, rest.to_owned())
    } else if let Some(rest) = plain.strip_prefix("0b") {
        (2, rest.to_owned())
    } else if plain.len() > 1 && plain.starts_with('0') {
        (8, plain)
    } else {
        (10, plain)
    };
    i64::from_str_radix(&plain, radix).ok().map(|number| sign * number)
}

fn real(text: &str) -> Option<Value> {
    let like = text.contains('.')
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'))
        && text.chars().any(|c| c.is_ascii_digit());
    let number: f64 = if like { text.parse().ok()? } else { return None };
    Number::from_f64(number).map(Value::Number)
}
