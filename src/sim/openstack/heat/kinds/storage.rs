//! The types of Cinder: volumes, and their way to servers.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ask::{ask, named};
use super::kind;
use super::rest::Rest;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Property, Shape, Site, as_text, live, needed, plain,
};

const VOLUME: &[Property] = &[
    live("name", Shape::Text),
    live("size", Shape::Integer),
    live("description", Shape::Text),
    live("metadata", Shape::Map),
    plain("image", Shape::Text),
    plain("snapshot_id", Shape::Text),
    plain("source_volid", Shape::Text),
    live("volume_type", Shape::Text),
    plain("availability_zone", Shape::Text),
    live("read_only", Shape::Flag),
    plain("multiattach", Shape::Flag),
    plain("scheduler_hints", Shape::Map),
    plain("backup_id", Shape::Text),
];

fn volume(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = Map::new();
    body.insert("name".into(), site.text("name").unwrap_or_else(|| site.name.clone()).into());
    for name in
        ["description", "snapshot_id", "source_volid", "volume_type", "availability_zone", "multiattach"]
    {
        if let Some(value) = site.properties.get(name).filter(|value| !value.is_null()) {
            body.insert(name.into(), value.clone());
        }
    }
    if let Some(size) = site.text("size").and_then(|size| size.parse::<i64>().ok()) {
        body.insert("size".into(), size.into());
    }
    if let Some(map) = site.properties["metadata"].as_object() {
        let row = |(name, value): (&String, &Value)| (name.clone(), Value::from(as_text(value)));
        body.insert("metadata".into(), Value::Object(map.iter().map(row).collect()));
    }
    if let Some(image) = site.text("image") {
        let rows = site.world.images.iter();
        let id =
            named(rows.map(|image| (image.id.as_str(), image.name.as_deref().unwrap_or_default())), &image);
        body.insert("imageRef".into(), id.into());
    }
    Ok(Value::Object(body))
}

fn ready(shown: &Value) -> Progress {
    match shown["status"].as_str().unwrap_or_default() {
        "available" | "in-use" => Progress::Done,
        "error" => Progress::Failed("ResourceInError: Went to status error due to \"Unknown\"".to_owned()),
        _ => Progress::Wait,
    }
}

fn change(site: &mut Site<'_>, before: &Value) -> Result<Option<Value>, String> {
    let size = site.text("size").filter(|size| as_text(&before["size"]) != *size);
    if let Some(size) = size.and_then(|size| size.parse::<i64>().ok()) {
        let request = site.asker.request.clone();
        let path = format!("/volume/v3/{}/volumes/{}/action", site.asker.project, site.physical);
        ask(site, "POST", &path, Some(json!({"os-extend": {"new_size": size}})))
            .map_err(|why| why.told(&request))?;
    }
    let name = site.text("name").unwrap_or_else(|| site.name.clone());
    Ok(Some(json!({"name": name, "description": site.text("description")})))
}

/// A volume's place at a server.
struct Attachment;

impl Behaviour for Attachment {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let (server, volume) =
            (site.text("instance_uuid").unwrap_or_default(), site.text("volume_id").unwrap_or_default());
        let mut body = json!({"volumeId": volume});
        if let Some(device) = site.text("mountpoint") {
            body["device"] = device.into();
        }
        let request = site.asker.request.clone();
        let path = format!("/compute/v2.1/servers/{server}/os-volume_attachments");
        ask(site, "POST", &path, Some(json!({"volumeAttachment": body})))
            .map_err(|why| why.told(&request))?;
        Ok(Made { physical: volume, data: json!({"server": server}) })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let path = format!("/volume/v3/{}/volumes/{}", site.asker.project, site.physical);
        match ask(site, "GET", &path, None) {
            Ok(shown) if shown["volume"]["status"] == "in-use" => Progress::Done,
            _ => Progress::Wait,
        }
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let path = format!("/volume/v3/{}/volumes/{}", site.asker.project, site.physical);
        let status = |site: &mut Site<'_>| {
            let shown = ask(site, "GET", &path, None).unwrap_or_default();
            as_text(&shown["volume"]["status"])
        };
        if status(site) == "detaching" {
            return Progress::Wait;
        }
        let server = as_text(&site.data["server"]);
        let own = format!("/compute/v2.1/servers/{server}/os-volume_attachments/{}", site.physical);
        let _ = ask(site, "DELETE", &own, None);
        match status(site).as_str() {
            "in-use" | "detaching" => Progress::Wait,
            _ => Progress::Done,
        }
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    const ATTRIBUTES: &[&str] = &[
        "show",
        "name",
        "display_name",
        "size",
        "status",
        "volume_type",
        "availability_zone",
        "created_at",
        "bootable",
        "metadata",
        "attachments",
        "attachments_list",
        "description",
        "display_description",
        "snapshot_id",
        "source_volid",
        "encrypted",
        "multiattach",
    ];
    kinds.push(kind(
        "OS::Cinder::Volume",
        VOLUME,
        ATTRIBUTES,
        Rest {
            ready,
            change,
            attribute: |data, name| match name {
                "display_name" => data.get("name").cloned(),
                "display_description" => data.get("description").cloned(),
                "attachments_list" => data.get("attachments").cloned(),
                _ => None,
            },
            ..Rest::new("/volume/v3/{}/volumes", "volume", volume)
        },
    ));
    kinds.push(kind(
        "OS::Cinder::VolumeAttachment",
        const {
            &[
                needed("instance_uuid", Shape::Text),
                needed("volume_id", Shape::Text),
                plain("mountpoint", Shape::Text),
            ]
        },
        &["show"],
        Attachment,
    ));
}
