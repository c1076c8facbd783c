//! Block volumes and their snapshots.

use super::described::{self, Described};
use super::server::text_map;
use super::stored::shared_text;
use super::time::Time;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every status that a volume can have.
pub const VOLUME_STATUSES: &[&str] = &[
    "CREATING",
    "AVAILABLE",
    "RESERVED",
    "ATTACHING",
    "IN-USE",
    "DETACHING",
    "MAINTENANCE",
    "EXTENDING",
    "RETYPING",
    "UPLOADING",
    "DOWNLOADING",
    "BACKING-UP",
    "RESTORING-BACKUP",
    "AWAITING-TRANSFER",
    "MANAGING",
    "DELETING",
    "ERROR",
    "ERROR_DELETING",
    "ERROR_EXTENDING",
    "ERROR_BACKING-UP",
    "ERROR_RESTORING",
    "ERROR_MANAGING",
    "DELETED",
    "UNKNOWN",
];

/// Every status that a snapshot can have.
pub const SNAPSHOT_STATUSES: &[&str] = &[
    "CREATING",
    "AVAILABLE",
    "BACKING-UP",
    "RESTORING",
    "UNMANAGING",
    "DELETING",
    "ERROR",
    "ERROR_DELETING",
    "DELETED",
    "UNKNOWN",
];

/// A volume as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Volume {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// CREATING, AVAILABLE, ATTACHING, IN-USE, DETACHING, EXTENDING, DELETING, ERROR …, in capitals.
    pub status: String,
    /// GiB.
    pub size: i64,
    /// The provider's type of storage, by name.
    pub kind: Option<String>,
    /// The availability zone.
    pub zone: Option<String>,
    /// Whether a server can start from it.
    pub bootable: Option<bool>,
    /// The id of the server it is attached to; of the first, where several share it.
    pub server: Option<String>,
    /// Where that server sees it, such as `/dev/vdb`.
    pub device: Option<String>,
    /// The id of the snapshot it was made from.
    pub snapshot: Option<String>,
    /// The id of the image it was made from.
    pub image: Option<String>,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Time>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// When it was read.
    pub read: Time,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Volume {
    /// The fields of a volume.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(VOLUME_STATUSES), "CREATING, AVAILABLE, IN-USE, ERROR and so on."),
        Field::shown("size", Ty::Int, "GiB.").changed_by(&["extend"]),
        Field::shown("type", Ty::Text, "The cloud's type of storage, or ()."),
        Field::new("zone", Ty::Text, "The availability zone, or ()."),
        Field::new("bootable", Ty::Bool, "Whether a server can start from it, or ()."),
        Field::shown("server", Ty::Text, "The id of the server it is attached to, or ().")
            .changed_by(&["attach", "detach"]),
        Field::shown("device", Ty::Text, "Where that server sees it, such as /dev/vdb, or ()."),
        Field::new("snapshot", Ty::Text, "The id of the snapshot it was made from, or ()."),
        Field::new("image", Ty::Text, "The id of the image it was made from, or ()."),
        Field::new("meta", Ty::MapOf(&Ty::Text), "Its metadata.").changed_by(&["set_meta", "delete_meta"]),
        Field::new("created", Ty::Time, "When it was made."),
        Field::new("age", Ty::Duration, "How long ago it was made, when it was read."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Volume {
    fn noun(&self) -> Noun {
        Noun::Volume
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        let text = Value::optional_text;
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => text(Some(&self.name)),
            "status" => text(Some(&self.status)),
            "size" => Value::Int(self.size),
            "type" => text(self.kind.as_deref()),
            "zone" => text(self.zone.as_deref()),
            "bootable" => described::truth(self.bootable),
            "server" => text(self.server.as_deref()),
            "device" => text(self.device.as_deref()),
            "snapshot" => text(self.snapshot.as_deref()),
            "image" => text(self.image.as_deref()),
            "meta" => text_map(&self.meta),
            "created" => described::time(self.created),
            "age" => described::age(self.created, self.read),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A volume's snapshot as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// CREATING, AVAILABLE, DELETING, ERROR …, in capitals.
    pub status: String,
    /// The id of the volume it was made of.
    pub volume: Option<String>,
    /// GiB.
    pub size: i64,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Time>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// When it was read.
    pub read: Time,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Snapshot {
    /// The fields of a snapshot.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(SNAPSHOT_STATUSES), "CREATING, AVAILABLE, ERROR and so on."),
        Field::shown("volume", Ty::Text, "The id of the volume it was made of, or ()."),
        Field::shown("size", Ty::Int, "GiB.").changed_by(&["extend"]),
        Field::new("meta", Ty::MapOf(&Ty::Text), "Its metadata.").changed_by(&["set_meta", "delete_meta"]),
        Field::new("created", Ty::Time, "When it was made."),
        Field::new("age", Ty::Duration, "How long ago it was made, when it was read."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Snapshot {
    fn noun(&self) -> Noun {
        Noun::Snapshot
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        let text = Value::optional_text;
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => text(Some(&self.name)),
            "status" => text(Some(&self.status)),
            "volume" => text(self.volume.as_deref()),
            "size" => Value::Int(self.size),
            "meta" => text_map(&self.meta),
            "created" => described::time(self.created),
            "age" => described::age(self.created, self.read),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A volume to be made.
#[derive(Debug, Clone, Default)]
pub struct VolumeSpec {
    /// Its name.
    pub name: String,
    /// GiB, 1 or more.
    pub size: i64,
    /// The provider's type of storage.
    pub kind: Option<String>,
    /// The id of the image it is filled from.
    pub image: Option<String>,
    /// The id of the snapshot it is filled from.
    pub snapshot: Option<String>,
    /// The availability zone.
    pub zone: Option<String>,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
}
