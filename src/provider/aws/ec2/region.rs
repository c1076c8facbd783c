//! Regions and zones.

use super::super::call::Call;
use super::super::decode::{list, text};
use serde_json::Value as Json;

/// Ask for the regions: the cheapest question there is.
pub fn all() -> Call {
    Call::ec2("region.list", "DescribeRegions")
}

/// Ask for the zones of the region.
pub fn zones() -> Call {
    Call::ec2("zone.list", "DescribeAvailabilityZones")
}

/// The names of the zones that can be used.
pub fn decode_zones(body: &Json) -> Vec<String> {
    let usable = |zone: &&Json| text(zone, "zoneState").is_none_or(|state| state == "available");
    list(body, "availabilityZoneInfo")
        .iter()
        .filter(usable)
        .filter_map(|zone| text(zone, "zoneName"))
        .collect()
}
