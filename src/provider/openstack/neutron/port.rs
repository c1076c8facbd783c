//! Ports: where servers, routers and floating IPs meet: their calls, the noun, and as much of one as other nouns are read by.

use super::super::call::{With, get, json, segment};
use super::super::decode::{list, scalar, text};
use super::super::page;
use super::super::session::{Call, Service};
use super::{described, of_these, own, query};
use crate::cloud::port::NameUpdate;
use crate::cloud::{Filter, Port, PortSpec};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// A port as far as other nouns need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortUse {
    /// Its id.
    pub id: String,
    /// What it belongs to.
    pub device: Option<String>,
    /// What kind of thing that is: `compute:nova`, `network:router_interface`.
    pub owner: String,
    /// Its addresses with the ids of their subnets.
    pub addresses: Vec<(Option<String>, String)>,
}

impl PortUse {
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
    short(of_these("id", ids).unwrap_or_default())
}

/// Ask for the ports of a server or router.
pub fn of_device(device: &str) -> Call {
    short(vec![("device_id".to_string(), device.to_string())])
}

fn short(mut query: Vec<(String, String)>) -> Call {
    let fields = ["id", "device_id", "device_owner", "fixed_ips"];
    query.extend(fields.map(|field| ("fields".to_string(), field.to_string())));
    query.push(("limit".to_string(), page::PAGE.to_string()));
    get("port.list", Service::Network, "/ports").query(query)
}

/// As much of a port from its description; `None` where it has no id.
pub fn decode_use(body: &Json) -> Option<PortUse> {
    let address = |fixed: &Json| Some((text(fixed, "subnet_id"), text(fixed, "ip_address")?));
    Some(PortUse {
        id: body.get("id").and_then(scalar)?,
        device: text(body, "device_id"),
        owner: text(body, "device_owner").unwrap_or_default(),
        addresses: list(body, "fixed_ips").into_iter().flatten().filter_map(address).collect(),
    })
}

/// Ask for ids, names and owners of the ports of this name.
pub fn named(name: &str) -> Call {
    short(vec![("name".to_string(), name.to_string()), ("fields".to_string(), "name".to_string())])
}

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter, project: Option<&str>) -> Call {
    let mut query = query(filter);
    if let [status] = filter.status.as_slice() {
        query.push(("status".to_string(), status.clone()));
    }
    for (key, text) in [("network_id", &filter.network), ("device_id", &filter.server)] {
        query.extend(text.iter().map(|text| (key.to_string(), text.clone())));
    }
    query.extend(filter.ip.iter().map(|ip| ("fixed_ips".to_string(), format!("ip_address={ip}"))));
    get("port.list", Service::Network, "/ports").query(own(query, project))
}

/// Ask for one port.
pub fn show(id: &str) -> Call {
    get("port.show", Service::Network, path(id))
}

/// Ask for a new port. Scripts give it no description, so that is where the call's marker is.
pub fn create(spec: &PortSpec, marker: Option<&str>) -> Call {
    let mut port = Map::from_iter([
        ("name".to_string(), value!(spec.name)),
        ("network_id".to_string(), value!(spec.network)),
    ]);
    if let Some(marker) = marker {
        port.insert("description".to_string(), value!(described(marker)));
    }
    if let Some(ip) = &spec.ip {
        port.insert("fixed_ips".to_string(), value!([{ "ip_address": ip }]));
    }
    if let Some(groups) = &spec.security_groups {
        port.insert("security_groups".to_string(), value!(groups));
    }
    if !spec.allowed_address_pairs.is_empty() {
        let pairs = spec.allowed_address_pairs.iter().map(|pair| {
            let mut one = Map::from_iter([("ip_address".to_string(), value!(pair.ip))]);
            one.extend(pair.mac.iter().map(|mac| ("mac_address".to_string(), value!(mac))));
            Json::Object(one)
        });
        port.insert("allowed_address_pairs".to_string(), pairs.collect());
    }
    port.extend(spec.provider.as_ref().and_then(Json::as_object).cloned().unwrap_or_default());
    json("port.create", Service::Network, Method::Post, "/ports", value!({ "port": port }))
}

/// Ask for another name or description.
pub fn update(id: &str, update: &NameUpdate) -> Call {
    let mut port = Map::new();
    for (key, text) in [("name", &update.name), ("description", &update.description)] {
        port.extend(text.iter().map(|text| (key.to_string(), value!(text))));
    }
    json("port.update", Service::Network, Method::Put, path(id), value!({ "port": port }))
}

/// Whether a port is called and described like this.
pub fn is_updated(body: &Json, update: &NameUpdate) -> bool {
    let says = |key: &str, wanted: &Option<String>| {
        let told = body.get("port").and_then(|port| text(port, key)).unwrap_or_default();
        wanted.as_ref().is_none_or(|wanted| *wanted == told)
    };
    says("name", &update.name) && says("description", &update.description)
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("port.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/ports/{}", segment(id))
}

/// A port from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Port> {
    let short = decode_use(body)?;
    let groups = list(body, "security_groups").into_iter().flatten();
    Some(Port {
        server: short.server().map(str::to_string),
        id: short.id,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        network: text(body, "network_id"),
        ips: short.addresses.into_iter().map(|(_, address)| address).collect(),
        mac: text(body, "mac_address"),
        security_groups: groups.filter_map(scalar).collect(),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
