//! Regions and zones.

use super::super::call::Call;
use super::super::decode::text;
use serde_json::Value as Json;

/// Ask for the regions: the cheapest question there is.
pub fn all() -> Call {
    Call::ec2("region.list", "DescribeRegions")
}

/// Ask for the zones of the region.
pub fn zones() -> Call {
    Call::ec2("zone.list", "DescribeAvailabilityZones")
}

/// The name of a zone that can be used.
pub fn decode_zone(zone: &Json) -> Option<String> {
    let usable = text(zone, "zoneState").is_none_or(|state| state == "available");
    text(zone, "zoneName").filter(|_| usable)
}
