//! Snapshots of volumes: their calls and the noun.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, scalar, text, texts, time};
use super::super::session::{Call, Range, Service};
use super::{SNAPSHOT_IN_USE, at_least, query};
use crate::cloud::{Filter, MARKER, Snapshot, Time};
use crate::wire::Method;
use serde_json::{Value as Json, json as value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter) -> Call {
    let mut query = query(filter);
    query.extend(filter.volume.iter().map(|volume| ("volume_id".to_string(), volume.clone())));
    get("volume_snapshot.list", Service::Volume, "/snapshots/detail").query(query)
}

/// Ask for one snapshot.
pub fn show(id: &str) -> Call {
    get("volume_snapshot.show", Service::Volume, path(id))
}

/// Whether a snapshot of a volume in use must say so.
pub fn needs_force(range: &Range) -> bool {
    range.max.is_none_or(|max| max < SNAPSHOT_IN_USE)
}

/// Ask for a snapshot that carries this marker; `in_use` where it must be said.
pub fn create(
    volume: &str,
    name: &str,
    meta: &BTreeMap<String, String>,
    marker: &str,
    in_use: bool,
    range: &Range,
) -> Call {
    let metadata = super::super::metadata_calls::marked(meta, marker);
    let mut body = value!({"volume_id": volume, "name": name, "metadata": metadata});
    if in_use {
        body["force"] = value!(true);
    }
    let body = value!({ "snapshot": body });
    json("volume_snapshot.create", Service::Volume, Method::Post, "/snapshots", body)
        .version(at_least(range, SNAPSHOT_IN_USE))
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("volume_snapshot.delete", Service::Volume, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/snapshots/{}", segment(id))
}

/// A snapshot from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Snapshot> {
    let mut meta = texts(body.get("metadata"));
    meta.remove(MARKER);
    Some(Snapshot {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").or_else(|| text(body, "display_name")).unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        volume: text(body, "volume_id"),
        size: int(body, "size").unwrap_or(0),
        meta,
        created: time(body, "created_at"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}
