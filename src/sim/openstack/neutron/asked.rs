//! Bodies: what a resource may be made with and what may be changed, each field with its kind.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Map, Value, json as v};

use super::refuse::{bad, failed, quoted};
use super::{Answer, Call};
use crate::world::Wanted;

/// What a field may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Text,
    Truth,
    /// An id.
    Id,
    /// An id or nothing.
    MaybeId,
    /// An address or nothing.
    MaybeAddress,
    Whole,
    /// Whatever; the resource looks at it itself.
    Any,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// A field that may be asked for.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) is: Is,
    /// May be given when it is made; may be changed.
    pub(super) made: bool,
    pub(super) changed: bool,
    pub(super) needed: bool,
}

/// A field that may be given and changed.
pub(super) const fn field(name: &'static str, is: Is) -> Field {
    Field { name, is, made: true, changed: true, needed: false }
}

/// A field that may be given when it is made only.
pub(super) const fn once(name: &'static str, is: Is) -> Field {
    Field { changed: false, ..field(name, is) }
}

/// A field that must be given when it is made, and stays.
pub(super) const fn needed(name: &'static str, is: Is) -> Field {
    Field { needed: true, ..once(name, is) }
}

/// A field that the cloud alone sets.
pub(super) const fn own(name: &'static str) -> Field {
    Field { made: false, changed: false, ..field(name, Is::Any) }
}

/// What was asked of one resource.
pub(super) struct Asked(Map<String, Value>);

impl Asked {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(truth)
    }

    pub(super) fn whole(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(whole)
    }

    pub(super) fn rows(&self, name: &str) -> Option<&Vec<Value>> {
        self.get(name).and_then(Value::as_array)
    }

    /// The texts of a list.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let rows = self.rows(name)?;
        Some(rows.iter().filter_map(|row| row.as_str().map(str::to_owned)).collect())
    }

    /// The project it is to be of: the caller's, but for administrators who name one.
    pub(super) fn project<'a>(&'a self, call: &'a Call<'_>) -> &'a str {
        let named = self.text("project_id").or_else(|| self.text("tenant_id"));
        named.filter(|_| call.admin()).unwrap_or_else(|| call.project())
    }

    /// Pairs of texts such as routes.
    pub(super) fn pairs(&self, name: &str, one: &str, other: &str) -> Option<Vec<(String, String)>> {
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        Some(self.rows(name)?.iter().map(|row| (text(row, one), text(row, other))).collect())
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_i64().filter(|n| matches!(n, 0 | 1)).map(|n| n == 1),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// The body of a POST: one, or several under the plural.
pub(super) fn to_make(
    call: &Call<'_>,
    one: &str,
    many: &str,
    fields: &[Field],
) -> Result<(Vec<Asked>, bool), Answer> {
    let body = body(call, one)?;
    let (rows, several) = match (body.get(one), body.get(many).and_then(Value::as_array)) {
        (None, Some(rows)) => (rows.clone(), true),
        (Some(row), _) => (vec![row.clone()], false),
        (None, None) => return Err(bad(&format!("Unable to find '{one}' in request body"))),
    };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let Value::Object(row) = row else {
            return Err(bad(&format!("Unable to find '{one}' in request body")));
        };
        if let Some(missing) = fields.iter().find(|field| field.needed && !row.contains_key(field.name)) {
            let why = format!("Required attribute '{}' not specified", missing.name);
            return Err(bad(&format!("Failed to parse request. {why}")));
        }
        for (name, _) in &row {
            let known = known(fields, name)?;
            if !known.made {
                return Err(bad(&format!("Attribute '{name}' not allowed in POST")));
            }
        }
        check(fields, &row)?;
        all.push(Asked(row));
    }
    Ok((all, several))
}

/// The body of a PUT.
pub(super) fn to_change(call: &Call<'_>, one: &str, fields: &[Field]) -> Result<Asked, Answer> {
    let mut body = body(call, one)?;
    let Some(Value::Object(row)) = body.remove(one) else {
        return Err(bad(&format!("Unable to find '{one}' in request body")));
    };
    for (name, _) in &row {
        if !known(fields, name)?.changed {
            return Err(bad(&format!("Cannot update read-only attribute {name}")));
        }
    }
    check(fields, &row)?;
    Ok(Asked(row))
}

fn body(call: &Call<'_>, one: &str) -> Result<Map<String, Value>, Answer> {
    let text = &call.request.body;
    if text.is_empty() {
        return Err(bad(&format!("Unable to find '{one}' in request body")));
    }
    match serde_json::from_slice(text) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(bad("Body contains invalid data")),
    }
}

fn known<'a>(fields: &'a [Field], name: &str) -> Result<&'a Field, Answer> {
    let found = fields.iter().find(|field| field.name == name);
    found.ok_or_else(|| bad(&format!("Unrecognized attribute(s) '{name}'")))
}

fn check(fields: &[Field], row: &Map<String, Value>) -> Result<(), Answer> {
    for field in fields {
        if let Some(value) = row.get(field.name) {
            fits(field, value)?;
        }
    }
    Ok(())
}

fn fits(field: &Field, value: &Value) -> Result<(), Answer> {
    let name = field.name;
    let invalid = |why: &str| Err(bad(&format!("Invalid input for {name}. Reason: {} {why}", quoted(value))));
    let unfit = |why: &str| {
        let message = format!("Invalid input for operation: {} {why}", quoted(value));
        Err(failed(400, "InvalidInput", &message))
    };
    let id = || value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_ok());
    match field.is {
        Is::Text if !value.is_string() => invalid("is not a valid string."),
        Is::Truth if truth(value).is_none() => unfit("cannot be converted to boolean."),
        Is::Id if !id() => invalid("is not a valid UUID."),
        Is::MaybeId if !value.is_null() && !id() => invalid("is not a valid UUID."),
        Is::MaybeAddress if !value.is_null() && !is_address(value) => invalid("is not a valid IP address."),
        Is::Whole if whole(value).is_none() => unfit("is not an integer."),
        Is::Word(words) if !words.iter().any(|word| value == word) => {
            let shown = super::super::schema::shown(value);
            Err(bad(&format!("Invalid input for {name}. Reason: {shown} is not in valid_values.")))
        }
        _ => Ok(()),
    }
}

pub(super) fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok())
}

/// A range of IPv4 addresses: its first, and the bits they share. The bits of the host are dropped.
pub(super) fn range(text: &str) -> Option<(Ipv4Addr, u32)> {
    let (base, prefix) = text.split_once('/')?;
    let (base, prefix): (Ipv4Addr, u32) = (base.parse().ok()?, prefix.parse().ok()?);
    let mask = u32::MAX.checked_shl(32_u32.checked_sub(prefix)?).unwrap_or(0);
    Some((Ipv4Addr::from(u32::from(base) & mask), prefix))
}

/// The subnets and addresses that are asked for.
pub(super) fn fixed(rows: &[Value]) -> Result<Vec<Wanted>, Answer> {
    let one = |row: &Value| {
        let ip = match &row["ip_address"] {
            Value::Null => None,
            value => Some(value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
                let why = format!("{} is not a valid IP address.", quoted(value));
                bad(&format!("Invalid input for fixed_ips. Reason: {why}"))
            })?),
        };
        Ok((row["subnet_id"].as_str().map(str::to_owned), ip))
    };
    rows.iter().map(one).collect()
}

/// The answer to what was made: one, or several under the plural.
pub(super) fn made(
    one: &str,
    many: &str,
    several: bool,
    rows: Vec<Value>,
    ids: &[(String, String)],
) -> Answer {
    let body = if several { v!({many: rows}) } else { v!({one: rows.into_iter().next()}) };
    let mut answer = super::json(201, &body);
    answer.about.extend_from_slice(ids);
    answer
}
