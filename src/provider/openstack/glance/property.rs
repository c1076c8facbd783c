//! An image's properties: on Glance v2 they stand beside its own fields, and change by JSON patch (RFC 6902,
//! media type of the Image API v2.1). What is not a field of the image schema is a property.

use super::super::decode::scalar;
use super::super::session::{Call, Service};
use super::image;
use crate::cloud::{Error, Kind, Result};
use crate::wire::{Body, Intent, Method};
use serde_json::{Value as Json, json};
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

/// The properties of an image; values that are no text are written as text.
pub fn decode(body: &Json) -> BTreeMap<String, String> {
    let Json::Object(map) = body else {
        return BTreeMap::new();
    };
    map.iter()
        .filter(|(key, value)| !FIELDS.contains(&key.as_str()) && !value.is_null())
        .map(|(key, value)| (key.clone(), scalar(value).unwrap_or_else(|| value.to_string())))
        .collect()
}

/// Ask for properties to be set and others to be removed; a name of Glance's own is `invalid_argument`.
pub fn patch(id: &str, set: &BTreeMap<String, String>, remove: &[String]) -> Result<Call> {
    if let Some(key) = set.keys().chain(remove).find(|key| FIELDS.contains(&key.as_str())) {
        let message = format!("`{key}` is a field of every image, not metadata");
        return Err(Error::new(Kind::InvalidArgument, message).help("choose another key"));
    }
    let removed = remove.iter().map(|key| json!({"op": "remove", "path": pointer(key)}));
    // `add` puts a new value over an old one too.
    let added = set.iter().map(|(key, value)| json!({"op": "add", "path": pointer(key), "value": value}));
    let patch: Json = removed.chain(added).collect();
    let media = "application/openstack-images-v2.1-json-patch".to_string();
    let mut call = Call::new("image.patch", Service::Image, Method::Patch, image::path(id));
    call.body = Body::Json(patch);
    call.headers.push(("Content-Type".to_string(), media));
    // Adding is as good twice as once; removing is not.
    call.intent = Some(if remove.is_empty() { Intent::Idempotent } else { Intent::Once });
    Ok(call)
}

/// A key as a JSON pointer (RFC 6901).
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
