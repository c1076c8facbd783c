//! The metadata calls, of servers and (on clouds without Glance) of images. rhain's own marker is kept here.

use super::super::call::{With, get, json, segment};
use super::super::decode::texts;
use super::super::session::{Call, Range, Service, Version};
use super::version;
use crate::wire::{Intent, Method};
use serde_json::{Value as Json, json as value};
use std::collections::BTreeMap;

/// What holds the metadata: its path and the version that has it.
#[derive(Debug, Clone)]
pub struct Place {
    path: String,
    version: Option<Version>,
}

/// The metadata of a server.
pub fn of_server(id: &str, range: &Range) -> Place {
    Place { path: format!("/servers/{}/metadata", segment(id)), version: version::usual(range) }
}

/// The metadata of an image, by the compute proxy.
pub fn of_image(id: &str, range: &Range) -> Place {
    let version = version::at_most(range, version::IMAGES);
    Place { path: format!("/images/{}/metadata", segment(id)), version }
}

/// Ask for all.
pub fn show(place: &Place) -> Call {
    get("metadata.show", Service::Compute, &place.path).version(place.version)
}

/// Ask for a merge; doing it twice changes nothing more.
pub fn merge(place: &Place, items: &BTreeMap<String, String>) -> Call {
    let body = value!({ "metadata": items });
    json("metadata.merge", Service::Compute, Method::Post, &place.path, body)
        .version(place.version)
        .intent(Intent::Idempotent)
}

/// Ask for exactly these.
pub fn replace(place: &Place, items: &BTreeMap<String, String>) -> Call {
    let body = value!({ "metadata": items });
    json("metadata.replace", Service::Compute, Method::Put, &place.path, body).version(place.version)
}

/// Ask for one to be deleted.
pub fn delete(place: &Place, key: &str) -> Call {
    let path = format!("{}/{}", place.path, segment(key));
    Call::new("metadata.delete", Service::Compute, Method::Delete, path).version(place.version)
}

/// The items, the marker among them.
pub fn decode(body: &Json) -> BTreeMap<String, String> {
    texts(body.get("metadata"))
}
