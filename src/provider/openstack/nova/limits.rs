//! Quota and usage by the language's names, and the availability zones.

use super::super::call::{With, get, segment};
use super::super::decode::{int, list, text};
use super::super::session::{Call, Range, Service};
use super::version;
use crate::cloud::Daemon;
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

/// Names in a quota set and the language's, and whether usage is told of them.
const QUOTAS: [(&str, &str, bool); 6] = [
    ("instances", "servers", true),
    ("cores", "vcpus", true),
    ("ram", "ram_mib", true),
    ("metadata_items", "server_meta", false),
    ("injected_files", "personality", false),
    ("key_pairs", "keypairs", false),
];

/// Ask for quota and usage of a project, at a version that still tells `personality`.
pub fn usage(project: &str, range: &Range) -> Call {
    let path = format!("/os-quota-sets/{}/detail", segment(project));
    get("quota.detail", Service::Compute, path).version(version::at_most(range, version::FILES))
}

/// Quota and usage by name; -1 is none.
pub fn decode_usage(body: &Json) -> BTreeMap<String, Option<i64>> {
    let mut limits = decode(&Json::Null);
    limits.extend(of_quota_set(body, &QUOTAS));
    limits
}

/// What a quota set with usage tells of these.
pub fn of_quota_set(body: &Json, names: &[(&str, &str, bool)]) -> BTreeMap<String, Option<i64>> {
    let told = |quota: &str, key: &str| {
        let quota = body.get("quota_set").and_then(|set| set.get(quota))?;
        int(quota, key).filter(|number| *number >= 0)
    };
    let mut limits = BTreeMap::new();
    for (theirs, ours, used) in names {
        limits.insert(ours.to_string(), told(theirs, "limit"));
        if *used {
            limits.insert(format!("{ours}_used"), told(theirs, "in_use"));
        }
    }
    limits
}

/// Ask for Nova's daemons.
pub fn daemons() -> Call {
    get("service.list", Service::Compute, "/os-services")
}

/// A daemon of Nova or Cinder.
pub fn daemon(row: &Json) -> Option<Daemon> {
    Some(Daemon {
        name: text(row, "binary")?,
        host: text(row, "host").unwrap_or_default(),
        zone: text(row, "zone"),
        state: text(row, "state").unwrap_or_default(),
        status: text(row, "status").unwrap_or_default(),
    })
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
