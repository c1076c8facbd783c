//! The metadata calls, which are the same of servers, volumes, snapshots and (on clouds without Glance) images.
//! rhain's own marker is kept here.

use super::call::{With, get, json, segment};
use super::decode::{scalar, texts};
use super::nova::version;
use super::session::{Call, Range, Service, Version};
use crate::cloud::MARKER;
use crate::wire::{Intent, Method};
use serde_json::{Value as Json, json as value};
use std::collections::BTreeMap;

/// What holds the metadata: its path and the version that has it.
#[derive(Debug, Clone)]
pub struct Place {
    service: Service,
    path: String,
    version: Option<Version>,
}

/// The metadata of a server.
pub fn of_server(id: &str, range: &Range) -> Place {
    let path = format!("/servers/{}/metadata", segment(id));
    Place { service: Service::Compute, path, version: version::usual(range) }
}

/// The metadata of an image, by the compute proxy.
pub fn of_image(id: &str, range: &Range) -> Place {
    let version = version::at_most(range, version::IMAGES);
    Place { service: Service::Compute, path: format!("/images/{}/metadata", segment(id)), version }
}

/// The metadata of a volume.
pub fn of_volume(id: &str) -> Place {
    Place { service: Service::Volume, path: format!("/volumes/{}/metadata", segment(id)), version: None }
}

/// The metadata of a volume's snapshot.
pub fn of_snapshot(id: &str) -> Place {
    Place { service: Service::Volume, path: format!("/snapshots/{}/metadata", segment(id)), version: None }
}

/// Ask for all.
pub fn show(place: &Place) -> Call {
    get("metadata.show", place.service.clone(), &place.path).version(place.version)
}

/// Ask for a merge; doing it twice changes nothing more.
pub fn set(place: &Place, items: &BTreeMap<String, String>) -> Call {
    let body = value!({ "metadata": items });
    json("metadata.merge", place.service.clone(), Method::Post, &place.path, body)
        .version(place.version)
        .intent(Intent::Idempotent)
}

/// Ask for exactly these.
pub fn replace(place: &Place, items: &BTreeMap<String, String>) -> Call {
    let body = value!({ "metadata": items });
    json("metadata.replace", place.service.clone(), Method::Put, &place.path, body).version(place.version)
}

/// Ask for one to be deleted.
pub fn delete(place: &Place, key: &str) -> Call {
    let path = format!("{}/{}", place.path, segment(key));
    Call::new("metadata.delete", place.service.clone(), Method::Delete, path).version(place.version)
}

/// Ask for the tags of a server.
pub fn tags(server: &str, version: Version) -> Call {
    get("server.tags", Service::Compute, tags_path(server)).version(Some(version))
}

/// Ask for one tag of a server, to be there or to be deleted.
pub fn tag(server: &str, tag: &str, method: Method, version: Version) -> Call {
    let path = format!("{}/{}", tags_path(server), segment(tag));
    Call::new("server.tag", Service::Compute, method, path).version(Some(version)).intent(Intent::Idempotent)
}

/// Ask for exactly these tags of a server.
pub fn replace_tags(server: &str, tags: &[String], version: Version) -> Call {
    let body = value!({ "tags": tags });
    json("server.tags.replace", Service::Compute, Method::Put, tags_path(server), body).version(Some(version))
}

fn tags_path(server: &str) -> String {
    format!("/servers/{}/tags", segment(server))
}

/// The tags in an answer.
pub fn decode_tags(body: &Json) -> Vec<String> {
    let tags = body.get("tags").and_then(Json::as_array);
    tags.map(|tags| tags.iter().filter_map(scalar).collect()).unwrap_or_default()
}

/// The metadata of what is to be made, the call's marker among it.
pub fn marked(items: &BTreeMap<String, String>, marker: &str) -> Json {
    let own = std::iter::once((MARKER.to_string(), value!(marker)));
    Json::Object(items.iter().map(|(key, text)| (key.clone(), value!(text))).chain(own).collect())
}

/// The items, the marker among them.
pub fn decode(body: &Json) -> BTreeMap<String, String> {
    texts(body.get("metadata"))
}
