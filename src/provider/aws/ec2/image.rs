//! Machine images: the calls about them and the noun.

use super::super::call::{Call, literal};
use super::super::decode::{int, list, text, time, truth};
use super::tag;
use crate::cloud::{Filter, Image, NameMatch, Time};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose images are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The account's own.
    Own,
    /// Those that others let this account start.
    Shared,
    /// Those of this owner: an account's number, `amazon`, `aws-marketplace`.
    Of(String),
    /// Of anybody: those that the filter names by their ids.
    Anybody,
}

/// Ask for images. EC2 has a hundred thousand, so it is always said whose.
pub fn page(filter: &Filter, whose: &Whose) -> Call {
    let mut call = Call::ec2("image.list", "DescribeImages");
    call = match whose {
        Whose::Own => call.with("Owner", json!(["self"])),
        // Whoever may start it by name; servers that take that for everybody are told what is meant.
        Whose::Shared => call.with("ExecutableBy", json!(["self"])).filter("is-public", ["false"]),
        Whose::Of(owner) => call.with("Owner", json!([owner])),
        // As a filter, an id that is not there is no error.
        Whose::Anybody => call.filter("image-id", &filter.ids),
    };
    match &filter.name {
        Some(NameMatch::Exact(name)) => call = call.filter("name", [literal(name)]),
        Some(NameMatch::Glob(glob)) => {
            let plain = glob.split(['[', '{', '\\']).next().unwrap_or_default();
            let narrowed = if plain.len() < glob.len() { format!("{plain}*") } else { plain.to_string() };
            if !narrowed.trim_matches('*').is_empty() {
                call = call.filter("name", [narrowed]);
            }
        }
        None => {}
    }
    for (key, value) in &filter.meta {
        call = call.filter(format!("tag:{key}"), [literal(value)]);
    }
    call
}

/// Ask for one image, whoever owns it.
pub fn show(id: &str) -> Call {
    Call::ec2("image.show", "DescribeImages").with("ImageId", json!([id]))
}

/// Ask for an image of an instance. `reboot` stops it for a moment, so that its disks are at rest.
pub fn create(id: &str, name: &str, reboot: bool) -> Call {
    Call::ec2("server.snapshot", "CreateImage")
        .with("InstanceId", id)
        .with("Name", name)
        .with("NoReboot", !reboot)
}

/// Ask for it to be forgotten; its snapshots stay.
pub fn delete(id: &str) -> Call {
    Call::ec2("image.delete", "DeregisterImage").idempotent().with("ImageId", id)
}

/// Ask for an account to be allowed to start it, or not any more.
pub fn allow(id: &str, account: &str, on: bool) -> Call {
    let change = if on { "Add" } else { "Remove" };
    Call::ec2("image.share", "ModifyImageAttribute")
        .idempotent()
        .with("ImageId", id)
        .with("LaunchPermission", json!({ change: [{ "UserId": account }] }))
}

/// The snapshots that an image is made of.
pub fn snapshots(body: &Json) -> Vec<String> {
    let disks = list(body, "blockDeviceMapping").iter().filter_map(|disk| disk.get("ebs"));
    disks.filter_map(|ebs| text(ebs, "snapshotId")).collect()
}

/// The name of its root disk.
pub fn root(body: &Json) -> Option<String> {
    text(body, "rootDeviceName")
}

/// An image from its description; `whose` is how it was asked for, where it was.
pub fn decode(body: &Json, whose: Option<&Whose>, cloud: &Arc<str>, read: Time) -> Option<Image> {
    let told = tag::decode(body);
    let disks = || list(body, "blockDeviceMapping").iter();
    let root_size = disks()
        .find(|disk| text(disk, "deviceName").is_some() && text(disk, "deviceName") == root(body))
        .or_else(|| disks().next())
        .and_then(|disk| int(disk.get("ebs")?, "volumeSize"));
    let visibility = match (truth(body, "isPublic"), whose) {
        (Some(true), _) => Some("public"),
        (_, Some(Whose::Own)) => Some("private"),
        (_, Some(Whose::Shared)) => Some("shared"),
        _ => None,
    };
    // `Name` is a tag among others here: an image has a name of its own.
    let mut meta = told.meta;
    if !told.name.is_empty() {
        meta.insert(tag::NAME.to_string(), told.name);
    }
    Some(Image {
        id: text(body, "imageId")?,
        name: text(body, "name").unwrap_or_default(),
        status: status(&text(body, "imageState").unwrap_or_default()),
        size: None,
        min_disk: root_size.unwrap_or(0),
        min_ram: 0,
        meta,
        created: time(body, "creationDate"),
        visibility: visibility.map(str::to_string),
        owner: text(body, "imageOwnerId"),
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

fn status(state: &str) -> String {
    match state {
        "available" => "ACTIVE".to_string(),
        "pending" | "transient" => "SAVING".to_string(),
        "failed" | "error" | "invalid" => "ERROR".to_string(),
        "deregistered" => "DELETED".to_string(),
        "disabled" => "DEACTIVATED".to_string(),
        other => other.to_uppercase(),
    }
}

/// The tags of an image as the API takes them; here `Name` is the user's.
///
/// # Errors
/// For keys that AWS keeps for itself.
pub fn tags(meta: &BTreeMap<String, String>) -> crate::cloud::Result<Vec<Json>> {
    let mut others = meta.clone();
    let name = others.remove(tag::NAME);
    tag::list(name.as_deref(), &others, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_read_with_its_root_disk() {
        let body = json!({"imageId": "ami-1", "name": "base", "imageState": "available", "isPublic": false,
            "imageOwnerId": "123", "creationDate": "2026-11-20T10:00:00.000Z", "rootDeviceName": "/dev/sda1",
            "blockDeviceMapping": [{"deviceName": "/dev/sdb", "ebs": {"snapshotId": "snap-2", "volumeSize": 100}},
                {"deviceName": "/dev/sda1", "ebs": {"snapshotId": "snap-1", "volumeSize": 8}}],
            "tagSet": [{"key": "Name", "value": "n"}, {"key": "kind", "value": "nightly"}]});
        let read = Time::parse("2026-11-21T12:00:00Z").unwrap();
        let image = decode(&body, Some(&Whose::Own), &Arc::from("lab"), read).unwrap();
        assert_eq!((image.name.as_str(), image.status.as_str(), image.min_disk), ("base", "ACTIVE", 8));
        assert_eq!(image.visibility.as_deref(), Some("private"));
        let meta =
            [("Name", "n"), ("kind", "nightly")].map(|(key, value)| (key.to_string(), value.to_string()));
        assert_eq!(image.meta, BTreeMap::from(meta));
        assert_eq!(snapshots(&body), ["snap-2", "snap-1"]);
    }

    #[test]
    fn images_are_never_asked_for_without_an_owner() {
        let pairs = |whose: &Whose| -> Vec<String> {
            page(&Filter::default(), whose).pairs()[2..]
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect()
        };
        assert_eq!(pairs(&Whose::Own), ["Owner.1=self"]);
        assert_eq!(
            pairs(&Whose::Shared),
            ["ExecutableBy.1=self", "Filter.1.Name=is-public", "Filter.1.Value.1=false"]
        );
        assert_eq!(pairs(&Whose::Of("amazon".into())), ["Owner.1=amazon"]);
    }
}
