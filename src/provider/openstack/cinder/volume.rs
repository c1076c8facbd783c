//! Volumes: their calls and the noun.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, list, scalar, text, texts, time};
use super::super::session::{Call, Range, Service};
use super::{EXTEND_IN_USE, at_least, query};
use crate::cloud::{Filter, MARKER, Time, Volume, VolumeSpec};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter) -> Call {
    get("volume.list", Service::Volume, "/volumes/detail").query(query(filter))
}

/// Ask for one volume.
pub fn show(id: &str) -> Call {
    get("volume.show", Service::Volume, path(id))
}

/// Ask for a new volume that carries this marker.
pub fn create(spec: &VolumeSpec, marker: &str) -> Call {
    let mut volume = Map::new();
    volume.insert("name".to_string(), value!(spec.name));
    volume.insert("size".to_string(), value!(spec.size));
    for (key, text) in [
        ("volume_type", &spec.kind),
        ("imageRef", &spec.image),
        ("snapshot_id", &spec.snapshot),
        ("availability_zone", &spec.zone),
    ] {
        if let Some(text) = text {
            volume.insert(key.to_string(), value!(text));
        }
    }
    volume.insert("metadata".to_string(), super::super::metadata_calls::marked(&spec.meta, marker));
    json("volume.create", Service::Volume, Method::Post, "/volumes", value!({ "volume": volume }))
}

/// Ask for more room.
pub fn extend(id: &str, size: i64, range: &Range) -> Call {
    let body = value!({"os-extend": {"new_size": size}});
    let path = format!("{}/action", path(id));
    json("volume.extend", Service::Volume, Method::Post, path, body).version(at_least(range, EXTEND_IN_USE))
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("volume.delete", Service::Volume, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/volumes/{}", segment(id))
}

/// Whether it carries this marker.
pub fn is_marked(body: &Json, marker: &str) -> bool {
    let Some(metadata) = body.get("metadata") else { return false };
    // What a backup was restored to has the metadata of the volume that it is of, the marker as well, and was made by another call.
    text(metadata, MARKER).as_deref() == Some(marker) && metadata.get("src_backup_id").is_none()
}

/// A volume from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Volume> {
    // One that several servers share is told by the first.
    let attached = list(body, "attachments").and_then(|attachments| attachments.first());
    let told = |key: &str| text(body, key).filter(|text| text != "None");
    let mut meta = texts(body.get("metadata"));
    meta.remove(MARKER);
    Some(Volume {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").or_else(|| text(body, "display_name")).unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        size: int(body, "size").unwrap_or(0),
        kind: told("volume_type"),
        zone: told("availability_zone"),
        bootable: match body.get("bootable") {
            // Cinder writes it as text.
            Some(Json::String(word)) => Some(word.eq_ignore_ascii_case("true")),
            Some(Json::Bool(truth)) => Some(*truth),
            _ => None,
        },
        server: attached.and_then(|attached| text(attached, "server_id")),
        device: attached.and_then(|attached| text(attached, "device")),
        snapshot: told("snapshot_id"),
        image: body.get("volume_image_metadata").and_then(|image| text(image, "image_id")),
        meta,
        created: time(body, "created_at"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_restored_volume_is_not_the_one_whose_marker_it_has() {
        let made = |metadata: Json| is_marked(&json!({ "metadata": metadata }), "t-1");
        assert!(made(json!({ MARKER: "t-1" })));
        assert!(!made(json!({ MARKER: "t-2" })));
        assert!(!made(json!({ MARKER: "t-1", "src_backup_id": "b" })));
    }
}
