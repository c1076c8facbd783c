//! Routers: their calls and the noun.

use super::super::call::{With, get, json, segment};
use super::super::decode::{scalar, text};
use super::super::session::{Call, Service};
use super::{described, own, query};
use crate::cloud::{Filter, Router};
use crate::wire::{Intent, Method};
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter, project: Option<&str>) -> Call {
    let mut query = own(query(filter), project);
    query.extend(filter.status.iter().map(|status| ("status".to_string(), status.clone())));
    get("router.list", Service::Network, "/routers").query(query)
}

/// Ask for one router.
pub fn show(id: &str) -> Call {
    get("router.show", Service::Network, path(id))
}

/// Ask for a new router that leads to this external network. As with networks, the call's marker is its description.
pub fn create(name: &str, external: Option<&str>, marker: Option<&str>) -> Call {
    let mut router =
        Map::from_iter([("name".to_string(), value!(name)), ("admin_state_up".to_string(), value!(true))]);
    if let Some(external) = external {
        router.insert("external_gateway_info".to_string(), value!({ "network_id": external }));
    }
    if let Some(marker) = marker {
        router.insert("description".to_string(), value!(described(marker)));
    }
    json("router.create", Service::Network, Method::Post, "/routers", value!({ "router": router }))
}

/// Ask for a subnet to be joined. A PUT that is refused the second time, so it is sent once.
pub fn join(router: &str, subnet: &str) -> Call {
    let path = format!("{}/add_router_interface", path(router));
    json("router.add_interface", Service::Network, Method::Put, path, value!({ "subnet_id": subnet }))
        .intent(Intent::Once)
}

/// Ask for what a port joins to be left.
pub fn leave(router: &str, port: &str) -> Call {
    let path = format!("{}/remove_router_interface", path(router));
    json("router.remove_interface", Service::Network, Method::Put, path, value!({ "port_id": port }))
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("router.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/routers/{}", segment(id))
}

/// A router from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Router> {
    Some(Router {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        external: body.get("external_gateway_info").and_then(|gateway| text(gateway, "network_id")),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
