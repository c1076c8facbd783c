//! Creating servers: a checked body becomes a spec of the world.

use std::net::Ipv4Addr;

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::schemas::{self, number, truth};
use super::{Answer, Call, Outcome, body, json, links, own_link};
use crate::world::{BootSpec, Disk, NetworkChoice, Pairs, Plug, Source, World};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::create(call.version))?;
    let spec = spec(call, &asked)?;
    let reserve = asked["server"].get("return_reservation_id").is_some_and(truth);
    let made = world.boot(&spec, &call.asker()).map_err(|refusal| refused("create", "", refusal))?;
    let Some(&first) = made.first() else { return Err(fault(400, "No server was asked for.")) };
    let server = &world.servers[first];
    let mut answer = if reserve {
        json(202, &v!({"reservation_id": server.reservation}))
    } else {
        let own = format!("servers/{}", server.id);
        let groups: Vec<Value> = match spec.groups.is_empty() {
            true => vec![v!({"name": "default"})],
            false => spec.groups.iter().map(|name| v!({"name": name})).collect(),
        };
        let told = v!({"id": server.id, "links": links(call, &own),
            "OS-DCF:diskConfig": if server.auto_disk { "AUTO" } else { "MANUAL" },
            "security_groups": groups, "adminPass": server.password});
        json(202, &v!({"server": told})).with("Location", own_link(call, &own))
    };
    for at in made {
        let server = &world.servers[at];
        answer = answer.about(&server.id, &server.name);
    }
    Ok(answer)
}

/// Names and values of a checked object of texts.
pub(super) fn texts(value: &Value) -> Pairs {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// A flavor by id, or by the address that ends in its id.
pub(super) fn flavor_ref(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.rsplit('/').next().unwrap_or_default().to_owned()
}

fn text(server: &Value, key: &str) -> Option<String> {
    server[key].as_str().map(str::to_owned)
}

fn spec(call: &Call<'_>, asked: &Value) -> Result<BootSpec, Answer> {
    let server = &asked["server"];
    let count =
        |key: &str| server.get(key).and_then(number).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let min = count("min_count").unwrap_or(1);
    let max = count("max_count").unwrap_or(min);
    if min > max {
        return Err(fault(400, "min_count must be <= max_count"));
    }
    let name = text(server, "name").unwrap_or_default();
    let (image, disks) = boot_source(server)?;
    let files = server["personality"].as_array().into_iter().flatten().map(|file| {
        match (file["path"].as_str(), file["contents"].as_str()) {
            (Some(path), Some(contents)) => Ok((path.to_owned(), contents.to_owned())),
            _ => {
                Err(fault(500, "Unexpected API Error. Please contact the administrator\n<class 'KeyError'>"))
            }
        }
    });
    let list = |key: &str| server[key].as_array().cloned().unwrap_or_default();
    let certificates = server["trusted_image_certificates"]
        .as_array()
        .map(|list| list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect());
    let hints = asked.get("os:scheduler_hints").or_else(|| asked.get("OS-SCH-HNT:scheduler_hints"));
    Ok(BootSpec {
        hostname: text(server, "hostname"),
        description: if call.version < 19 { Some(name.clone()) } else { text(server, "description") },
        name,
        image,
        flavor: flavor_ref(&server["flavorRef"]),
        min,
        max,
        metadata: texts(&server["metadata"]),
        tags: list("tags").iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        files: files.collect::<Result<_, _>>()?,
        key_name: text(server, "key_name"),
        user_data: text(server, "user_data"),
        config_drive: server.get("config_drive").is_some_and(truth),
        auto_disk: server["OS-DCF:diskConfig"] == "AUTO",
        disks,
        password: text(server, "adminPass").filter(|word| !word.is_empty()),
        networks: networks(call, server)?,
        groups: list("security_groups").iter().filter_map(|group| text(group, "name")).collect(),
        zone: text(server, "availability_zone"),
        access_v4: text(server, "accessIPv4").unwrap_or_default(),
        access_v6: text(server, "accessIPv6").unwrap_or_default(),
        certificates,
        group: hints.and_then(|hints| hints["group"].as_str()).map(str::to_owned),
        hints: hints.map(Value::to_string),
    })
}

/// The image to boot from, and the volumes that are asked for.
fn boot_source(server: &Value) -> Result<(Option<String>, Vec<Disk>), Answer> {
    let image = text(server, "imageRef").filter(|image| !image.is_empty());
    let mut disks = Vec::new();
    let (mut own, mut rooted) = (None, false);
    for device in server["block_device_mapping_v2"].as_array().into_iter().flatten() {
        let root = number(&device["boot_index"]) == Some(0);
        let id = text(device, "uuid");
        let on_volume = device["destination_type"] == "volume" || device["source_type"] == "volume";
        rooted |= root;
        let size = number(&device["volume_size"]);
        let source = match (device["source_type"].as_str().unwrap_or_default(), id) {
            ("volume", Some(id)) => Source::Volume(id),
            ("snapshot", Some(id)) => Source::Snapshot(id),
            ("image", Some(id)) if on_volume => Source::Image(id),
            ("image", Some(id)) => {
                own = Some(id);
                continue;
            }
            ("blank", _) if on_volume => Source::Blank,
            _ => continue,
        };
        disks.push(Disk {
            source,
            size_gib: size,
            kind: text(device, "volume_type"),
            device: text(device, "device_name"),
            root,
            goes: truth(&device["delete_on_termination"]),
            tag: text(device, "tag"),
        });
    }
    if !rooted && server["block_device_mapping_v2"].as_array().is_some_and(|list| !list.is_empty()) {
        return Err(fault(
            400,
            "Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping \
             combination is not valid.",
        ));
    }
    for disk in disks.iter().filter(|disk| disk.size_gib.is_none()) {
        let why = match disk.source {
            Source::Image(_) => {
                "Images with destination_type 'volume' need to have a non-zero size specified"
            }
            Source::Blank => "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
            _ => continue,
        };
        return Err(fault(400, why));
    }
    for device in server["block_device_mapping"].as_array().into_iter().flatten() {
        let Some(id) = text(device, "volume_id") else { continue };
        disks.push(Disk {
            source: Source::Volume(id),
            size_gib: None,
            kind: None,
            device: text(device, "device_name"),
            // The older form says it by the name alone.
            root: image.is_none() && disks.is_empty(),
            goes: truth(&device["delete_on_termination"]),
            tag: None,
        });
    }
    if own.is_none() && image.is_none() && !disks.iter().any(|disk| disk.root) {
        return Err(fault(400, "Missing imageRef attribute"));
    }
    Ok((own.or(image), disks))
}

fn networks(call: &Call<'_>, server: &Value) -> Result<NetworkChoice, Answer> {
    let list = match &server["networks"] {
        Value::String(word) if word == "none" => return Ok(NetworkChoice::None),
        Value::Array(list) if !list.is_empty() => list,
        _ => return Ok(NetworkChoice::Auto),
    };
    let mut chosen = Vec::with_capacity(list.len());
    for one in list {
        if let Some(port) = one["port"].as_str() {
            let (port, tag) = (Some(port.to_owned()), text(one, "tag"));
            chosen.push(Plug { port, tag, ..Plug::default() });
            continue;
        }
        let Some(id) = one["uuid"].as_str() else {
            return Err(fault(400, "Bad network format: missing 'uuid'"));
        };
        // Clients of nova-network wrote `br-` before the id.
        let id = id.strip_prefix("br-").unwrap_or(id);
        if call.version < 37 && uuid::Uuid::parse_str(id).is_err() {
            let message = format!("Bad networks format: network uuid is not in proper format ({id})");
            return Err(fault(400, &message));
        }
        let address = one["fixed_ip"].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
        let (network, tag) = (id.to_owned(), text(one, "tag"));
        chosen.push(Plug { network, address, tag, ..Plug::default() });
    }
    Ok(NetworkChoice::These(chosen))
}
