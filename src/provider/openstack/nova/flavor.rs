//! Flavors: their calls and the noun.

use super::super::call::{With, get, segment};
use super::super::decode::{int, scalar, text};
use super::super::session::{Call, Range, Service};
use super::version;
use crate::cloud::Flavor;
use serde_json::Value as Json;
use std::sync::Arc;

/// Ask for a page of flavors.
pub fn page(query: Vec<(String, String)>, range: &Range) -> Call {
    get("flavor.list", Service::Compute, "/flavors/detail").query(query).version(version::usual(range))
}

/// Ask for one flavor.
pub fn show(id: &str, range: &Range) -> Call {
    get("flavor.show", Service::Compute, format!("/flavors/{}", segment(id))).version(version::usual(range))
}

/// A flavor from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Flavor> {
    Some(Flavor {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        vcpus: int(body, "vcpus").unwrap_or(0),
        ram: int(body, "ram").unwrap_or(0),
        disk: int(body, "disk").unwrap_or(0),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
