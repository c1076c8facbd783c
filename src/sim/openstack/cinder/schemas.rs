//! The schemas of Cinder's request bodies, and the reading of them.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::{Answer, Call};
use crate::openstack::schema::{NUMBER, check};
use crate::world::Pairs;

/// The request's body, checked against a schema; all but the listed properties may be there.
pub(super) fn body(call: &Call<'_>, schema: &Value) -> Result<Value, Answer> {
    let text = &call.request.body;
    if text.is_empty() {
        let message = "The server has either erred or is incapable of performing the requested operation.";
        return Err(fault(500, message));
    }
    let value = serde_json::from_slice(text).map_err(|_| fault(400, "Malformed request body"))?;
    check(schema, &value).map_err(|problem| fault(400, &problem.message()))?;
    Ok(value)
}

fn name() -> Value {
    v!({"type": ["string", "null"], "maxLength": 255})
}

fn strings() -> Value {
    v!({"type": ["object", "null"], "patternProperties": {"^.{1,255}$": {"type": "string", "maxLength": 255}}})
}

fn size() -> Value {
    v!({"type": ["integer", "string", "null"], "pattern": NUMBER, "minimum": 1})
}

fn id() -> Value {
    v!({"oneOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]})
}

fn of(key: &str, inner: &Value) -> Value {
    v!({"type": "object", "properties": {key: inner}, "required": [key]})
}

pub(super) fn create() -> Value {
    let inner = v!({"type": "object", "properties": {"name": name(), "description": name(), "display_name": name(),
        "display_description": name(), "size": size(), "metadata": strings(), "snapshot_id": id(),
        "source_volid": id(), "volume_type": {"type": ["string", "null"]},
        "availability_zone": {"type": ["string", "null"]}, "imageRef": {"type": ["string", "null"]}}});
    of("volume", &inner)
}

pub(super) fn update(key: &str) -> Value {
    let inner = v!({"type": "object", "properties": {"name": name(), "description": name(), "display_name": name(),
        "display_description": name(), "metadata": strings()}, "additionalProperties": false});
    of(key, &inner)
}

pub(super) fn extend() -> Value {
    of(
        "os-extend",
        &v!({"type": "object", "properties": {"new_size": {"type": ["integer", "string"],
        "pattern": NUMBER, "minimum": 1}}, "required": ["new_size"]}),
    )
}

pub(super) fn snapshot() -> Value {
    let inner = v!({"type": "object", "properties": {"name": name(), "description": name(), "metadata": strings(),
        "volume_id": {"type": "string", "format": "uuid"}}, "required": ["volume_id"]});
    of("snapshot", &inner)
}

fn boolean() -> Value {
    v!({"type": ["boolean", "string", "null"]})
}

pub(super) fn backup(version: u16) -> Value {
    let mut properties = v!({"volume_id": {"type": "string", "format": "uuid"}, "container": name(),
        "description": name(), "incremental": boolean(), "force": boolean(), "name": name(), "snapshot_id": id()});
    if version >= 43 {
        properties["metadata"] = strings();
    }
    if version >= 51 {
        properties["availability_zone"] = name();
    }
    let inner = v!({"type": "object", "properties": properties, "required": ["volume_id"],
        "additionalProperties": false});
    of("backup", &inner)
}

pub(super) fn restore() -> Value {
    let inner = v!({"type": "object", "properties": {"name": name(), "volume_id": id()},
        "additionalProperties": false});
    of("restore", &inner)
}

pub(super) fn metadata(key: &str) -> Value {
    of(key, &strings())
}

/// The whole number of a checked field.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Names and values of a checked object of texts.
pub(super) fn texts(value: &Value) -> Pairs {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// Names and values as an object.
pub(super) fn pairs(pairs: &[(String, String)]) -> Value {
    let rows = pairs.iter().map(|(key, value)| (key.clone(), Value::String(value.clone())));
    Value::Object(rows.collect())
}
