//! Ports: where servers, routers and floating IPs meet. Scripts do not see them; other nouns are read by them.

use super::super::call::{With, get};
use super::super::decode::{list, scalar, text};
use super::super::page;
use super::super::session::{Call, Service};
use super::of_these;
use serde_json::Value as Json;

/// A port as far as other nouns need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its id.
    pub id: String,
    /// What it belongs to.
    pub device: Option<String>,
    /// What kind of thing that is: `compute:nova`, `network:router_interface`.
    pub owner: String,
    /// Its addresses with the ids of their subnets.
    pub addresses: Vec<(Option<String>, String)>,
}

impl Port {
    /// The server that it belongs to.
    pub fn server(&self) -> Option<&str> {
        self.device.as_deref().filter(|_| is_server(&self.owner))
    }

    /// Its first IPv4 address.
    pub fn ipv4(&self) -> Option<&str> {
        self.addresses.iter().map(|(_, address)| address.as_str()).find(|address| !address.contains(':'))
    }

    /// Whether it joins a router to a subnet: plain, distributed, or made safe against failure.
    pub fn is_interface(&self) -> bool {
        self.owner.contains("router_interface") || self.owner == "network:ha_router_replicated_interface"
    }
}

/// Whether an owner is a server: `compute:` and its zone, or nothing where the cloud hides it.
pub fn is_server(owner: &str) -> bool {
    owner.is_empty() || owner.starts_with("compute:") || owner.starts_with("baremetal:")
}

/// Ask for the ports of these ids; of many, for all there are.
pub fn of_ids(ids: &[String]) -> Call {
    first(of_these("id", ids).unwrap_or_default())
}

/// Ask for the ports of a server or router.
pub fn of_device(device: &str) -> Call {
    first(vec![("device_id".to_string(), device.to_string())])
}

fn first(mut query: Vec<(String, String)>) -> Call {
    let fields = ["id", "device_id", "device_owner", "fixed_ips"];
    query.extend(fields.map(|field| ("fields".to_string(), field.to_string())));
    query.push(("limit".to_string(), page::PAGE.to_string()));
    get("port.list", Service::Network, "/ports").query(query)
}

/// A port from its description; `None` where it has no id.
pub fn decode(body: &Json) -> Option<Port> {
    let address = |fixed: &Json| Some((text(fixed, "subnet_id"), text(fixed, "ip_address")?));
    Some(Port {
        id: body.get("id").and_then(scalar)?,
        device: text(body, "device_id"),
        owner: text(body, "device_owner").unwrap_or_default(),
        addresses: list(body, "fixed_ips").into_iter().flatten().filter_map(address).collect(),
    })
}
