//! Checks request bodies against JSON schemas and words what is wrong as Nova does: the field, its value as Python
//! prints it, and the rule.
//!
//! A schema here is a JSON value with the usual keys: `type`, `properties`, `required`, `additionalProperties: false`,
//! `patternProperties` (one pattern), `items`, `enum`, `oneOf`, `minLength`, `maxLength`, `minItems`, `maxItems`,
//! `minProperties`, `maxProperties`, `uniqueItems`, `minimum`, `pattern`, `format`.

use base64::Engine as _;
use serde_json::Value;

/// What is wrong with a body: where (the last name or index), the value there, and the rule.
#[derive(Debug)]
pub(crate) struct Problem {
    at: Option<String>,
    value: String,
    pub(crate) rule: String,
    /// The rule is the whole message.
    whole: bool,
}

impl Problem {
    /// The message, for a parameter of the query.
    pub(crate) fn of_query(self, name: &str) -> String {
        Self { at: Some(name.to_owned()), ..self }.worded("query parameters")
    }

    /// The message, for a body.
    pub(crate) fn message(&self) -> String {
        self.worded("field/attribute")
    }

    fn worded(&self, what: &str) -> String {
        match &self.at {
            Some(at) if !self.whole => {
                format!("Invalid input for {what} {at}. Value: {}. {}", self.value, self.rule)
            }
            _ => self.rule.clone(),
        }
    }
}

/// A value as Python's `str` prints it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => python(other),
    }
}

/// A value as Python's `repr` prints it.
pub(crate) fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
            let text = if quote == '\'' { text.replace('\'', "\\'") } else { text };
            format!("{quote}{text}{quote}")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pair = |(key, value): (&String, &Value)| format!("'{key}': {}", python(value));
            format!("{{{}}}", map.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The first problem of a value with a schema, or none.
pub(crate) fn check(schema: &Value, value: &Value) -> Result<(), Problem> {
    visit(schema, value, None)
}

fn visit(schema: &Value, value: &Value, at: Option<&str>) -> Result<(), Problem> {
    let problem =
        |rule: String| Err(Problem { at: at.map(str::to_owned), value: shown(value), rule, whole: false });
    let told = python(value);
    if let Some(kinds) = schema.get("type")
        && !is_a(kinds, value)
    {
        let names: Vec<String> = match kinds {
            Value::Array(kinds) => kinds.iter().map(python).collect(),
            kind => vec![python(kind)],
        };
        return problem(format!("{told} is not of type {}", names.join(", ")));
    }
    if let Some(schemas) = schema.get("oneOf").and_then(Value::as_array)
        && !schemas.iter().any(|schema| visit(schema, value, None).is_ok())
    {
        return problem(format!("{told} is not valid under any of the given schemas"));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed: Vec<String> = allowed.iter().map(python).collect();
        return problem(format!("{told} is not one of [{}]", allowed.join(", ")));
    }
    let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match value {
        Value::Object(map) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, inner) in properties.into_iter().flatten() {
                if let Some(value) = map.get(name) {
                    visit(inner, value, Some(name))?;
                }
            }
            let patterns = schema.get("patternProperties").and_then(Value::as_object);
            for (pattern, inner) in patterns.into_iter().flatten() {
                for (name, value) in map.iter().filter(|(name, _)| fits(pattern, name)) {
                    visit(inner, value, Some(name))?;
                }
            }
            if limit("minProperties").is_some_and(|least| number(map.len()) < least) {
                return problem(format!("{told} should be non-empty"));
            }
            if limit("maxProperties").is_some_and(|most| number(map.len()) > most) {
                return problem(format!("{told} has too many properties"));
            }
            for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
                if name.as_str().is_some_and(|name| !map.contains_key(name)) {
                    return problem(format!("{} is a required property", python(name)));
                }
            }
            if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
                let known = |name: &str| {
                    properties.is_some_and(|properties| properties.contains_key(name))
                        || patterns.is_some_and(|patterns| patterns.keys().any(|p| fits(p, name)))
                };
                let extra: Vec<String> =
                    map.keys().filter(|name| !known(name)).map(|name| format!("'{name}'")).collect();
                if let Some(patterns) = patterns.filter(|_| !extra.is_empty()) {
                    let patterns: Vec<String> = patterns.keys().map(|p| format!("'{p}'")).collect();
                    let verb = if extra.len() == 1 { "does" } else { "do" };
                    let (extra, patterns) = (extra.join(", "), patterns.join(", "));
                    return problem(format!("{extra} {verb} not match any of the regexes: {patterns}"));
                }
                if !extra.is_empty() {
                    let verb = if extra.len() == 1 { "was" } else { "were" };
                    let extra = extra.join(", ");
                    return problem(format!(
                        "Additional properties are not allowed ({extra} {verb} unexpected)"
                    ));
                }
            }
        }
        Value::Array(items) => {
            if limit("maxItems").is_some_and(|most| number(items.len()) > most) {
                return problem(format!("{told} is too long"));
            }
            if limit("minItems").is_some_and(|least| number(items.len()) < least) {
                return problem(format!("{told} should be non-empty"));
            }
            let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
            if unique && items.iter().enumerate().any(|(at, item)| items[..at].contains(item)) {
                return problem(format!("{told} has non-unique elements"));
            }
            if let Some(inner) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    visit(inner, item, Some(&index.to_string()))?;
                }
            }
        }
        Value::String(text) => {
            let length = number(text.chars().count());
            if limit("minLength").is_some_and(|least| length < least) {
                return problem(format!("{told} should be non-empty"));
            }
            if limit("maxLength").is_some_and(|most| length > most) {
                return problem(format!("{told} is too long"));
            }
            if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
                && !fits(pattern, text)
            {
                let pattern = Value::String(pattern.into());
                return problem(format!("{told} does not match {}", python(&pattern)));
            }
            match schema.get("format").and_then(Value::as_str) {
                Some("name") if text.trim() != text || text.chars().any(char::is_control) => {
                    let rule = "An invalid 'name' value was provided. The name must be: printable characters. \
                                Can not start or end with whitespace.";
                    return Err(Problem { whole: true, at: None, value: String::new(), rule: rule.into() });
                }
                Some(format) if !formatted(format, text) => {
                    return problem(format!("{told} is not a '{format}'"));
                }
                _ => {}
            }
            if let (Some(least), Ok(count)) =
                (schema.get("minimum").and_then(Value::as_i64), text.parse::<i64>())
                && count < least
            {
                return problem(format!("{count} is less than the minimum of {least}"));
            }
        }
        Value::Number(count) => {
            if let (Some(least), Some(count)) =
                (schema.get("minimum").and_then(Value::as_i64), count.as_i64())
                && count < least
            {
                return problem(format!("{count} is less than the minimum of {least}"));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    Ok(())
}

fn is_a(kinds: &Value, value: &Value) -> bool {
    let one = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    match kinds {
        Value::Array(kinds) => kinds.iter().any(one),
        kind => one(kind),
    }
}

/// Metadata keys.
pub(crate) const KEY: &str = "^[a-zA-Z0-9-_:. ]{1,255}$";
/// Whole numbers that are not negative.
pub(crate) const DIGITS: &str = "^[0-9]*$";
/// Whole numbers of at least one digit.
pub(crate) const NUMBER: &str = "^[0-9]+$";
/// Names of disks.
pub(crate) const DEVICE: &str = "(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$";
/// Whole numbers.
pub(crate) const INTEGER: &str = "^-?[0-9]+$";
/// Tags.
pub(crate) const TAG: &str = "^[^,/]*$";
/// Names of key pairs before 2.92.
pub(crate) const KEYPAIR: &str = r"^[_\- a-zA-Z0-9]+$";

fn fits(pattern: &str, text: &str) -> bool {
    let of = |extra: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c));
    match pattern {
        KEY => (1..=255).contains(&text.len()) && of("-_:. "),
        DIGITS => text.bytes().all(|b| b.is_ascii_digit()),
        NUMBER => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
        DEVICE => text.strip_prefix("/dev/").is_some_and(|name| {
            let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
            !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase())
        }),
        INTEGER => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        }
        TAG => !text.contains([',', '/']),
        KEYPAIR => !text.is_empty() && of("_- "),
        _ => true,
    }
}

fn formatted(format: &str, text: &str) -> bool {
    match format {
        "uuid" => uuid::Uuid::parse_str(text).is_ok(),
        "base64" => {
            let text: String = text.split_ascii_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(text).is_ok()
        }
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "date-time" => super::time::read(text).is_some(),
        "regex" => regex::Regex::new(text).is_ok(),
        _ => true,
    }
}
