//! Finding a network by id or name: an id wins over a name, two of a name are an error, and so is none.

use super::super::call::{With, get};
use super::super::decode::{scalar, text};
use super::super::session::{Call, Service};
use crate::cloud::{Error, Kind, Result};
use serde_json::Value as Json;

/// A network as far as a boot needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Ask for a page of networks.
pub fn page(mut query: Vec<(String, String)>) -> Call {
    query.extend(["id", "name"].map(|field| ("fields".to_string(), field.to_string())));
    get("network.list", Service::Network, "/networks").query(query)
}

/// A network from its description; `None` where it has no id.
pub fn decode(body: &Json) -> Option<Network> {
    Some(Network { id: body.get("id").and_then(scalar)?, name: text(body, "name").unwrap_or_default() })
}

/// The id of the network that a text names.
pub fn choose(cloud: &str, wanted: &str, networks: &[Network]) -> Result<String> {
    named(cloud, wanted, networks).map_err(|mut error| {
        error.cloud = Some(cloud.to_string());
        error.provider = Some("openstack");
        error.service = Some("network");
        error
    })
}

fn named(cloud: &str, wanted: &str, networks: &[Network]) -> Result<String> {
    if let Some(network) = networks.iter().find(|network| network.id == wanted) {
        return Ok(network.id.clone());
    }
    let named: Vec<&Network> = networks.iter().filter(|network| network.name == wanted).collect();
    match named.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let mut error = Error::new(Kind::NotFound, format!("{cloud} has no network `{wanted}`"))
                .coded("cloud::not_found");
            let close = closest(wanted, networks);
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

/// Up to three names that are near, the nearest first.
fn closest<'a>(wanted: &str, networks: &'a [Network]) -> Vec<&'a str> {
    let lower = wanted.to_lowercase();
    let mut near: Vec<(f64, &str)> = networks
        .iter()
        .map(|network| (strsim::jaro_winkler(&lower, &network.name.to_lowercase()), network.name.as_str()))
        .filter(|(likeness, name)| *likeness > 0.7 && !name.is_empty())
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_wins_and_two_of_a_name_are_an_error() {
        let network = |id: &str, name: &str| Network { id: id.to_string(), name: name.to_string() };
        let all = [
            network("1", "private"),
            network("private", "other"),
            network("3", "twin"),
            network("4", "twin"),
        ];
        assert_eq!(choose("lab", "private", &all).ok().as_deref(), Some("private"));
        assert_eq!(choose("lab", "other", &all).ok().as_deref(), Some("private"));
        let twins = choose("lab", "twin", &all).unwrap_err();
        assert_eq!((twins.kind, twins.help.as_deref()), (Kind::Ambiguous, Some("name one by its id: 3, 4")));
        let missing = choose("lab", "privat", &all).unwrap_err();
        assert_eq!((missing.kind, missing.label.as_deref()), (Kind::NotFound, Some("closest: `private`")));
    }
}
