//! Backups of volumes: copies that are kept apart from the storage that they are of.

use super::described::{self, Described};
use super::stored::shared_text;
use super::time::Time;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Every status that a backup can have.
pub const BACKUP_STATUSES: &[&str] =
    &["CREATING", "AVAILABLE", "RESTORING", "DELETING", "ERROR", "ERROR_DELETING", "DELETED", "UNKNOWN"];

/// A backup as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Backup {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// AVAILABLE, CREATING, RESTORING, ERROR …, in capitals.
    pub status: String,
    /// The id of the volume it is of.
    pub volume: Option<String>,
    /// Its size, GiB.
    pub size: i64,
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

impl Backup {
    /// The fields of a backup.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(BACKUP_STATUSES), "AVAILABLE, CREATING, RESTORING, ERROR."),
        Field::shown("volume", Ty::Text, "The id of the volume it is of, or ()."),
        Field::shown("size", Ty::Int, "Its size, GiB."),
        Field::shown("created", Ty::Time, "When it was made, or ()."),
        Field::new("age", Ty::Duration, "How long ago that was, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Backup {
    fn noun(&self) -> Noun {
        Noun::Backup
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
            "status" => Value::optional_text(Some(&self.status)),
            "volume" => Value::optional_text(self.volume.as_deref()),
            "size" => Value::Int(self.size),
            "created" => described::time(self.created),
            "age" => described::age(self.created, self.read),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
