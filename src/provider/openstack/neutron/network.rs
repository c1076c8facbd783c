//! Networks: their calls, the noun, and finding one by id or name: an id wins over a name, two of a name are an error.

use super::super::call::{With, get, json, segment};
use super::super::decode::{scalar, text};
use super::super::session::{Call, Service};
use super::{described, own, query};
use crate::cloud::nearest::nearest;
use crate::cloud::{Error, Filter, Kind, Network, Result};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page of what a listing may let through: every network that this project may see.
pub fn first(filter: &Filter) -> Call {
    let mut query = query(filter);
    query.extend(filter.status.iter().map(|status| ("status".to_string(), status.clone())));
    query.extend(filter.external.map(|external| ("router:external".to_string(), external.to_string())));
    get("network.list", Service::Network, "/networks").query(query)
}

/// Ask for the first page of the project's own networks of this name.
pub fn own_named(name: &str, project: Option<&str>) -> Call {
    let query = own(query(&Filter::named(name)), project);
    get("network.list", Service::Network, "/networks").query(query)
}

/// Ask for a page of ids and names, and whose they are.
pub fn page(mut query: Vec<(String, String)>) -> Call {
    let fields = ["id", "name", "project_id", "tenant_id", "shared", "router:external"];
    query.extend(fields.map(|field| ("fields".to_string(), field.to_string())));
    get("network.list", Service::Network, "/networks").query(query)
}

/// Ask for ids and names of the networks that lead out of the cloud.
pub fn external() -> Call {
    page(vec![("router:external".to_string(), "true".to_string())])
}

/// Ask for one network.
pub fn show(id: &str) -> Call {
    get("network.show", Service::Network, path(id))
}

/// Ask for a new network. Scripts give it no description, so that is where the call's marker is.
pub fn create(name: &str, marker: Option<&str>, provider: Option<&Json>) -> Call {
    let mut network =
        Map::from_iter([("name".to_string(), value!(name)), ("admin_state_up".to_string(), value!(true))]);
    if let Some(marker) = marker {
        network.insert("description".to_string(), value!(described(marker)));
    }
    network.extend(provider.and_then(Json::as_object).cloned().unwrap_or_default());
    json("network.create", Service::Network, Method::Post, "/networks", value!({ "network": network }))
}

/// Ask for a deletion; its subnets go with it.
pub fn delete(id: &str) -> Call {
    Call::new("network.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/networks/{}", segment(id))
}

/// A network from its description; `None` where it has no id. Its ranges are its subnets' to tell.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Network> {
    Some(Network {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        status: text(body, "status").unwrap_or_default().to_ascii_uppercase(),
        cidrs: Vec::new(),
        external: body.get("router:external").and_then(Json::as_bool),
        shared: body.get("shared").and_then(Json::as_bool),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// The network that a text names.
pub fn choose<'a>(cloud: &str, wanted: &str, networks: &'a [Network]) -> Result<&'a Network> {
    named(cloud, wanted, networks).map_err(|mut error| {
        error.cloud = Some(cloud.to_string());
        error.provider = Some("openstack");
        error.service = Some("network");
        error
    })
}

fn named<'a>(cloud: &str, wanted: &str, networks: &'a [Network]) -> Result<&'a Network> {
    if let Some(network) = networks.iter().find(|network| network.id == wanted) {
        return Ok(network);
    }
    let named: Vec<&Network> = networks.iter().filter(|network| network.name == wanted).collect();
    match named.as_slice() {
        [one] => Ok(one),
        [] => {
            let mut error = Error::new(Kind::NotFound, format!("{cloud} has no network `{wanted}`"))
                .coded("cloud::not_found");
            let close = nearest(wanted, networks.iter().map(|network| network.name.as_str()), 3);
            if !close.is_empty() {
                let names: Vec<String> = close.iter().map(|name| format!("`{name}`")).collect();
                error = error.help(format!("choose one of {}", names.join(", ")));
                error.label = Some(format!("closest: {}", names.join(", ")));
            }
            Err(error)
        }
        many => {
            let ids: Vec<&str> = many.iter().map(|network| network.id.as_str()).collect();
            let message = format!("{cloud} has {} networks named `{wanted}`", many.len());
            Err(Error::new(Kind::Ambiguous, message)
                .coded("cloud::ambiguous")
                .help(format!("name one by its id: {}", ids.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_wins_and_two_of_a_name_are_an_error() {
        let network =
            |id: &str, name: &str| decode(&value!({"id": id, "name": name}), &"lab".into()).unwrap();
        let all = [
            network("1", "private"),
            network("private", "other"),
            network("3", "twin"),
            network("4", "twin"),
        ];
        let id = |wanted: &str| choose("lab", wanted, &all).map(|network| network.id.as_str());
        assert_eq!(id("private").ok(), Some("private"));
        assert_eq!(id("other").ok(), Some("private"));
        let twins = id("twin").unwrap_err();
        assert_eq!((twins.kind, twins.help.as_deref()), (Kind::Ambiguous, Some("name one by its id: 3, 4")));
        let missing = id("privat").unwrap_err();
        assert_eq!((missing.kind, missing.label.as_deref()), (Kind::NotFound, Some("closest: `private`")));
    }
}
