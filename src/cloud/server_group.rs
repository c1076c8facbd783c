//! Server groups: which servers are to be on one host, or on different ones. On EC2 they are placement groups, on CloudStack
//! affinity groups.

use super::described::Described;
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A server group as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServerGroup {
    /// Its id; on EC2 its name, by which placement groups are known there.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The provider's word: `anti-affinity`, on EC2 `spread`.
    pub policy: Option<String>,
    /// The ids of the servers in it.
    pub servers: Vec<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl ServerGroup {
    /// The fields of a server group.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id (on EC2 its name)."),
        Field::shown("name", Ty::Text, "Its name."),
        Field::shown(
            "policy",
            Ty::Text,
            "The provider's word: affinity, anti-affinity, soft-affinity or soft-anti-affinity; on EC2 cluster, spread or partition.",
        ),
        Field::shown("servers", Ty::ArrayOf(&Ty::Text), "The ids of the servers in it."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for ServerGroup {
    fn noun(&self) -> Noun {
        Noun::ServerGroup
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
            "name" => Value::optional_text(Some(&self.name)),
            "policy" => Value::optional_text(self.policy.as_deref()),
            "servers" => Value::Array(self.servers.iter().map(Value::text).collect()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
