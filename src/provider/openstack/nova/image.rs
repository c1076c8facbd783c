//! Images by Nova's proxy (gone from 2.36): for clouds whose catalog has no image service.

use super::super::call::{With, get, segment};
use super::super::decode::{int, scalar, text, texts, time};
use super::super::session::{Call, Range, Service};
use super::version;
use crate::cloud::{Image, MARKER, Time};
use crate::provider::openstack::glance::property;
use crate::wire::Method;
use serde_json::Value as Json;
use std::sync::Arc;

/// Ask for a page of images.
pub fn page(query: Vec<(String, String)>, range: &Range) -> Call {
    get("image.list", Service::Compute, "/images/detail")
        .query(query)
        .version(version::at_most(range, version::IMAGES))
}

/// Ask for one image.
pub fn show(id: &str, range: &Range) -> Call {
    get("image.show", Service::Compute, path(id)).version(version::at_most(range, version::IMAGES))
}

/// Ask for a deletion.
pub fn delete(id: &str, range: &Range) -> Call {
    Call::new("image.delete", Service::Compute, Method::Delete, path(id))
        .version(version::at_most(range, version::IMAGES))
}

fn path(id: &str) -> String {
    format!("/images/{}", segment(id))
}

/// An image from the proxy's description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Image> {
    let mut meta = texts(body.get("metadata"));
    meta.remove(MARKER);
    meta.retain(|key, _| !property::is_clouds_own(key));
    Some(Image {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        size: int(body, "OS-EXT-IMG-SIZE:size").filter(|size| *size > 0),
        min_disk: int(body, "minDisk").unwrap_or(0),
        min_ram: int(body, "minRam").unwrap_or(0),
        meta,
        created: time(body, "created"),
        visibility: text(body, "visibility"),
        owner: text(body, "tenant_id").or_else(|| text(body, "owner")),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}
