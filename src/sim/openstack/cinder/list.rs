//! Lists of volumes and snapshots: chosen, sorted, cut into pages. The newest comes first unless it is said otherwise.

use std::cmp::Ordering;

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::{Answer, Call};
use crate::openstack::query;

const SORT_KEYS: &[&str] = &[
    "id",
    "name",
    "display_name",
    "status",
    "size",
    "availability_zone",
    "created_at",
    "updated_at",
    "bootable",
    "volume_id",
];

/// The rows that these fields choose (a name of the query, read as the row's), in order, with a link to what follows.
pub(super) fn chosen(
    call: &Call<'_>,
    rows: Vec<Value>,
    fields: &[&str],
    path: &str,
    missing: fn(&str) -> Answer,
) -> Result<(Vec<Value>, Option<Value>, usize), Answer> {
    let mut rows: Vec<Value> = rows.into_iter().rev().filter(|row| meant(call, row, fields)).collect();
    sort(call, &mut rows)?;
    let all = rows.len();
    let limit = match call.query("limit") {
        Some(text) => Some(text.parse::<usize>().map_err(|_| {
            let negative = text.parse::<i64>().is_ok();
            fault(
                400,
                if negative { "limit param must be positive" } else { "limit param must be an integer" },
            )
        })?),
        None => None,
    };
    if let Some(marker) = call.query("marker") {
        let at = rows.iter().position(|row| row["id"] == marker).ok_or_else(|| missing(marker))?;
        rows.drain(..=at);
    }
    let offset = call.query("offset").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    rows.drain(..offset.min(rows.len()));
    let limit = limit.unwrap_or(1000);
    rows.truncate(limit);
    let next = rows.last().filter(|_| limit > 0 && rows.len() == limit).map(|last| {
        let mut query: Vec<_> = call.request.query.clone();
        query.retain(|(key, _)| key != "marker" && key != "offset");
        query.push(("marker".into(), last["id"].as_str().unwrap_or_default().to_owned()));
        let href = format!("{}{}/{path}?{}", call.home(), call.cut.before, query::write(&query));
        v!([{"rel": "next", "href": href}])
    });
    Ok((rows, next, all))
}

fn meant(call: &Call<'_>, row: &Value, fields: &[&str]) -> bool {
    call.request.query.iter().all(|(key, wanted)| match key.as_str() {
        "name~" | "status~" => {
            row[key.trim_end_matches('~')].as_str().is_some_and(|own| own.contains(wanted.as_str()))
        }
        "metadata" => metadata(wanted).iter().all(|(key, value)| row["metadata"][key] == *value),
        "display_name" => row["name"] == *wanted,
        "project_id" if call.admin() => row["os-vol-tenant-attr:tenant_id"] == *wanted,
        key if fields.contains(&key) => match &row[key] {
            Value::String(own) => own.eq_ignore_ascii_case(wanted),
            Value::Bool(own) => wanted.eq_ignore_ascii_case(&own.to_string()),
            Value::Number(own) => own.to_string() == *wanted,
            _ => wanted.is_empty(),
        },
        _ => true,
    })
}

/// The names and values of a dictionary as Python writes it: `{'a':'b'}`.
fn metadata(text: &str) -> Vec<(String, String)> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    let clean = |text: &str| text.trim().trim_start_matches('u').trim_matches(['\'', '"']).to_owned();
    let pairs = inner.split(',').filter_map(|pair| pair.split_once(':'));
    pairs.map(|(key, value)| (clean(key), clean(value))).collect()
}

fn sort(call: &Call<'_>, rows: &mut [Value]) -> Result<(), Answer> {
    let mut keys: Vec<(String, bool)> = Vec::new();
    if let Some(text) = call.query("sort") {
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (key, way) = part.split_once(':').unwrap_or((part, "desc"));
            keys.push((key.to_owned(), way == "asc"));
        }
    } else if let Some(key) = call.query("sort_key") {
        keys.push((key.to_owned(), call.query("sort_dir") == Some("asc")));
    }
    if keys.iter().any(|(key, _)| !SORT_KEYS.contains(&key.as_str())) {
        return Err(fault(400, "Invalid input received: Invalid sort key"));
    }
    rows.sort_by(|one, other| {
        let orders = keys.iter().map(|(key, up)| {
            let key = if key == "display_name" { "name" } else { key };
            let order = match (&one[key], &other[key]) {
                (Value::Number(one), Value::Number(other)) => one.as_i64().cmp(&other.as_i64()),
                (one, other) => one.as_str().cmp(&other.as_str()),
            };
            if *up { order } else { order.reverse() }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

/// Whether the call asks for everybody's.
pub(super) fn of_all(call: &Call<'_>) -> bool {
    let asked = call.query("all_tenants").is_some_and(|text| matches!(text, "1" | "True" | "true"));
    asked && call.admin()
}

/// The links of a resource.
pub(super) fn links(call: &Call<'_>, rest: &str) -> Value {
    let project = call.project();
    v!([{"rel": "self", "href": format!("{}/v3/{project}/{rest}", call.home())},
        {"rel": "bookmark", "href": format!("{}/{project}/{rest}", call.home())}])
}
