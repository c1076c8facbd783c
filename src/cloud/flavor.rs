//! A flavor: the size of a server.

use super::described::Described;
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A flavor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flavor {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Virtual processors.
    pub vcpus: i64,
    /// MiB of memory.
    pub ram: i64,
    /// GiB of root disk; 0 where the server must boot from a volume.
    pub disk: i64,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Flavor {
    /// One that nobody has read: what it is called is all that is known of it.
    pub fn unread(name: &str, cloud: &Arc<str>) -> Flavor {
        let (id, name) = (name.to_string(), name.to_string());
        Flavor { id, name, vcpus: 0, ram: 0, disk: 0, cloud: cloud.clone(), raw: Arc::default() }
    }

    /// The fields of a flavor.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name."),
        Field::shown("vcpus", Ty::Int, "Virtual processors."),
        Field::shown("ram", Ty::Int, "Memory, MiB."),
        Field::shown("disk", Ty::Int, "Root disk, GiB."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Flavor {
    fn noun(&self) -> Noun {
        Noun::Flavor
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => Value::text(&self.name),
            "vcpus" => Value::Int(self.vcpus),
            "ram" => Value::Int(self.ram),
            "disk" => Value::Int(self.disk),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
