//! Ports: places in a network with an address and rules of their own, which a server has or nobody yet. On EC2 they are network
//! interfaces.

use super::described::Described;
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Every status that a port can have.
pub const PORT_STATUSES: &[&str] = &["ACTIVE", "BUILD", "DOWN", "ERROR", "N/A", "DELETED", "UNKNOWN"];

/// A port as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Port {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// ACTIVE, BUILD, DOWN, ERROR …, in capitals.
    pub status: String,
    /// The id of the network it is in; on EC2 of the subnet.
    pub network: Option<String>,
    /// Its addresses.
    pub ips: Vec<String>,
    /// Its hardware address.
    pub mac: Option<String>,
    /// The id of the server that has it.
    pub server: Option<String>,
    /// The ids of its security groups.
    pub security_groups: Vec<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Port {
    /// The fields of a port.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(PORT_STATUSES), "ACTIVE at a server; DOWN where nothing has it."),
        Field::shown("network", Ty::Text, "The id of the network it is in (on EC2 the subnet)."),
        Field::shown("ip", Ty::Text, "Its first address, IPv4 before IPv6, or ()."),
        Field::new("ips", Ty::ArrayOf(&Ty::Text), "All of its addresses."),
        Field::new("mac", Ty::Text, "Its hardware address, or ()."),
        Field::shown("server", Ty::Text, "The id of the server that has it, or ()."),
        Field::new("security_groups", Ty::ArrayOf(&Ty::Text), "The ids of its security groups."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];

    /// Its first address, IPv4 before IPv6.
    pub fn ip(&self) -> Option<&str> {
        let mut ips = self.ips.iter().map(String::as_str);
        ips.clone().find(|ip| !ip.contains(':')).or_else(|| ips.next())
    }
}

impl Described for Port {
    fn noun(&self) -> Noun {
        Noun::Port
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

    fn addresses(&self) -> Vec<&str> {
        self.ips.iter().map(String::as_str).collect()
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
            "network" => text(self.network.as_deref()),
            "ip" => text(self.ip()),
            "ips" => Value::Array(self.ips.iter().map(Value::text).collect()),
            "mac" => text(self.mac.as_deref()),
            "server" => text(self.server.as_deref()),
            "security_groups" => Value::Array(self.security_groups.iter().map(Value::text).collect()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// Addresses that a port may send from beside its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressPair {
    /// An address or a range.
    pub ip: String,
    /// A hardware address; the port's own where none is given.
    pub mac: Option<String>,
}

/// A port to be made.
#[derive(Debug, Clone, Default)]
pub struct PortSpec {
    /// Its name.
    pub name: String,
    /// The id of its network.
    pub network: String,
    /// Its address; one of the cloud's choice where none is given.
    pub ip: Option<String>,
    /// Ids of security groups; the cloud's default where nothing is given.
    pub security_groups: Option<Vec<String>>,
    /// What it may send from beside its own address.
    pub allowed_address_pairs: Vec<AddressPair>,
    /// Merged into the provider's own request.
    pub provider: Option<serde_json::Value>,
}

/// What `update` changes of what has a name and a description; `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new description.
    pub description: Option<String>,
}
