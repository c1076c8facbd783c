//! Volumes and key pairs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::ask::{Asked, Row, ask, given, tags, words};
use super::{Notes, kind};
use crate::world::World;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Resource, Shape, Site, as_text, live, needed, plain,
};

fn changed_volume(site: &Site<'_>, before: &Value) -> Vec<(&'static str, Asked)> {
    let names = ["Size", "VolumeType", "Iops", "Throughput"];
    let changed = names
        .into_iter()
        .filter(|name| site.properties[*name] != before[*name] && !site.properties[*name].is_null());
    let mut asked: Asked = changed.map(|name| (name.to_owned(), as_text(&site.properties[name]))).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    asked.push(("VolumeId".into(), site.physical.clone()));
    vec![("ModifyVolume", asked)]
}

/// A volume's place at an instance.
struct Attachment(Notes);

impl Behaviour for Attachment {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let asked =
            given(site, &[("InstanceId", "InstanceId"), ("VolumeId", "VolumeId"), ("Device", "Device")]);
        let request = site.asker.request.clone();
        ask(&self.0, site, "AttachVolume", asked).map_err(|why| words(&why, &request))?;
        let physical = format!(
            "{}|{}",
            site.text("VolumeId").unwrap_or_default(),
            site.text("InstanceId").unwrap_or_default()
        );
        Ok(Made { physical, data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let volume = site.text("VolumeId").unwrap_or_default();
        let states = |site: &mut Site<'_>| {
            let shown = ask(&self.0, site, "DescribeVolumes", vec![("VolumeId.1".into(), volume.clone())]);
            shown.map(|shown| shown.all("status")).unwrap_or_default()
        };
        let has = |states: &[String], word: &str| states.iter().any(|state| state == word);
        if !has(&states(site), "detaching") {
            let _ = ask(&self.0, site, "DetachVolume", vec![("VolumeId".into(), volume.clone())]);
        }
        let now = states(site);
        if now.is_empty() || has(&now, "available") { Progress::Done } else { Progress::Wait }
    }
}

/// A key pair.
struct Key(Notes);

impl Behaviour for Key {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let name = site.text("KeyName").unwrap_or_default();
        let mut asked: Asked = vec![("KeyName".into(), name.clone())];
        let action = match site.text("PublicKeyMaterial") {
            Some(text) => {
                asked.push(("PublicKeyMaterial".into(), STANDARD.encode(text)));
                "ImportKeyPair"
            }
            None => "CreateKeyPair",
        };
        let request = site.asker.request.clone();
        let told = ask(&self.0, site, action, asked).map_err(|why| words(&why, &request))?;
        let data = serde_json::json!({"KeyPairId": told.first("keyPairId"), "KeyFingerprint": told.first("keyFingerprint")});
        Ok(Made { physical: name, data })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let _ = ask(&self.0, site, "DeleteKeyPair", vec![("KeyName".into(), site.physical.clone())]);
        Progress::Done
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        resource.data.get(name).cloned()
    }

    fn is_there(&self, world: &World, resource: &Resource) -> Option<bool> {
        Some(world.keypairs.iter().any(|key| Some(key.name.as_str()) == resource.physical.as_deref()))
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    add_volumes(kinds, notes);
    kinds.push(kind(
        "AWS::EC2::VolumeAttachment",
        const {
            &[
                needed("InstanceId", Shape::Text),
                needed("VolumeId", Shape::Text),
                plain("Device", Shape::Text),
            ]
        },
        &[],
        Attachment(Arc::clone(notes)),
    ));
    kinds.push(kind(
        "AWS::EC2::KeyPair",
        const {
            &[
                needed("KeyName", Shape::Text),
                plain("PublicKeyMaterial", Shape::Text),
                plain("KeyType", Shape::Text),
                plain("KeyFormat", Shape::Text),
                live("Tags", Shape::List),
            ]
        },
        &["KeyPairId", "KeyFingerprint"],
        Key(Arc::clone(notes)),
    ));
}

fn add_volumes(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    kinds.push(kind(
        "AWS::EC2::Volume",
        const {
            &[
                needed("AvailabilityZone", Shape::Text),
                live("Size", Shape::Integer),
                plain("SnapshotId", Shape::Text),
                live("VolumeType", Shape::Text),
                plain("Encrypted", Shape::Flag),
                live("Iops", Shape::Integer),
                live("Throughput", Shape::Integer),
                live("Tags", Shape::List),
                plain("KmsKeyId", Shape::Text),
                live("AutoEnableIO", Shape::Flag),
                plain("MultiAttachEnabled", Shape::Flag),
            ]
        },
        &["VolumeId"],
        Row {
            notes: Arc::clone(notes),
            make: "CreateVolume",
            id: "volumeId",
            build: |site| {
                let mut asked = given(
                    site,
                    &[
                        ("AvailabilityZone", "AvailabilityZone"),
                        ("Size", "Size"),
                        ("SnapshotId", "SnapshotId"),
                        ("VolumeType", "VolumeType"),
                        ("Encrypted", "Encrypted"),
                    ],
                );
                tags(site, "volume", &mut asked);
                asked
            },
            then: |_, _| Vec::new(),
            change: changed_volume,
            show: ("DescribeVolumes", "VolumeId.1"),
            state: ("status", "available", &["error"]),
            delete: ("DeleteVolume", "VolumeId"),
            gone: "",
            attributes: &[("VolumeId", "volumeId")],
        },
    ));
}
