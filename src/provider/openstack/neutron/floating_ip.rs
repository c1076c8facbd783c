//! Floating IPs: their calls and the noun. They have no name, so a new one carries its call's marker as its description.

use super::super::call::{With, get, json, segment};
use super::super::decode::{scalar, text};
use super::super::page;
use super::super::session::{Call, Service};
use super::{described, own, port};
use crate::cloud::{Filter, NameMatch, PublicIp};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a listing may let through; their name is their address.
pub fn first(filter: &Filter, project: Option<&str>) -> Call {
    let mut query = vec![("limit".to_string(), page::size(filter))];
    if let Some(NameMatch::Exact(address)) = &filter.name {
        query.push(("floating_ip_address".to_string(), address.clone()));
    }
    get("floating_ip.list", Service::Network, "/floatingips").query(own(query, project))
}

/// Ask for one floating IP.
pub fn show(id: &str) -> Call {
    get("floating_ip.show", Service::Network, path(id))
}

/// Ask for a new one of this external network.
pub fn create(network: &str, marker: Option<&str>) -> Call {
    let mut body = Map::from_iter([("floating_network_id".to_string(), value!(network))]);
    if let Some(marker) = marker {
        body.insert("description".to_string(), value!(described(marker)));
    }
    json("floating_ip.create", Service::Network, Method::Post, "/floatingips", value!({ "floatingip": body }))
}

/// Ask for it to lead to an address of a port, or nowhere; one that leads elsewhere moves.
pub fn associate(id: &str, to: Option<(&str, Option<&str>)>) -> Call {
    let mut body = Map::from_iter([("port_id".to_string(), value!(to.map(|(port, _)| port)))]);
    if let Some((_, Some(address))) = to {
        body.insert("fixed_ip_address".to_string(), value!(address));
    }
    json("floating_ip.update", Service::Network, Method::Put, path(id), value!({ "floatingip": body }))
}

/// Ask for it to be given back.
pub fn delete(id: &str) -> Call {
    Call::new("floating_ip.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/floatingips/{}", segment(id))
}

/// A floating IP from its description; `None` where it has no id. Its pool is the external network's id until a name is known,
/// its server what the description itself tells of the port (clouds from 2018 on).
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<PublicIp> {
    let port_id = text(body, "port_id");
    let details = body.get("port_details").filter(|_| port_id.is_some());
    let server = details.and_then(|details| {
        let owner = text(details, "device_owner").unwrap_or_default();
        text(details, "device_id").filter(|_| port::is_server(&owner))
    });
    Some(PublicIp {
        id: body.get("id").and_then(scalar)?,
        address: text(body, "floating_ip_address").unwrap_or_default(),
        server,
        port: port_id,
        fixed_ip: text(body, "fixed_ip_address"),
        pool: text(body, "floating_network_id"),
        association: None,
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// Whether the description leaves open which server it leads to.
pub fn asks_for_port(ip: &PublicIp) -> bool {
    ip.port.is_some() && ip.raw.get("port_details").is_none_or(Json::is_null)
}

/// The port that a described address is assigned to.
pub fn port(body: &Json) -> Option<String> {
    text(body.get("floatingip")?, "port_id")
}
