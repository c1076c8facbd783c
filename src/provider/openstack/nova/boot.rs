//! Asking for new servers: one request, whatever their number. What the cloud's version cannot carry is refused
//! here, before anything is sent.

use super::super::call::json;
use super::super::session::{Call, Range, Service, Version};
use super::{files, version};
use crate::cloud::server::{BootSpec, Nic, Nics, RootDisk};
use crate::cloud::{Error, Kind, MARKER, Result};
use crate::wire::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json as value};

/// Ask for the servers of a spec; the networks' names are resolved already. `marked` is false only for a second
/// try, after the cloud refused one metadata item too many.
pub fn boot(spec: &BootSpec, nics: &Nics, marked: bool, range: &Range) -> Result<Call> {
    let mut server = Map::new();
    let mut put = |key: &str, value: Json| server.insert(key.to_string(), value);
    // One of a count is named like the first of many, which Nova does only for more than one.
    let name = if spec.count == Some(1) { format!("{}-1", spec.name) } else { spec.name.clone() };
    put("name", value!(name));
    put("flavorRef", value!(spec.flavor));
    let volumes = block_devices(spec);
    if let Some(image) = spec.image.as_ref().filter(|_| spec.root_disk.is_none()) {
        put("imageRef", value!(image));
    }
    if !volumes.is_empty() {
        put("block_device_mapping_v2", Json::Array(volumes));
    }
    let mut metadata = Map::from_iter(spec.meta.iter().map(|(key, text)| (key.clone(), value!(text))));
    if marked {
        metadata.insert(MARKER.to_string(), value!(spec.marker));
    }
    put("metadata", Json::Object(metadata));
    for (key, text) in [
        ("key_name", &spec.key),
        ("availability_zone", &spec.zone),
        ("accessIPv4", &spec.access_ipv4),
        ("accessIPv6", &spec.access_ipv6),
        ("description", &spec.description),
    ] {
        if let Some(text) = text {
            put(key, value!(text));
        }
    }
    if let Some(password) = &spec.admin_pass {
        put("adminPass", value!(password.reveal()));
    }
    if let Some(drive) = spec.config_drive {
        put("config_drive", value!(drive));
    }
    if !spec.security_groups.is_empty() {
        put("security_groups", spec.security_groups.iter().map(|group| value!({ "name": group })).collect());
    }
    if !spec.tags.is_empty() {
        put("tags", value!(spec.tags));
    }
    if let Some(count) = spec.count.filter(|count| *count > 1) {
        put("min_count", value!(count));
        put("max_count", value!(count));
        put("return_reservation_id", value!(true));
    }

    let least = least(spec, nics, range)?;
    let mut version = version::usual(range).map(|usual| least.map_or(usual, |least| usual.max(least)));
    let holds = !spec.volumes.is_empty() || matches!(spec.root_disk, Some(RootDisk::Volume(_)));
    if holds && version::has(range, version::SHARED_VOLUMES) {
        // One of them may be shared, which is refused before; files, where Nova takes them, need an older one.
        version = version.max(Some(version::SHARED_VOLUMES));
    }
    let mut user_data = spec.user_data.clone();
    if !spec.files.is_empty() {
        if files::by_nova(range, least) {
            put("personality", files::personality(&spec.files));
            version = version.map(|version| version.min(version::FILES));
        } else {
            user_data = Some(files::cloud_config(&spec.files, user_data.as_deref())?);
        }
    }
    if let Some(data) = user_data {
        files::short_enough(&data)?;
        put("user_data", value!(BASE64.encode(data)));
    }
    // From 2.37 on networks must be given; before, leaving them out is what "auto" says.
    let words = version.is_some_and(|version| version >= version::NETWORK_WORDS);
    match nics {
        Nics::Auto if words => drop(put("networks", value!("auto"))),
        Nics::Auto => {}
        Nics::Absent => drop(put("networks", value!("none"))),
        Nics::These(nics) => drop(put("networks", nics.iter().map(nic).collect())),
    }

    let mut body = value!({ "server": server });
    if let Some(group) = &spec.server_group {
        body["os:scheduler_hints"] = value!({ "group": group });
    }
    if let Some(extra) = &spec.provider {
        merge_provider(&mut body, extra)?;
    }
    let mut call = json("server.create", Service::Compute, Method::Post, "/servers", body);
    call.microversion = version;
    Ok(call)
}

/// The least version that carries what the spec has, or the error that the cloud has none such.
fn least(spec: &BootSpec, nics: &Nics, range: &Range) -> Result<Option<Version>> {
    let needs = [
        (!spec.tags.is_empty(), "`boot` with `tags`", version::BOOT_TAGS),
        (*nics == Nics::Absent, "`boot` with `networks: \"none\"`", version::NETWORK_WORDS),
        (spec.description.is_some(), "`boot` with `description`", version::DESCRIPTION),
    ];
    let mut least = None;
    for (wanted, what, needed) in needs {
        if wanted {
            if !version::has(range, needed) {
                return Err(files::too_old(what, needed, range));
            }
            least = least.max(Some(needed));
        }
    }
    Ok(least)
}

fn nic(nic: &Nic) -> Json {
    let mut out = Map::new();
    // A port decides the network; Nova takes either, not both.
    if let Some(port) = &nic.port {
        out.insert("port".to_string(), value!(port));
    } else if let Some(network) = &nic.network {
        out.insert("uuid".to_string(), value!(network));
    }
    if let Some(ip) = nic.ip.as_ref().filter(|_| nic.port.is_none()) {
        out.insert("fixed_ip".to_string(), value!(ip));
    }
    Json::Object(out)
}

/// The root and further volumes; empty where the image alone says it.
fn block_devices(spec: &BootSpec) -> Vec<Json> {
    let mut devices = Vec::new();
    let mut next = 0;
    let root = match &spec.root_disk {
        Some(RootDisk::Volume(id)) => Some(("volume", id, false)),
        Some(RootDisk::Snapshot(id)) => Some(("snapshot", id, true)),
        _ => None,
    };
    match (&spec.image, spec.root_size()) {
        _ if root.is_some() => {}
        (Some(image), Some(gib)) => devices
            .push(value!({"boot_index": 0, "uuid": image, "source_type": "image",
            "destination_type": "volume", "volume_size": gib, "delete_on_termination": true})),
        // With further volumes Nova wants the image's own disk spelt out.
        (Some(image), None) if !spec.volumes.is_empty() => devices
            .push(value!({"boot_index": 0, "uuid": image,
            "source_type": "image", "destination_type": "local", "delete_on_termination": true})),
        _ => {}
    }
    if let Some((source, id, goes)) = root {
        devices.push(value!({"boot_index": 0, "uuid": id, "source_type": source,
            "destination_type": "volume", "delete_on_termination": goes}));
    }
    if spec.image.is_some() || root.is_some() {
        next = -1;
    }
    for volume in &spec.volumes {
        devices.push(value!({"boot_index": next, "uuid": volume, "source_type": "volume",
            "destination_type": "volume", "delete_on_termination": false}));
        next = -1;
    }
    devices
}

/// The provider map into the `server` object, maps into maps; scheduler hints stand beside it.
fn merge_provider(body: &mut Json, extra: &Json) -> Result<()> {
    let Json::Object(extra) = extra else {
        return Err(Error::new(Kind::InvalidArgument, "`provider` is a map of Nova's own fields"));
    };
    for (key, value) in extra {
        let outside = matches!(key.as_str(), "os:scheduler_hints" | "OS-SCH-HNT:scheduler_hints");
        let place = if outside { &mut *body } else { &mut body["server"] };
        merge(&mut place[key.as_str()], value);
    }
    Ok(())
}

fn merge(into: &mut Json, from: &Json) {
    match (into, from) {
        (Json::Object(into), Json::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Json::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
