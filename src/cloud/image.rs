//! An image, and which ones to list.

use super::described::Described;
use super::server::text_map;
use super::stored::shared_text;
use super::time::Time;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use crate::base::stream::Content;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every status that an image can have.
pub const STATUSES: &[&str] = &[
    "QUEUED",
    "SAVING",
    "UPLOADING",
    "IMPORTING",
    "ACTIVE",
    "DEACTIVATED",
    "ERROR",
    "KILLED",
    "PENDING_DELETE",
    "DELETED",
    "UNKNOWN",
];

/// An image that is to be made of bytes.
#[derive(Debug, Clone)]
pub struct ImageSpec {
    /// Its name.
    pub name: String,
    /// What its bytes are.
    pub content: Arc<dyn Content>,
    /// How they lie: raw, qcow2, vmdk …
    pub disk_format: String,
    /// What they are in: bare, ova …
    pub container_format: String,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
    /// public, private, shared or community; the cloud's own where not told.
    pub visibility: Option<String>,
}

/// What was saved of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedImage {
    /// Bytes.
    pub size: u64,
    /// Whether the cloud told how many they are, which they are.
    pub sized: bool,
    /// Whether the cloud told a checksum, which they have.
    pub checked: bool,
}

/// An image as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Image {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// QUEUED, SAVING, ACTIVE, ERROR, DELETED …: the provider's word in capitals.
    pub status: String,
    /// Bytes; `None` until it is known.
    pub size: Option<i64>,
    /// GiB.
    pub min_disk: i64,
    /// MiB.
    pub min_ram: i64,
    /// Its metadata: the properties that are the user's.
    pub meta: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Time>,
    /// public, private, shared or community.
    pub visibility: Option<String>,
    /// The owning project.
    pub owner: Option<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// When it was read.
    pub read: Time,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Image {
    /// The fields of an image.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name.").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(STATUSES), "QUEUED, SAVING, ACTIVE, ERROR and so on."),
        Field::shown("size", Ty::Int, "Bytes, or () while it is not known."),
        Field::shown("min_disk", Ty::Int, "The smallest disk it boots from, GiB.").changed_by(&["update"]),
        Field::shown("min_ram", Ty::Int, "The least memory it boots with, MiB.").changed_by(&["update"]),
        Field::new("meta", Ty::MapOf(&Ty::Text), "Its metadata.").changed_by(&["set_meta", "delete_meta"]),
        Field::new("created", Ty::Time, "When it was made."),
        Field::new("age", Ty::Duration, "How long ago it was made, when it was read."),
        Field::shown("visibility", Ty::Text, "public, private, shared or community; or ().")
            .changed_by(&["update"]),
        Field::new("owner", Ty::Text, "The owning project's id, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];

    /// One that a cloud has accepted and not described.
    pub fn accepted(
        id: String,
        name: String,
        meta: BTreeMap<String, String>,
        cloud: Arc<str>,
        read: Time,
    ) -> Image {
        Image {
            id,
            name,
            status: "QUEUED".to_string(),
            size: None,
            min_disk: 0,
            min_ram: 0,
            meta,
            created: None,
            visibility: None,
            owner: None,
            cloud,
            read,
            raw: Arc::default(),
        }
    }
}

impl Described for Image {
    fn noun(&self) -> Noun {
        Noun::Image
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
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => Value::optional_text(Some(&self.name)),
            "status" => Value::text(&self.status),
            "size" => self.size.map_or(Value::Unit, Value::Int),
            "min_disk" => Value::Int(self.min_disk),
            "min_ram" => Value::Int(self.min_ram),
            "meta" => text_map(&self.meta),
            "created" => self.created.map_or(Value::Unit, Value::Time),
            "age" => self.created.map_or(Value::Unit, |created| Value::Span(self.read.since(created))),
            "visibility" => Value::optional_text(self.visibility.as_deref()),
            "owner" => Value::optional_text(self.owner.as_deref()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
