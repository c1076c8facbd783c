//! Volumes of a server: attaching and detaching are Nova's, for it alone reaches into the server.

use super::super::call::{With, get, json, segment};
use super::super::decode::{list, text};
use super::super::session::{Call, Range, Service};
use super::{server, version};
use crate::wire::Method;
use serde_json::{Value as Json, json as value};

/// Ask for the volumes of a server.
pub fn all(server: &str, range: &Range) -> Call {
    get("server.volumes", Service::Compute, path(server)).version(version::usual(range))
}

/// Ask for a volume to be attached.
pub fn attach(server: &str, volume: &str, device: Option<&str>, range: &Range) -> Call {
    let mut body = value!({ "volumeId": volume });
    if let Some(device) = device {
        body["device"] = value!(device);
    }
    let body = value!({ "volumeAttachment": body });
    json("server.attach_volume", Service::Compute, Method::Post, path(server), body)
        .version(version::at_least(range, version::SHARED_VOLUMES).or_else(|| version::usual(range)))
}

/// Ask for a volume to be detached.
pub fn detach(server: &str, volume: &str, range: &Range) -> Call {
    let path = format!("{}/{}", path(server), segment(volume));
    Call::new("server.detach_volume", Service::Compute, Method::Delete, path).version(version::usual(range))
}

fn path(server: &str) -> String {
    format!("{}/os-volume_attachments", server::path(server))
}

/// Whether a volume is among those of the answer.
pub fn holds(body: &Json, volume: &str) -> bool {
    list(body, "volumeAttachments")
        .into_iter()
        .flatten()
        .any(|attached| text(attached, "volumeId").as_deref() == Some(volume))
}
