//! Lists: chosen by any field, sorted, cut into pages and to the fields that are asked for.

use std::cmp::Ordering;

use serde_json::{Value, json as v};

use super::refuse::{bad, failed, missing};
use super::{Answer, Call, Outcome, json};
use crate::openstack::query;
use crate::world::Kind;

/// What is known of a resource's list.
pub(super) struct List {
    /// Such as `security_groups`.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The fields that may choose and sort.
    pub(super) fields: &'static [&'static str],
}

/// What stands in a query beside fields.
const OWN: &[&str] = &["fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"];
const TAGS: &[&str] = &["tags", "tags-any", "not-tags", "not-tags-any"];

/// Only the fields that the query asks for.
pub(super) fn cut(call: &Call<'_>, mut row: Value) -> Value {
    let query = &call.request.query;
    let fields: Vec<&str> =
        query.iter().filter(|(key, _)| key == "fields").map(|(_, v)| v.as_str()).collect();
    if let Some(row) = row.as_object_mut().filter(|_| !fields.is_empty()) {
        row.retain(|key, _| fields.contains(&key.as_str()));
    }
    row
}

/// The answer to a list.
pub(super) fn listed(call: &Call<'_>, list: &List, rows: Vec<Value>) -> Outcome {
    let query = &call.request.query;
    let odd = query
        .iter()
        .map(|(key, _)| key.as_str())
        .find(|key| !OWN.contains(key) && !TAGS.contains(key) && !list.fields.contains(key));
    if let Some(odd) = odd {
        return Err(bad(&format!("['{odd}'] is invalid attribute for filtering")));
    }
    let mut rows: Vec<Value> = rows.into_iter().filter(|row| meant(query, row)).collect();
    sort(call, list, &mut rows)?;
    let (rows, links) = page(call, list, rows)?;
    let rows: Vec<Value> = rows.into_iter().map(|row| cut(call, row)).collect();
    let mut told = v!({list.name: rows});
    if let Some(links) = links {
        told[format!("{}_links", list.name)] = links;
    }
    Ok(json(200, &told))
}

fn meant(query: &[(String, String)], row: &Value) -> bool {
    query.iter().filter(|(key, _)| !OWN.contains(&key.as_str())).all(|(key, value)| {
        if TAGS.contains(&key.as_str()) {
            return tagged(key, value, &row["tags"]);
        }
        let same = query.iter().filter(|(other, _)| other == key);
        same.map(|(_, value)| value).any(|value| is_like(&row[key.as_str()], value))
    })
}

fn tagged(how: &str, wanted: &str, tags: &Value) -> bool {
    let has = |tag: &str| tags.as_array().is_some_and(|tags| tags.iter().any(|own| own == tag));
    match how {
        "tags" => wanted.split(',').all(has),
        "tags-any" => wanted.split(',').any(has),
        "not-tags" => !wanted.split(',').all(has),
        _ => !wanted.split(',').any(has),
    }
}

/// Whether a field has this value: for lists of addresses as `ip_address=…` or `subnet_id=…`.
fn is_like(field: &Value, wanted: &str) -> bool {
    match field {
        Value::String(text) => text == wanted,
        Value::Bool(truth) => match wanted.to_lowercase().as_str() {
            "true" | "1" => *truth,
            "false" | "0" => !*truth,
            _ => false,
        },
        Value::Number(number) => wanted.parse() == Ok(number.as_i64().unwrap_or_default()),
        Value::Null => wanted.is_empty() || wanted == "None",
        Value::Array(rows) => rows.iter().any(|row| match wanted.split_once('=') {
            Some(("ip_address_substr", part)) => {
                row["ip_address"].as_str().is_some_and(|own| own.contains(part))
            }
            Some((key, value)) => row[key] == value,
            None => row == wanted,
        }),
        Value::Object(_) => false,
    }
}

fn all<'a>(call: &'a Call<'_>, name: &'static str) -> Vec<&'a str> {
    call.request.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

fn sort(call: &Call<'_>, list: &List, rows: &mut [Value]) -> Result<(), Answer> {
    let (keys, ways) = (all(call, "sort_key"), all(call, "sort_dir"));
    if keys.len() != ways.len() {
        return Err(bad("The number of sort_keys and sort_dirs must be same"));
    }
    if let Some(odd) = keys.iter().find(|key| !list.fields.contains(key)) {
        return Err(bad(&format!("['{odd}'] is invalid attribute for sort_keys")));
    }
    let order = |one: &Value, other: &Value| match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_i64().cmp(&other.as_i64()),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        _ => one.as_str().cmp(&other.as_str()),
    };
    rows.sort_by(|one, other| {
        let orders = keys.iter().zip(&ways).map(|(key, way)| {
            let order = order(&one[*key], &other[*key]);
            if *way == "desc" { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

type Page = (Vec<Value>, Option<Value>);

fn page(call: &Call<'_>, list: &List, mut rows: Vec<Value>) -> Result<Page, Answer> {
    let limit = match call.query("limit") {
        Some(text) => Some(text.parse::<usize>().map_err(|_| {
            let why = format!("Limit must be an integer 0 or greater and not '{text}'.");
            failed(400, "BadRequest", &format!("Bad limit request: {why}"))
        })?),
        None => None,
    };
    let back = call.query("page_reverse").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if let Some(marker) = call.query("marker") {
        let at = rows.iter().position(|row| row["id"] == marker);
        let at = at.ok_or_else(|| missing(list.kind, marker))?;
        if back {
            rows.truncate(at);
        } else {
            rows.drain(..=at);
        }
    }
    let Some(limit) = limit.filter(|limit| *limit > 0) else { return Ok((rows, None)) };
    if back && rows.len() > limit {
        rows.drain(..rows.len() - limit);
    }
    rows.truncate(limit);
    let link = |rel: &str, row: &Value, back: bool| {
        let mut query: Vec<(String, String)> = call.request.query.clone();
        query.retain(|(key, _)| key != "marker" && key != "page_reverse");
        query.push(("marker".into(), row["id"].as_str().unwrap_or_default().to_owned()));
        if back {
            query.push(("page_reverse".into(), "True".into()));
        }
        let path = list.name.replace('_', "-");
        v!({"rel": rel, "href": format!("{}/v2.0/{path}?{}", call.home(), query::write(&query))})
    };
    let mut links = Vec::new();
    if let Some(last) = rows.last().filter(|_| rows.len() == limit) {
        links.push(link("next", last, false));
    }
    if let Some(first) = rows.first() {
        links.push(link("previous", first, true));
    }
    Ok((rows, (!links.is_empty()).then(|| links.into())))
}
