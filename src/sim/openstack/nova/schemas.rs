//! The schemas of Nova's request bodies, by microversion.

use serde_json::{Value, json as v};

use super::super::schema::{DEVICE, DIGITS, INTEGER, KEY, KEYPAIR, TAG};

pub(super) fn name() -> Value {
    v!({"type": "string", "minLength": 1, "maxLength": 255, "format": "name"})
}

fn boolean() -> Value {
    v!({"type": ["boolean", "string"], "enum": [true, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes",
        "yes", false, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no"]})
}

/// What a checked boolean says.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => matches!(text.to_lowercase().as_str(), "true" | "1" | "on" | "yes"),
        _ => false,
    }
}

pub(super) fn positive() -> Value {
    v!({"type": ["integer", "string"], "pattern": DIGITS, "minimum": 1, "minLength": 1})
}

/// The number of a checked integer.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn description() -> Value {
    v!({"type": ["string", "null"], "minLength": 0, "maxLength": 255})
}

fn tags() -> Value {
    let tag = v!({"type": "string", "minLength": 1, "maxLength": 60, "pattern": TAG});
    v!({"type": "array", "items": tag, "maxItems": 50})
}

fn certificates() -> Value {
    v!({"type": ["array", "null"], "minItems": 1, "maxItems": 50, "uniqueItems": true,
        "items": {"type": "string", "minLength": 1}})
}

fn user_data() -> Value {
    v!({"type": "string", "format": "base64", "maxLength": 65535})
}

pub(super) fn strings() -> Value {
    v!({"type": "object", "patternProperties": {KEY: {"type": "string", "maxLength": 255}},
        "additionalProperties": false})
}

fn personality() -> Value {
    v!({"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
        "path": {"type": "string"}, "contents": {"type": "string"}}}})
}

fn uuid() -> Value {
    v!({"type": "string", "format": "uuid"})
}

/// A body of one object with these properties.
pub(super) fn body(key: &str, properties: Value, required: &[&str]) -> Value {
    v!({"type": "object", "required": [key], "properties": {key: {"type": "object", "properties": properties,
        "required": required, "additionalProperties": false}}, "additionalProperties": false})
}

fn networks(version: u16) -> Value {
    let address = v!({"type": "string", "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}]});
    let mut of_one =
        v!({"fixed_ip": address, "port": {"type": ["string", "null"], "format": "uuid"}, "uuid": uuid()});
    if version < 37 {
        of_one["uuid"] = v!({"type": "string"});
    }
    if version == 32 || (33..=36).contains(&version) || version >= 42 {
        of_one["tag"] = v!({"type": "string", "minLength": 1, "maxLength": 60, "pattern": TAG});
    }
    let one = v!({"type": "object", "properties": of_one, "additionalProperties": false});
    let list = v!({"type": "array", "items": one});
    if version < 37 { list } else { v!({"oneOf": [list, {"type": "string", "enum": ["none", "auto"]}]}) }
}

pub(super) fn create(version: u16) -> Value {
    let group = v!({"type": "object", "properties": {"name": name()}, "additionalProperties": false});
    let mapping = v!({"type": "array", "items": {"type": "object"}});
    let image = v!({"oneOf": [uuid(), {"type": "string", "maxLength": 0}]});
    let flavor = v!({"type": ["string", "integer"], "minLength": 1});
    let disk = v!({"type": "string", "enum": ["AUTO", "MANUAL"]});
    let v4 = v!({"type": "string", "format": "ipv4"});
    let v6 = v!({"type": "string", "format": "ipv6"});
    let mut properties = v!({
        "name": name(), "imageRef": image, "flavorRef": flavor, "adminPass": {"type": "string"},
        "metadata": strings(), "networks": networks(version), "OS-DCF:diskConfig": disk, "accessIPv4": v4,
        "accessIPv6": v6, "availability_zone": name(), "block_device_mapping": mapping,
        "block_device_mapping_v2": mapping, "config_drive": boolean(), "key_name": name(), "min_count": positive(),
        "max_count": positive(), "return_reservation_id": boolean(), "security_groups": {"type": "array",
        "items": group}, "user_data": user_data(),
    });
    if version < 57 {
        properties["personality"] = personality();
    }
    if version >= 19 {
        properties["description"] = description();
    }
    if version >= 52 {
        properties["tags"] = tags();
    }
    if version >= 63 {
        properties["trusted_image_certificates"] = certificates();
    }
    if version >= 74 {
        properties["host"] = name();
        properties["hypervisor_hostname"] = name();
    }
    if version >= 90 {
        properties["hostname"] = v!({"type": "string", "minLength": 2, "maxLength": 255});
    }
    let mut required = vec!["name", "flavorRef"];
    if version >= 37 {
        required.push("networks");
    }
    let mut schema = body("server", properties, &required);
    for key in ["os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"] {
        schema["properties"][key] = hints();
    }
    schema
}

/// The hints that the scheduler takes; others are left to it.
fn hints() -> Value {
    v!({"type": "object", "properties": {"group": uuid()}})
}

pub(super) fn update(version: u16) -> Value {
    let mut properties = v!({"name": name(), "OS-DCF:diskConfig": {"type": "string", "enum": ["AUTO", "MANUAL"]},
        "accessIPv4": {"type": "string", "format": "ipv4"}, "accessIPv6": {"type": "string", "format": "ipv6"}});
    if version >= 19 {
        properties["description"] = description();
    }
    if version >= 90 {
        properties["hostname"] = v!({"type": "string", "minLength": 2, "maxLength": 255});
    }
    body("server", properties, &[])
}

pub(super) fn rebuild(version: u16) -> Value {
    let mut properties = v!({"name": name(), "imageRef": uuid(), "adminPass": {"type": "string"},
        "metadata": strings(), "preserve_ephemeral": boolean(),
        "OS-DCF:diskConfig": {"type": "string", "enum": ["AUTO", "MANUAL"]},
        "accessIPv4": {"type": "string", "format": "ipv4"}, "accessIPv6": {"type": "string", "format": "ipv6"}});
    if version < 57 {
        properties["personality"] = personality();
    } else {
        properties["user_data"] = v!({"oneOf": [user_data(), {"type": "null"}]});
    }
    if version >= 19 {
        properties["description"] = description();
    }
    if version >= 54 {
        properties["key_name"] = v!({"oneOf": [name(), {"type": "null"}]});
    }
    if version >= 63 {
        properties["trusted_image_certificates"] = certificates();
    }
    if version >= 90 {
        properties["hostname"] = v!({"type": "string", "minLength": 2, "maxLength": 255});
    }
    body("rebuild", properties, &["imageRef"])
}

pub(super) fn resize() -> Value {
    let flavor = v!({"type": ["string", "integer"], "minLength": 1});
    body("resize", v!({"flavorRef": flavor, "OS-DCF:diskConfig": {"type": "string"}}), &["flavorRef"])
}

pub(super) fn reboot() -> Value {
    let kinds = v!({"type": "string", "enum": ["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]});
    body("reboot", v!({"type": kinds}), &["type"])
}

pub(super) fn migrate_live() -> Value {
    let host = v!({"type": ["string", "null"]});
    let block =
        v!({"type": ["string", "boolean"], "enum": ["auto", true, false, "true", "false", "True", "False"]});
    let fields = v!({"host": host, "block_migration": block, "disk_over_commit": {}, "force": {}});
    body("os-migrateLive", fields, &["host", "block_migration"])
}

pub(super) fn create_image() -> Value {
    body("createImage", v!({"name": name(), "metadata": strings()}), &["name"])
}

pub(super) fn password() -> Value {
    body("changePassword", v!({"adminPass": {"type": "string"}}), &["adminPass"])
}

pub(super) fn rescue() -> Value {
    v!({"type": "object", "properties": {"rescue": {"type": ["object", "null"], "properties": {
        "adminPass": {"type": "string"}, "rescue_image_ref": uuid()}, "additionalProperties": false}}})
}

pub(super) fn lock(version: u16) -> Value {
    if version < 73 {
        return v!({});
    }
    let reason = v!({"type": "string", "minLength": 1, "maxLength": 255});
    v!({"type": "object", "properties": {"lock": {"type": ["object", "null"], "properties": {
        "locked_reason": reason}, "additionalProperties": false}}})
}

pub(super) fn console_log() -> Value {
    let length = v!({"type": ["integer", "string", "null"], "pattern": INTEGER, "minimum": -1});
    body("os-getConsoleOutput", v!({"length": length}), &[])
}

pub(super) fn vnc() -> Value {
    body("os-getVNCConsole", v!({"type": {"type": "string", "enum": ["novnc", "xvpvnc"]}}), &["type"])
}

pub(super) fn remote_console() -> Value {
    let protocol = v!({"type": "string", "enum": ["vnc", "spice", "rdp", "serial", "mks"]});
    let kind =
        v!({"type": "string", "enum": ["novnc", "xvpvnc", "spice-html5", "rdp-html5", "serial", "webmks"]});
    body("remote_console", v!({"protocol": protocol, "type": kind}), &["protocol", "type"])
}

pub(super) fn reset_state() -> Value {
    body("os-resetState", v!({"state": {"type": "string", "enum": ["active", "error"]}}), &["state"])
}

pub(super) fn group(action: &str) -> Value {
    body(action, v!({"name": name()}), &["name"])
}

pub(super) fn metadata() -> Value {
    v!({"type": "object", "properties": {"metadata": strings()}, "required": ["metadata"],
        "additionalProperties": false})
}

pub(super) fn meta() -> Value {
    let mut one = strings();
    one["minProperties"] = 1.into();
    one["maxProperties"] = 1.into();
    v!({"type": "object", "properties": {"meta": one}, "required": ["meta"], "additionalProperties": false})
}

pub(super) fn tag_list() -> Value {
    v!({"type": "object", "properties": {"tags": tags()}, "required": ["tags"], "additionalProperties": false})
}

pub(super) fn keypair(version: u16) -> Value {
    let mut named = v!({"type": "string", "minLength": 1, "maxLength": 255, "format": "name"});
    if version < 92 {
        named["pattern"] = KEYPAIR.into();
    }
    let mut properties = v!({"name": named, "public_key": {"type": "string"}});
    if version >= 2 {
        properties["type"] = v!({"type": "string", "enum": ["ssh", "x509"]});
    }
    if version >= 10 {
        properties["user_id"] = v!({"type": "string"});
    }
    body("keypair", properties, if version >= 92 { &["name", "public_key"] } else { &["name"] })
}

pub(super) fn attachment(version: u16) -> Value {
    let mut properties = v!({"volumeId": uuid(), "device": {"type": ["string", "null"], "minLength": 1,
        "maxLength": 255, "pattern": DEVICE}});
    if version >= 49 {
        properties["tag"] = v!({"type": "string", "minLength": 1, "maxLength": 60, "pattern": TAG});
    }
    if version >= 79 {
        properties["delete_on_termination"] = boolean();
    }
    body("volumeAttachment", properties, &["volumeId"])
}

pub(super) fn floating(action: &str) -> Value {
    let address = v!({"type": "string", "format": "ipv4"});
    let mut properties = v!({"address": address});
    if action == "addFloatingIp" {
        properties["fixed_address"] = v!({"type": "string", "format": "ipv4"});
    }
    body(action, properties, &["address"])
}

pub(super) fn flavor() -> Value {
    let count = |least: i64| v!({"type": ["integer", "string"], "pattern": DIGITS, "minimum": least});
    body(
        "flavor",
        v!({"name": name(), "id": {"type": ["string", "integer", "null"]}, "ram": count(1), "vcpus": count(1),
            "disk": count(0), "OS-FLV-EXT-DATA:ephemeral": count(0), "swap": {}, "rxtx_factor": {},
            "os-flavor-access:is_public": boolean(), "description": description()}),
        &["name", "ram", "vcpus", "disk"],
    )
}
