//! Images: their calls, their noun, and which of them a filter lets through.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, scalar, text, time};
use super::super::session::{Call, Service};
use super::property;
use crate::base::stream::Sink;
use crate::cloud::{Filter, Image, ImageSpec, MARKER, NameMatch, Time};
use crate::provider::digest::Checksum;
use crate::wire::{Body, Intent, Method, Outgoing, Receiver};
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a filter may let through.
pub fn first(filter: &Filter) -> Call {
    let mut query: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: String| query.push((key.to_string(), value));
    // Glance reads `in:a,b` and `gt:5` as operators, so a name with a colon is left to our side.
    if let Some(NameMatch::Exact(name)) = filter.name.as_ref().filter(|name| !is_operator(name)) {
        add("name", name.clone());
    }
    if let [status] = filter.status.as_slice() {
        add("status", status.to_ascii_lowercase());
    }
    if !filter.ids.is_empty() {
        add("id", format!("in:{}", filter.ids.join(",")));
    }
    if let Some(visibility) = &filter.visibility {
        add("visibility", visibility.clone());
    }
    if let Some(owner) = &filter.owner {
        add("owner", owner.clone());
    }
    page(query)
}

fn is_operator(name: &NameMatch) -> bool {
    matches!(name, NameMatch::Exact(name) if name.contains(':') || name.contains('"'))
}

/// Ask for a page.
pub fn page(query: Vec<(String, String)>) -> Call {
    get("image.list", Service::Image, "/images").query(query)
}

/// Ask for the images of a name that lists leave out.
pub fn hidden(name: &str) -> Call {
    let named =
        (!is_operator(&NameMatch::Exact(name.to_string()))).then(|| ("name".to_string(), name.to_string()));
    page(named.into_iter().chain([("os_hidden".to_string(), "true".to_string())]).collect())
}

/// Ask for one image.
pub fn show(id: &str) -> Call {
    get("image.show", Service::Image, path(id))
}

/// Ask whether an image is shared with this project.
pub fn member(id: &str, project: &str) -> Call {
    get("image_member.show", Service::Image, format!("{}/members/{}", path(id), segment(project)))
}

/// Ask for an image that has no bytes yet and carries this marker.
pub fn create(spec: &ImageSpec, marker: &str) -> Call {
    let mut body = Map::new();
    body.extend(spec.meta.iter().map(|(key, text)| (key.clone(), value!(text))));
    body.extend(spec.visibility.iter().map(|word| ("visibility".to_string(), value!(word))));
    for (key, text) in [
        ("name", &*spec.name),
        ("disk_format", &*spec.disk_format),
        ("container_format", &*spec.container_format),
        (MARKER, marker),
    ] {
        body.insert(key.to_string(), value!(text));
    }
    json("image.create", Service::Image, Method::Post, "/images", Json::Object(body))
}

/// Send an image's bytes. What came of a first time shows in the image: it is not sent again unseen.
pub fn upload(id: &str, content: Outgoing) -> Call {
    let call = Call::new("image.upload", Service::Image, Method::Put, format!("{}/file", path(id)));
    Call { body: Body::Stream("application/octet-stream".to_string(), content), ..call }.intent(Intent::Once)
}

/// Ask for an image's bytes, as they are.
pub fn download(id: &str, to: Arc<dyn Sink>) -> Call {
    let mut call = get("image.download", Service::Image, format!("{}/file", path(id)));
    for (name, text) in [("Accept", "application/octet-stream"), ("Accept-Encoding", "identity")] {
        call.headers.push((name.to_string(), text.to_string()));
    }
    Call { receiver: Some(Receiver(to)), ..call }
}

/// The checksum that an image's description tells, the stronger one where it tells two.
pub fn checksum(body: &Json) -> Option<Checksum> {
    let strong = text(body, "os_hash_algo").zip(text(body, "os_hash_value"));
    let strong = strong.and_then(|(algorithm, value)| Checksum::known(algorithm, value));
    strong.or_else(|| Checksum::known("md5".to_string(), text(body, "checksum")?))
}

/// Ask for an image to be shared with a project.
pub fn add_member(id: &str, project: &str) -> Call {
    let path = format!("{}/members", path(id));
    json("image_member.create", Service::Image, Method::Post, path, value!({ "member": project }))
}

/// Ask for it to be shared no more.
pub fn delete_member(id: &str, project: &str) -> Call {
    let path = format!("{}/members/{}", path(id), segment(project));
    Call::new("image_member.delete", Service::Image, Method::Delete, path)
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("image.delete", Service::Image, Method::Delete, path(id))
}

/// An image's path below the endpoint.
pub fn path(id: &str) -> String {
    format!("/images/{}", segment(id))
}

/// An image from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Image> {
    let mut meta = property::decode(body);
    meta.remove(MARKER);
    Some(Image {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        size: int(body, "size"),
        min_disk: int(body, "min_disk").unwrap_or(0),
        min_ram: int(body, "min_ram").unwrap_or(0),
        meta,
        created: time(body, "created_at"),
        visibility: text(body, "visibility"),
        owner: text(body, "owner"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}
