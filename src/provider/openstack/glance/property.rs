//! An image's properties: on Glance v2 they stand beside its own fields, and change by JSON patch (RFC 6902,
//! media type of the Image API v2.1). What is not a field of the image schema is a property.

use super::super::decode::scalar;
use super::super::session::{Call, Service};
use super::image;
use crate::cloud::{Error, Kind, Result};
use crate::wire::{Body, Intent, Method};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Glance's own fields.
const FIELDS: [&str; 27] = [
    "id",
    "name",
    "owner",
    "visibility",
    "status",
    "size",
    "virtual_size",
    "min_disk",
    "min_ram",
    "disk_format",
    "container_format",
    "checksum",
    "protected",
    "tags",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "locations",
    "direct_url",
    "os_hidden",
    "os_hash_algo",
    "os_hash_value",
    "stores",
    "deleted_at",
    "deleted",
];

/// What Nova and Glance write among the properties for themselves, by name or by the beginning of it.
const CLOUDS_OWN: [&str; 14] = [
    "base_image_ref",
    "boot_roles",
    "image_location",
    "image_state",
    "image_type",
    "instance_uuid",
    "owner_id",
    "owner_project_name",
    "owner_specified.openstack.",
    "owner_user_name",
    "user_id",
    "os_glance_",
    "os_hash_",
    "clean_attempts",
];

/// Whether a property is the cloud's own affair: no metadata of the user's.
pub fn is_clouds_own(key: &str) -> bool {
    CLOUDS_OWN.iter().any(|own| match own.ends_with(['_', '.']) {
        true => key.starts_with(own),
        false => key == *own,
    })
}

/// The properties of an image that are the user's; values that are no text are written as text.
pub fn decode(body: &Json) -> BTreeMap<String, String> {
    let Json::Object(map) = body else {
        return BTreeMap::new();
    };
    map.iter()
        .filter(|(key, value)| !FIELDS.contains(&key.as_str()) && !is_clouds_own(key) && !value.is_null())
        .map(|(key, value)| (key.clone(), scalar(value).unwrap_or_else(|| value.to_string())))
        .collect()
}

/// Ask for properties to be set and others to be removed; a name of Glance's own is `invalid_argument`.
pub fn patch(id: &str, set: &BTreeMap<String, String>, remove: &[String]) -> Result<Call> {
    no_fields(set.keys().chain(remove))?;
    let removed = remove.iter().map(|key| json!({"op": "remove", "path": pointer(key)}));
    // `add` puts a new value over an old one too.
    let added = set.iter().map(|(key, value)| json!({"op": "add", "path": pointer(key), "value": value}));
    // Adding is as good twice as once; removing is not.
    let intent = if remove.is_empty() { Intent::Idempotent } else { Intent::Once };
    Ok(patching(id, removed.chain(added).collect(), intent))
}

/// Ask for fields of Glance's own to be changed.
pub fn change(id: &str, fields: &Map<String, Json>) -> Call {
    let ops =
        fields.iter().map(|(key, value)| json!({"op": "replace", "path": pointer(key), "value": value}));
    patching(id, ops.collect(), Intent::Idempotent)
}

fn patching(id: &str, patch: Json, intent: Intent) -> Call {
    let media = "application/openstack-images-v2.1-json-patch".to_string();
    let mut call = Call::new("image.patch", Service::Image, Method::Patch, image::path(id));
    call.body = Body::Json(patch);
    call.headers.push(("Content-Type".to_string(), media));
    call.intent = Some(intent);
    call
}

/// Refuses metadata by the name of a field.
pub fn no_fields<'a>(mut keys: impl Iterator<Item = &'a String>) -> Result<()> {
    match keys.find(|key| FIELDS.contains(&key.as_str())) {
        Some(key) => {
            let message = format!("`{key}` is a field of every image, not metadata");
            Err(Error::new(Kind::InvalidArgument, message).help("choose another key"))
        }
        None => Ok(()),
    }
}

/// A key as a JSON pointer (RFC 6901).
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cloud_writes_for_itself_is_no_metadata() {
        let image = json!({
            "id": "i", "base_image_ref": "b", "image_type": "snapshot", "os_hash_algo": "sha512", "os_glance_import_task": "t",
            "owner_specified.openstack.md5": "x", "hw_disk_bus": "virtio", "role": "web", "image_types": "mine"
        });
        let keys: Vec<String> = decode(&image).into_keys().collect();
        assert_eq!(keys, ["hw_disk_bus", "image_types", "role"]);
    }

    #[test]
    fn a_patch_escapes_its_keys_and_guards_the_fields() {
        let set = BTreeMap::from([("a/b~c".to_string(), "1".to_string())]);
        let call = patch("x", &set, &["old".to_string()]).unwrap();
        let media = ("Content-Type".to_string(), "application/openstack-images-v2.1-json-patch".to_string());
        assert_eq!(call.headers, [media]);
        let expected =
            json!([{"op": "remove", "path": "/old"}, {"op": "add", "path": "/a~1b~0c", "value": "1"}]);
        assert_eq!(call.body, Body::Json(expected));
        let name = BTreeMap::from([("name".to_string(), "x".to_string())]);
        assert_eq!(patch("x", &name, &[]).unwrap_err().kind, Kind::InvalidArgument);
    }
}
