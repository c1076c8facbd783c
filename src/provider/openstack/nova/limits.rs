//! Quota and usage by the language's names, and the availability zones.

use super::super::call::{With, get};
use super::super::decode::{int, list, text};
use super::super::session::{Call, Range, Service};
use super::version;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Nova's names and the language's.
const NAMES: [(&str, &str); 8] = [
    ("maxTotalInstances", "servers"),
    ("totalInstancesUsed", "servers_used"),
    ("maxTotalCores", "vcpus"),
    ("totalCoresUsed", "vcpus_used"),
    ("maxTotalRAMSize", "ram_mib"),
    ("totalRAMUsed", "ram_mib_used"),
    ("maxServerMeta", "server_meta"),
    ("maxPersonality", "personality"),
];

/// What other services count; untold by Nova, keypairs' number excepted.
const OTHERS: [&str; 8] =
    ["volumes", "volume_gib", "snapshots", "public_ips", "ports", "networks", "security_groups", "keypairs"];

/// Ask for limits, at a version that still tells `personality`.
pub fn show(range: &Range) -> Call {
    let version = version::at_most(range, version::FILES);
    get("limits.show", Service::Compute, "/limits").version(version)
}

/// Limits by name; -1 is none.
pub fn decode(body: &Json) -> BTreeMap<String, Option<i64>> {
    let absolute = body.get("limits").unwrap_or(body);
    let absolute = absolute.get("absolute").unwrap_or(absolute);
    let told = |key: &str| int(absolute, key).filter(|number| *number >= 0);
    let mut limits: BTreeMap<String, Option<i64>> =
        OTHERS.iter().flat_map(|name| [(name.to_string(), None), (format!("{name}_used"), None)]).collect();
    limits.extend(NAMES.iter().map(|(theirs, ours)| (ours.to_string(), told(theirs))));
    limits.insert("keypairs".to_string(), told("maxTotalKeypairs"));
    limits
}

/// Ask for the availability zones.
pub fn zones(range: &Range) -> Call {
    get("zone.list", Service::Compute, "/os-availability-zone").version(version::usual(range))
}

/// The names of the zones that can be used.
pub fn decode_zones(body: &Json) -> Vec<String> {
    list(body, "availabilityZoneInfo")
        .into_iter()
        .flatten()
        .filter(|zone| zone.pointer("/zoneState/available") != Some(&Json::Bool(false)))
        .filter_map(|zone| text(zone, "zoneName"))
        .collect()
}
