//! Quota and usage of a project's volumes.

use super::super::call::{With, get, segment};
use super::super::decode::int;
use super::super::nova::limits::of_quota_set;
use super::super::session::{Call, Service};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Cinder's names and the language's.
const NAMES: [(&str, &str); 6] = [
    ("maxTotalVolumes", "volumes"),
    ("totalVolumesUsed", "volumes_used"),
    ("maxTotalVolumeGigabytes", "volume_gib"),
    ("totalGigabytesUsed", "volume_gib_used"),
    ("maxTotalSnapshots", "snapshots"),
    ("totalSnapshotsUsed", "snapshots_used"),
];

/// Ask for limits and usage.
pub fn show() -> Call {
    get("volume_limits.show", Service::Volume, "/limits")
}

/// Ask for quota and usage of a project. (`/limits` of another project takes a newer Cinder, and an older one tells one's own.)
pub fn usage(project: &str) -> Call {
    let path = format!("/os-quota-sets/{}", segment(project));
    let query = vec![("usage".to_string(), "True".to_string())];
    get("volume_quota.show", Service::Volume, path).query(query)
}

/// Quota and usage by name; -1 is none.
pub fn decode_usage(body: &Json) -> BTreeMap<String, Option<i64>> {
    const QUOTAS: [(&str, &str, bool); 3] =
        [("volumes", "volumes", true), ("gigabytes", "volume_gib", true), ("snapshots", "snapshots", true)];
    of_quota_set(body, &QUOTAS)
}

/// Ask for Cinder's daemons.
pub fn daemons() -> Call {
    get("volume_service.list", Service::Volume, "/os-services")
}

/// Limits by name; -1 is none.
pub fn decode(body: &Json) -> BTreeMap<String, Option<i64>> {
    let absolute = body.pointer("/limits/absolute").unwrap_or(body);
    let told = |key: &str| int(absolute, key).filter(|number| *number >= 0);
    NAMES.iter().map(|(theirs, ours)| (ours.to_string(), told(theirs))).collect()
}
