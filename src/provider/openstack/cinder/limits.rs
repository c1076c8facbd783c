//! Quota and usage of a project's volumes.

use super::super::call::get;
use super::super::decode::int;
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

/// Limits by name; -1 is none.
pub fn decode(body: &Json) -> BTreeMap<String, Option<i64>> {
    let absolute = body.pointer("/limits/absolute").unwrap_or(body);
    let told = |key: &str| int(absolute, key).filter(|number| *number >= 0);
    NAMES.iter().map(|(theirs, ours)| (ours.to_string(), told(theirs))).collect()
}
