//! Regions, zones, and what an account may have.

use super::call::{Action, Told, asks};
use super::filter::Filters;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::xml::Xml;
use super::{REGION, ZONE};
use crate::world::Pairs;

pub(super) static ACTIONS: &[Action] = &[
    asks("ec2.DescribeRegions", &["RegionName", "Filter", "AllRegions"], regions),
    asks("ec2.DescribeAvailabilityZones", &["ZoneName", "ZoneId", "Filter", "AllAvailabilityZones"], zones),
    asks("ec2.DescribeAccountAttributes", &["AttributeName"], attributes),
];

fn regions(region: &mut Region<'_>) -> Outcome<Told> {
    let known = ["region-name", "endpoint", "opt-in-status"];
    let filters = Filters::read(region.params, &known)?;
    let names = region.params.list("RegionName");
    if let Some(name) = names.iter().find(|name| *name != REGION) {
        return Err(Refused::value(format!("Invalid region names provided: {name}")));
    }
    let address = region.host.strip_prefix("http://").unwrap_or(region.host).to_owned();
    let fits = filters.fit(&Pairs::new(), |name| match name {
        "region-name" => vec![REGION.to_owned()],
        "endpoint" => vec![address.clone()],
        _ => vec!["opt-in-not-required".to_owned()],
    });
    let mut xml = Xml::default();
    xml.set("regionInfo", fits.then_some(()), |xml, ()| {
        xml.text("regionName", REGION)
            .text("regionEndpoint", &address)
            .text("optInStatus", "opt-in-not-required");
    });
    Ok(xml.into())
}

fn zones(region: &mut Region<'_>) -> Outcome<Told> {
    const ID: &str = "use1-az1";
    let known = ["region-name", "zone-name", "zone-id", "zone-type", "state", "opt-in-status", "group-name"];
    let filters = Filters::read(region.params, &known)?;
    for (name, own) in [("ZoneName", ZONE), ("ZoneId", ID)] {
        if let Some(other) = region.params.list(name).iter().find(|other| *other != own) {
            return Err(Refused::value(format!("Invalid availability zone: [{other}]")));
        }
    }
    let fits = filters.fit(&Pairs::new(), |name| {
        let value = match name {
            "zone-name" => ZONE,
            "zone-id" => ID,
            "zone-type" => "availability-zone",
            "state" => "available",
            "opt-in-status" => "opt-in-not-required",
            _ => REGION,
        };
        vec![value.to_owned()]
    });
    let mut xml = Xml::default();
    xml.set("availabilityZoneInfo", fits.then_some(()), |xml, ()| {
        xml.text("zoneName", ZONE)
            .text("zoneState", "available")
            .text("regionName", REGION)
            .text("zoneId", ID);
        xml.text("groupName", REGION)
            .text("networkBorderGroup", REGION)
            .text("zoneType", "availability-zone");
        xml.text("optInStatus", "opt-in-not-required").node("messageSet", |_| {});
    });
    Ok(xml.into())
}

fn attributes(region: &mut Region<'_>) -> Outcome<Told> {
    let quota = region.world.quota(region.project());
    let vpc = super::vpc::default(region).map(|vpc| vpc.id);
    let rows = [
        ("supported-platforms", "VPC".to_owned()),
        ("default-vpc", vpc.unwrap_or_else(|| "none".to_owned())),
        ("max-instances", quota.servers.to_string()),
        ("vpc-max-security-groups-per-interface", "5".to_owned()),
        ("max-elastic-ips", quota.floating_ips.to_string()),
        ("vpc-max-elastic-ips", quota.floating_ips.to_string()),
    ];
    let wanted = region.params.list("AttributeName");
    if let Some(name) = wanted.iter().find(|name| rows.iter().all(|row| row.0 != *name)) {
        return Err(Refused::value(format!("Value ({name}) for parameter attributeName is invalid.")));
    }
    let rows = rows.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|name| name == row.0));
    let mut xml = Xml::default();
    xml.set("accountAttributeSet", rows, |xml, (name, value)| {
        xml.text("attributeName", name).set("attributeValueSet", [value], |xml, value| {
            xml.text("attributeValue", value);
        });
    });
    Ok(xml.into())
}
