//! Networks, subnets, routers, and the public addresses that lead to servers.

use super::described::{self, Described};
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Every status that a network can have.
pub const NETWORK_STATUSES: &[&str] = &["ACTIVE", "BUILD", "DOWN", "ERROR", "DELETED", "UNKNOWN"];

/// Every status that a router can have.
pub const ROUTER_STATUSES: &[&str] =
    &["ACTIVE", "ALLOCATING", "BUILD", "DOWN", "ERROR", "DELETED", "UNKNOWN"];

/// A network as the cloud last described it; on EC2 a network is a subnet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// ACTIVE, BUILD, DOWN, ERROR …, in capitals.
    pub status: String,
    /// Its address ranges; empty where the cloud does not tell them with the network and they were not asked for.
    pub cidrs: Vec<String>,
    /// Whether it leads out of the cloud.
    pub external: Option<bool>,
    /// Whether other projects may use it.
    pub shared: Option<bool>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Network {
    /// The fields of a network.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(NETWORK_STATUSES), "ACTIVE, BUILD, DOWN, ERROR."),
        Field::shown("cidrs", Ty::ArrayOf(&Ty::Text), "Its address ranges, such as 10.0.0.0/24."),
        Field::shown("external", Ty::Bool, "Whether it leads out of the cloud, or ()."),
        Field::shown("shared", Ty::Bool, "Whether other projects may use it, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Network {
    fn noun(&self) -> Noun {
        Noun::Network
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
            "cidrs" => Value::Array(self.cidrs.iter().map(Value::text).collect()),
            "external" => described::truth(self.external),
            "shared" => described::truth(self.shared),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A subnet as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// The id of the network it is part of; on EC2 of its VPC.
    pub network: Option<String>,
    /// Its address range.
    pub cidr: Option<String>,
    /// The address of its gateway.
    pub gateway: Option<String>,
    /// 4 or 6.
    pub version: Option<i64>,
    /// The availability zone, where it is in one.
    pub zone: Option<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Subnet {
    /// The fields of a subnet.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("network", Ty::Text, "The id of the network it is part of (on EC2 its VPC)."),
        Field::shown("cidr", Ty::Text, "Its address range, such as 10.0.0.0/24."),
        Field::shown("gateway", Ty::Text, "The address of its gateway, or ()."),
        Field::new("version", Ty::Int, "4 or 6."),
        Field::new("zone", Ty::Text, "The availability zone, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Subnet {
    fn noun(&self) -> Noun {
        Noun::Subnet
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
        let text = Value::optional_text;
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => text(Some(&self.name)),
            "network" => text(self.network.as_deref()),
            "cidr" => text(self.cidr.as_deref()),
            "gateway" => text(self.gateway.as_deref()),
            "version" => described::number(self.version),
            "zone" => text(self.zone.as_deref()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A router as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Router {
    /// Its id.
    pub id: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// ACTIVE, BUILD, ERROR …, in capitals.
    pub status: String,
    /// The id of the external network it leads to.
    pub external: Option<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Router {
    /// The fields of a router.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name, or ().").changed_by(&["rename", "update"]),
        Field::shown("status", Ty::OneOf(ROUTER_STATUSES), "ACTIVE, BUILD, ERROR."),
        Field::shown("external", Ty::Text, "The id of the external network it leads to, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Router {
    fn noun(&self) -> Noun {
        Noun::Router
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
            "external" => Value::optional_text(self.external.as_deref()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A floating, elastic or public IP address as the cloud last described it; its name is the address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublicIp {
    /// Its id; on EC2-Classic the address itself.
    pub id: String,
    /// The address.
    pub address: String,
    /// The id of the server it leads to; `None` when it is free.
    pub server: Option<String>,
    /// The id of the port or network interface it leads to.
    pub port: Option<String>,
    /// The address behind it: of the server's network.
    pub fixed_ip: Option<String>,
    /// Where it was taken from: the external network's name, or the provider's pool.
    pub pool: Option<String>,
    /// What joins it to its server, by the provider's id (EC2); OpenStack needs none.
    pub association: Option<String>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl PublicIp {
    /// The fields of a public IP.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("address", Ty::Text, "The address."),
        Field::shown("server", Ty::Text, "The id of the server it leads to, or () when it is free."),
        Field::shown("port", Ty::Text, "The id of the port it leads to, or ()."),
        Field::new("fixed_ip", Ty::Text, "The address behind it, in the server's network, or ()."),
        Field::shown("pool", Ty::Text, "Where it was taken from, or ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for PublicIp {
    fn noun(&self) -> Noun {
        Noun::PublicIp
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.address
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        let text = Value::optional_text;
        Some(match name {
            "id" => Value::text(&self.id),
            "address" => Value::text(&self.address),
            "server" => text(self.server.as_deref()),
            "port" => text(self.port.as_deref()),
            "fixed_ip" => text(self.fixed_ip.as_deref()),
            "pool" => text(self.pool.as_deref()),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// A network to be made.
#[derive(Debug, Clone, Default)]
pub struct NetworkSpec {
    /// Its name.
    pub name: String,
    /// Its address range; none where it gets no subnet.
    pub cidr: Option<String>,
    /// Merged into the provider's own request.
    pub provider: Option<serde_json::Value>,
}

/// A router to be made.
#[derive(Debug, Clone, Default)]
pub struct RouterSpec {
    /// Its name.
    pub name: String,
    /// The id of the external network it leads to.
    pub external: Option<String>,
    /// The ids of the networks it joins.
    pub networks: Vec<String>,
}
