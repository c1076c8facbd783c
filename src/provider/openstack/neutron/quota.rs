//! Quota and usage of a project's networks.

use super::super::call::{get, segment};
use super::super::decode::{int, text};
use super::super::session::{Call, Service};
use crate::cloud::Daemon;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Neutron's names and the language's.
const NAMES: [(&str, &str); 4] = [
    ("network", "networks"),
    ("port", "ports"),
    ("floatingip", "public_ips"),
    ("security_group", "security_groups"),
];

/// Ask for limits and usage (clouds from 2017 on).
pub fn details(project: &str) -> Call {
    get("quota.details", Service::Network, format!("/quotas/{}/details.json", segment(project)))
}

/// Ask for limits alone.
pub fn show(project: &str) -> Call {
    get("quota.show", Service::Network, format!("/quotas/{}", segment(project)))
}

/// Ask for Neutron's agents.
pub fn agents() -> Call {
    get("network.agents", Service::Network, "/agents")
}

/// An agent as a daemon.
pub fn agent(row: &Json) -> Option<Daemon> {
    let is = |key: &str| row.get(key).and_then(Json::as_bool).unwrap_or_default();
    Some(Daemon {
        name: text(row, "binary")?,
        host: text(row, "host").unwrap_or_default(),
        zone: text(row, "availability_zone"),
        state: if is("alive") { "up" } else { "down" }.to_string(),
        status: if is("admin_state_up") { "enabled" } else { "disabled" }.to_string(),
    })
}

/// Limits by name, and usage where it is told; -1 is none.
pub fn decode(body: &Json) -> BTreeMap<String, Option<i64>> {
    let quota = body.get("quota").unwrap_or(body);
    let told = |number: Option<i64>| number.filter(|number| *number >= 0);
    let of = |(theirs, ours): &(&str, &str)| {
        let one = quota.get(*theirs).filter(|one| one.is_object());
        let limit = told(one.map_or_else(|| int(quota, theirs), |one| int(one, "limit")));
        let used = one.and_then(|one| int(one, "used"));
        [(ours.to_string(), limit), (format!("{ours}_used"), used)]
    };
    NAMES.iter().flat_map(of).collect()
}
