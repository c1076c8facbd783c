//! Subnets: their calls and the noun.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, scalar, text};
use super::super::page;
use super::super::session::{Call, Service};
use super::{of_these, query};
use crate::cloud::{Filter, Subnet};
use crate::wire::Method;
use serde_json::{Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter) -> Call {
    let mut query = query(filter);
    query.extend(filter.network.iter().map(|network| ("network_id".to_string(), network.clone())));
    get("subnet.list", Service::Network, "/subnets").query(query)
}

/// Ask for the subnets of networks, in one list; of many networks, for all there are.
pub fn of_networks(networks: &[String]) -> Call {
    let mut query = of_these("network_id", networks).unwrap_or_default();
    query.push(("limit".to_string(), page::PAGE.to_string()));
    get("subnet.list", Service::Network, "/subnets").query(query)
}

/// Ask for one subnet.
pub fn show(id: &str) -> Call {
    get("subnet.show", Service::Network, path(id))
}

/// Ask for a new subnet that is all of this range.
pub fn create(network: &str, name: &str, cidr: &str) -> Call {
    let version = if cidr.contains(':') { 6 } else { 4 };
    let body = value!({"subnet": {"network_id": network, "name": name, "cidr": cidr, "ip_version": version}});
    json("subnet.create", Service::Network, Method::Post, "/subnets", body)
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("subnet.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/subnets/{}", segment(id))
}

/// A subnet from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Subnet> {
    Some(Subnet {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        network: text(body, "network_id"),
        cidr: text(body, "cidr"),
        gateway: text(body, "gateway_ip"),
        version: int(body, "ip_version"),
        zone: None,
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
