//! How images look in Glance's answers, its versions, and the schemas that clients read.

use serde_json::{Value, json as v};

use super::{Call, Outcome, framed, json};
use crate::openstack::time;
use crate::world::{Image, Member, World};

const MINORS: [u8; 16] = [15, 13, 12, 11, 10, 9, 8, 17, 7, 6, 5, 4, 3, 2, 1, 0];

/// Fields of its own that an image has; every other name is a property.
pub(super) const FIELDS: &[&str] = &[
    "id",
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "created_at",
    "updated_at",
    "tags",
    "self",
    "file",
    "schema",
    "min_ram",
    "min_disk",
    "stores",
    "direct_url",
    "locations",
];

/// Fields that nobody sets.
pub(super) const READ_ONLY: &[&str] = &[
    "status",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "size",
    "virtual_size",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "stores",
    "direct_url",
];

pub(super) fn value(image: &Image) -> Value {
    let data = image.data.as_ref();
    let size = data.map(|data| data.bytes.len());
    let mut value = v!({});
    for (key, text) in &image.properties {
        value[key] = text.clone().into();
    }
    let own = format!("/v2/images/{}", image.id);
    let fields = v!({
        "name": image.name, "disk_format": image.disk_format, "container_format": image.container_format,
        "visibility": image.visibility, "size": size, "virtual_size": size, "status": image.status.name(),
        "checksum": data.map(|data| &data.md5), "protected": image.protected, "min_ram": image.min_ram_mib,
        "min_disk": image.min_disk_gib, "owner": image.owner, "os_hidden": image.hidden,
        "os_hash_algo": data.map(|_| "sha512"), "os_hash_value": data.map(|data| &data.sha512), "id": image.id,
        "created_at": time::second(image.created), "updated_at": time::second(image.updated), "tags": image.tags,
        "self": own, "file": format!("{own}/file"), "schema": "/v2/schemas/image",
    });
    if let (Value::Object(value), Value::Object(fields)) = (&mut value, fields) {
        value.extend(fields);
    }
    if data.is_some() {
        value["stores"] = "local".into();
    }
    value
}

pub(super) fn member(image: &Image, member: &Member) -> Value {
    v!({"member_id": member.project, "image_id": image.id, "status": member.status,
        "created_at": time::second(member.created), "updated_at": time::second(member.updated),
        "schema": "/v2/schemas/member"})
}

pub(super) fn versions_value(call: &Call<'_>) -> Value {
    let own = format!("{}/v2/", call.home());
    let row = |minor: &u8| {
        let status = if *minor == 17 { "CURRENT" } else { "SUPPORTED" };
        v!({"id": format!("v2.{minor}"), "status": status, "links": [{"rel": "self", "href": own}]})
    };
    v!({"versions": MINORS.iter().map(row).collect::<Vec<_>>()})
}

pub(super) fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(if call.cut.rest.is_empty() { 300 } else { 200 }, &versions_value(call)))
}

pub(super) const DISK_FORMATS: [&str; 11] =
    ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"];
pub(super) const CONTAINER_FORMATS: [&str; 8] =
    ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"];

fn or_null(list: &[&str]) -> Value {
    let mut all = vec![Value::Null];
    all.extend(list.iter().map(|name| Value::from(*name)));
    all.into()
}

/// The properties of an image, as JSON schemas.
pub(super) fn properties() -> Value {
    let text = || v!({"type": "string"});
    let maybe = |longest: u32| v!({"type": ["null", "string"], "maxLength": longest});
    let fixed = |kinds: Value| v!({"type": kinds, "readOnly": true});
    let uuid = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";
    v!({
        "id": {"type": "string", "pattern": uuid}, "name": maybe(255), "status": fixed(v!("string")),
        "visibility": {"type": "string", "enum": ["community", "public", "private", "shared"]},
        "protected": {"type": "boolean"}, "os_hidden": {"type": "boolean"},
        "checksum": fixed(v!(["null", "string"])), "os_hash_algo": fixed(v!(["null", "string"])),
        "os_hash_value": fixed(v!(["null", "string"])), "owner": maybe(255),
        "size": fixed(v!(["null", "integer"])), "virtual_size": fixed(v!(["null", "integer"])),
        "container_format": {"type": ["null", "string"], "enum": or_null(&CONTAINER_FORMATS)},
        "disk_format": {"type": ["null", "string"], "enum": or_null(&DISK_FORMATS)},
        "created_at": fixed(v!("string")), "updated_at": fixed(v!("string")),
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 255}},
        "direct_url": fixed(v!("string")), "min_ram": {"type": "integer"}, "min_disk": {"type": "integer"},
        "self": fixed(v!("string")), "file": fixed(v!("string")), "stores": fixed(v!("string")),
        "schema": fixed(v!("string")), "locations": {"type": "array", "items": text()},
    })
}

fn image_schema() -> Value {
    v!({"name": "image", "properties": properties(), "additionalProperties": {"type": "string"},
        "links": [{"rel": "self", "href": "{self}"}, {"rel": "enclosure", "href": "{file}"},
                  {"rel": "describedby", "href": "{schema}"}]})
}

fn member_schema() -> Value {
    let text = || v!({"type": "string"});
    let status = v!({"type": "string", "enum": ["pending", "accepted", "rejected"]});
    v!({"name": "member", "properties": {"member_id": text(), "image_id": text(), "created_at": text(),
        "updated_at": text(), "status": status, "schema": {"readOnly": true, "type": "string"}}})
}

fn list_schema(name: &str, item: Value) -> Value {
    v!({"name": name, "properties": {name: {"type": "array", "items": item}, "first": {"type": "string"},
        "next": {"type": "string"}, "schema": {"type": "string"}},
        "links": [{"rel": "first", "href": "{first}"}, {"rel": "next", "href": "{next}"},
                  {"rel": "describedby", "href": "{schema}"}]})
}

pub(super) fn schema(_: &mut World, call: &Call<'_>) -> Outcome {
    let schema = match call.param(0) {
        "image" => image_schema(),
        "images" => list_schema("images", image_schema()),
        "member" => member_schema(),
        "members" => list_schema("members", member_schema()),
        _ => return Err(framed(404, "The resource could not be found.")),
    };
    Ok(json(200, &schema))
}
