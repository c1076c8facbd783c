//! A server's description into the noun, of every age of the API; and the calls that show and change one.
//!
//! Compute API v1.0 and v1.1 (2010-2013) write ids as numbers, references as URLs and addresses as bare texts;
//! microversion 2.47 embeds the flavor without its id. Both are read.

use super::super::call::{get, json, segment};
use super::super::decode::{int, list, reference, scalar, text, texts, time};
use super::super::session::{Call, Service};
use crate::cloud::server::{Address, Named};
use crate::cloud::server_words::STATUSES;
use crate::cloud::{MARKER, Secret, Server, ServerUpdate, Time};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for one server.
pub fn show(id: &str) -> Call {
    get("server.show", Service::Compute, path(id))
}

/// Ask for a change of name, description or access addresses.
pub fn update(id: &str, update: &ServerUpdate) -> Call {
    let mut server = Map::new();
    for (key, field) in [
        ("name", &update.name),
        ("description", &update.description),
        ("accessIPv4", &update.access_ipv4),
        ("accessIPv6", &update.access_ipv6),
    ] {
        if let Some(text) = field {
            // Nova clears a description by null; an address it takes as text only.
            let cleared = text.is_empty() && key == "description";
            server.insert(key.to_string(), if cleared { Json::Null } else { value!(text) });
        }
    }
    json("server.update", Service::Compute, Method::Put, path(id), value!({ "server": server }))
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("server.delete", Service::Compute, Method::Delete, path(id))
}

/// A server's path below the endpoint.
pub fn path(id: &str) -> String {
    format!("/servers/{}", segment(id))
}

/// A server from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Server> {
    let id = body.get("id").or_else(|| body.get("uuid")).and_then(scalar)?;
    let provider_status = text(body, "status").unwrap_or_default();
    Some(Server {
        id,
        name: text(body, "name").unwrap_or_default(),
        status: status(&provider_status).to_string(),
        provider_status,
        task: text(body, "OS-EXT-STS:task_state"),
        progress: int(body, "progress"),
        fault: fault(body),
        flavor: flavor(body),
        image: image(body),
        meta: {
            let mut meta = texts(body.get("metadata"));
            meta.remove(MARKER);
            meta
        },
        tags: list(body, "tags").map(|tags| tags.iter().filter_map(scalar).collect()).unwrap_or_default(),
        addresses: addresses(body.get("addresses")),
        access: (text(body, "accessIPv4"), text(body, "accessIPv6")),
        description: text(body, "description"),
        // Administrators are told the name; everybody gets an id that is another one in each project.
        host: text(body, "OS-EXT-SRV-ATTR:host").or_else(|| text(body, "hostId")),
        project: text(body, "tenant_id"),
        locked: body.get("locked").and_then(Json::as_bool),
        key: text(body, "key_name"),
        security_groups: names(body, "security_groups"),
        volumes: list(body, "os-extended-volumes:volumes_attached")
            .map(|volumes| volumes.iter().filter_map(reference).collect())
            .unwrap_or_default(),
        zone: text(body, "OS-EXT-AZ:availability_zone"),
        created: time(body, "created"),
        updated: time(body, "updated"),
        admin_pass: text(body, "adminPass").map(Secret::new),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(without_password(body)),
    })
}

/// The description as it may be shown: a password is no part of `raw`.
fn without_password(body: &Json) -> Json {
    let mut raw = body.clone();
    if let Json::Object(map) = &mut raw {
        map.shift_remove("adminPass");
    }
    raw
}

/// A provider's status word as one of the language's.
pub fn status(word: &str) -> &'static str {
    // Some clouds of 2012 wrote what they were at in brackets: `BUILD(networking)`.
    let word = word.split('(').next().unwrap_or_default().trim();
    if let Some(known) = STATUSES.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        return known;
    }
    match word.to_ascii_uppercase().as_str() {
        "SOFT_DELETED" => "DELETED",
        "QUEUE_RESIZE" | "PREP_RESIZE" => "RESIZE",
        _ => "UNKNOWN",
    }
}

fn fault(body: &Json) -> Option<String> {
    let fault = body.get("fault")?;
    let message = text(fault, "message")?;
    let message = message.trim();
    Some(match int(fault, "code") {
        Some(code) => format!("{message} (code {code})"),
        None => message.to_string(),
    })
}

fn flavor(body: &Json) -> Named {
    match body.get("flavor") {
        Some(flavor @ Json::Object(_)) => {
            let name = text(flavor, "original_name").or_else(|| text(flavor, "name"));
            Named { id: text(flavor, "id"), name }
        }
        other => Named {
            id: other.or_else(|| either(body, "flavorRef", "flavorId")).and_then(reference),
            name: None,
        },
    }
}

fn image(body: &Json) -> Named {
    match body.get("image") {
        Some(image @ Json::Object(_)) => Named { id: text(image, "id"), name: text(image, "name") },
        other => Named {
            id: other
                .filter(|image| !image.is_null())
                .or_else(|| either(body, "imageRef", "imageId"))
                .and_then(reference),
            name: None,
        },
    }
}

fn either<'a>(body: &'a Json, first: &str, second: &str) -> Option<&'a Json> {
    body.get(first).or_else(|| body.get(second))
}

/// The `name` of each item of a list, once each and in order.
fn names(body: &Json, key: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for item in list(body, key).into_iter().flatten() {
        let name = text(item, "name").or_else(|| scalar(item));
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

/// Addresses by network, in the cloud's order.
pub fn addresses(value: Option<&Json>) -> Vec<(String, Vec<Address>)> {
    let each = |list: &Json| -> Vec<Address> {
        let items = list.as_array().or_else(|| list.get("values")?.as_array());
        items.into_iter().flatten().filter_map(address).collect()
    };
    match value {
        Some(Json::Object(map)) => match map.get("values") {
            // v1.1 drafts: {"values": [{"id": "public", "values": [...]}]}
            Some(Json::Array(networks))
                if map.len() == 1 && networks.iter().all(|one| one.get("values").is_some()) =>
            {
                networks.iter().map(|one| (text(one, "id").unwrap_or_default(), each(one))).collect()
            }
            _ => map.iter().map(|(network, list)| (network.clone(), each(list))).collect(),
        },
        _ => Vec::new(),
    }
}

fn address(item: &Json) -> Option<Address> {
    let addr = item.as_str().map(str::to_string).or_else(|| text(item, "addr"))?;
    let version = match int(item, "version") {
        Some(6) => 6,
        Some(_) => 4,
        None if addr.contains(':') => 6,
        None => 4,
    };
    Some(Address { version, addr, kind: text(item, "OS-EXT-IPS:type") })
}

/// Whether a described server has what an update gives it.
pub fn is_updated(body: &Json, update: &ServerUpdate) -> bool {
    let Some(server) = body.get("server") else { return false };
    let has = |wanted: &Option<String>, field: &str| {
        wanted.as_ref().is_none_or(|wanted| text(server, field).unwrap_or_default() == *wanted)
    };
    has(&update.name, "name")
        && has(&update.description, "description")
        && has(&update.access_ipv4, "accessIPv4")
        && has(&update.access_ipv6, "accessIPv6")
}
