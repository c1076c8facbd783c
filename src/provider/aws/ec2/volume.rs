//! EBS volumes.

use super::super::call::{Call, literal};
use super::super::decode::{int, list, text, time};
use super::tag;
use crate::cloud::{Error, Filter, NameMatch, Result, Time, Volume, VolumeSpec};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// How many a page holds.
const PAGE: usize = 500;

/// Ask for the volumes that a listing may let through.
pub fn page(filter: &Filter) -> Call {
    let call = narrowed(Call::ec2("volume.list", "DescribeVolumes").with("MaxResults", PAGE), filter);
    call.filter("attachment.instance-id", filter.server.clone()).filter("volume-type", filter.kind.clone())
}

/// What volumes and snapshots are narrowed by alike.
pub fn narrowed(mut call: Call, filter: &Filter) -> Call {
    if let Some(NameMatch::Exact(name)) = &filter.name {
        call = call.filter("tag:Name", [literal(name)]);
    }
    for (key, value) in &filter.meta {
        call = call.filter(format!("tag:{key}"), [literal(value)]);
    }
    call
}

/// Ask for one.
pub fn show(id: &str) -> Call {
    Call::ec2("volume.show", "DescribeVolumes").with("VolumeId", json!([id]))
}

/// Make one in this zone, filled from this snapshot where there is one. The token makes it safe to ask again, and is a tag by
/// which the volume is known.
///
/// # Errors
/// For metadata that is not the user's to set.
pub fn create(spec: &VolumeSpec, zone: &str, snapshot: Option<&str>, token: &str) -> Result<Call> {
    let mut tags = tag::list(Some(&spec.name), &spec.meta, &[])?;
    tags.push(tag::marker(token));
    Ok(Call::ec2("volume.create", "CreateVolume")
        .with("AvailabilityZone", zone)
        .with("Size", spec.size)
        .with("VolumeType", spec.kind.clone())
        .with("SnapshotId", snapshot)
        .with("ClientToken", token)
        .with("TagSpecification", tag::specification("volume", tags)))
}

/// Make one larger.
pub fn extend(id: &str, size: i64) -> Call {
    Call::ec2("volume.extend", "ModifyVolume").with("VolumeId", id).with("Size", size)
}

/// Attach one to an instance, as this device: EC2 has it chosen by who asks.
pub fn attach(server: &str, volume: &str, device: &str) -> Call {
    Call::ec2("volume.attach", "AttachVolume")
        .with("VolumeId", volume)
        .with("InstanceId", server)
        .with("Device", device)
}

/// Whether one is at this instance, or on its way to it.
pub fn is_on(body: &Json, server: &str) -> bool {
    list(body, "attachmentSet").iter().any(|one| {
        text(one, "instanceId").as_deref() == Some(server)
            && !matches!(text(one, "status").as_deref(), Some("detaching" | "detached"))
    })
}

/// Detach one.
pub fn detach(server: &str, volume: &str) -> Call {
    Call::ec2("volume.detach", "DetachVolume").with("VolumeId", volume).with("InstanceId", server)
}

/// Delete one.
pub fn delete(id: &str) -> Call {
    Call::ec2("volume.delete", "DeleteVolume").idempotent().with("VolumeId", id)
}

/// The first device name for data that an instance has free (User Guide, "Device names on Linux instances": f to p), beside
/// those that were refused.
pub fn free_device(instance: &Json, refused: &[String]) -> Option<String> {
    let shown = list(instance, "blockDeviceMapping").iter().filter_map(|disk| text(disk, "deviceName"));
    let taken: Vec<String> = shown.chain(refused.iter().cloned()).collect();
    // `/dev/sdf` and `/dev/xvdf` are one disk to the system that sees it.
    let last = |name: &String| name.trim_end_matches(|c: char| c.is_ascii_digit()).chars().last();
    let free = |letter: &char| !taken.iter().any(|name| last(name) == Some(*letter));
    ('f'..='p').find(free).map(|letter| format!("/dev/sd{letter}"))
}

/// Whether a refusal says that a device name is taken.
pub fn is_device_taken(error: &Error, device: &str) -> bool {
    let words = error.answer.as_deref().unwrap_or_default();
    words.contains(device) && words.contains("already in use")
}

/// A volume from its description.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Volume> {
    let told = tag::decode(body);
    let attachment = list(body, "attachmentSet").first();
    let of = |key: &str| attachment.and_then(|attachment| text(attachment, key));
    let status = match (text(body, "status").as_deref(), of("status").as_deref()) {
        (_, Some("attaching")) => "ATTACHING".to_string(),
        (_, Some("detaching" | "busy")) => "DETACHING".to_string(),
        (status, _) => status.unwrap_or("unknown").to_uppercase(),
    };
    let snapshot = text(body, "snapshotId");
    Some(Volume {
        id: text(body, "volumeId")?,
        name: told.name,
        status,
        size: int(body, "size").unwrap_or(0),
        kind: text(body, "volumeType"),
        zone: text(body, "availabilityZone"),
        bootable: None,
        server: of("instanceId"),
        device: of("device"),
        snapshot,
        image: None,
        meta: told.meta,
        created: time(body, "createTime"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_in_the_state_of_its_attachment() {
        let read = Time::parse("2026-11-21T12:00:00Z").unwrap();
        let volume = |status: &str, attachments: Json| {
            let body =
                json!({"volumeId": "vol-1", "size": 8, "status": status, "attachmentSet": attachments});
            decode(&body, &Arc::from("lab"), read).unwrap()
        };
        let attached = |status: &str| json!([{"instanceId": "i-1", "device": "/dev/sdf", "status": status}]);
        assert_eq!(volume("available", json!([])).status, "AVAILABLE");
        assert_eq!(volume("in-use", attached("attaching")).status, "ATTACHING");
        assert_eq!(volume("in-use", attached("detaching")).status, "DETACHING");
        let there = volume("in-use", attached("attached"));
        assert_eq!(
            (there.status.as_str(), there.server.as_deref(), there.device.as_deref()),
            ("IN-USE", Some("i-1"), Some("/dev/sdf"))
        );
    }

    #[test]
    fn a_device_that_is_free_under_any_name_is_chosen() {
        let instance = |names: &[&str]| {
            let disks: Vec<Json> = names.iter().map(|name| json!({"deviceName": name})).collect();
            json!({"blockDeviceMapping": disks})
        };
        assert_eq!(
            free_device(&instance(&["/dev/sda1", "/dev/xvdf", "/dev/sdg"]), &[]).as_deref(),
            Some("/dev/sdh")
        );
        let refused = ["/dev/sdf".to_string(), "/dev/sdg".to_string()];
        assert_eq!(free_device(&instance(&[]), &refused).as_deref(), Some("/dev/sdh"));
        let all: Vec<String> = ('f'..='p').map(|letter| format!("/dev/sd{letter}")).collect();
        assert_eq!(free_device(&instance(&all.iter().map(String::as_str).collect::<Vec<_>>()), &[]), None);
    }
}
