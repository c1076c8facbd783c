//! Backups of volumes: their calls and the noun. A new one carries its call's marker among its metadata, and where the cloud is
//! too old for that, as its description.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, scalar, text, time};
use super::super::neutron::{described, is_marked as is_described};
use super::super::session::{Call, Range, Service, Version};
use super::volume::is_marked as is_tagged;
use super::{at_least, query};
use crate::cloud::{Backup, Filter, MARKER, Time};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// From here a backup has metadata.
const METADATA: Version = Version(3, 43);
/// From here one can be changed.
pub const UPDATE: Version = Version(3, 9);

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter) -> Call {
    let mut query = query(filter);
    query.extend(filter.volume.iter().map(|volume| ("volume_id".to_string(), volume.clone())));
    get("backup.list", Service::Volume, "/backups/detail").query(query)
}

/// The same with what new ones are known by.
pub fn first_marked(filter: &Filter, range: &Range) -> Call {
    first(filter).version(at_least(range, METADATA))
}

/// Ask for one backup.
pub fn show(id: &str) -> Call {
    get("backup.show", Service::Volume, path(id))
}

/// Ask for a backup that carries this marker, also of a volume in use.
pub fn create(volume: &str, name: &str, marker: &str, range: &Range) -> Call {
    let mut body = value!({"volume_id": volume, "name": name, "force": true});
    let version = at_least(range, METADATA);
    match version.is_some_and(|version| version >= METADATA) {
        true => body["metadata"] = Json::Object(Map::from_iter([(MARKER.to_string(), value!(marker))])),
        false => body["description"] = value!(described(marker)),
    }
    json("backup.create", Service::Volume, Method::Post, "/backups", value!({ "backup": body }))
        .version(version)
}

/// Whether it carries this marker.
pub fn is_marked(body: &Json, marker: &str) -> bool {
    is_tagged(body, marker) || is_described(body, marker)
}

/// Ask for a backup to be written to a volume; to a new one where none is given.
pub fn restore(id: &str, volume: Option<&str>) -> Call {
    let mut body = Map::new();
    body.extend(volume.map(|volume| ("volume_id".to_string(), value!(volume))));
    let path = format!("{}/restore", path(id));
    json("backup.restore", Service::Volume, Method::Post, path, value!({ "restore": body }))
}

/// The volume that a restore writes to.
pub fn restored(body: &Json) -> Option<String> {
    text(body.get("restore")?, "volume_id")
}

/// What Cinder calls a volume that a restore makes, as long as it writes to it.
pub fn name_of_restored(id: &str) -> String {
    format!("restore_backup_{id}")
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("backup.delete", Service::Volume, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/backups/{}", segment(id))
}

/// A backup from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Backup> {
    Some(Backup {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        volume: text(body, "volume_id"),
        size: int(body, "size").unwrap_or(0),
        created: time(body, "created_at"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}
