//! `DescribeInstances` and `DescribeInstanceStatus`.

use super::{Life, Shown, reservations, shown};
use crate::aws::ZONE;
use crate::aws::call::{Action, Told, asks};
use crate::aws::filter::{Filters, page};
use crate::aws::refused::Outcome;
use crate::aws::scope::Region;
use crate::aws::xml::Xml;

pub(in crate::aws) static ACTIONS: &[Action] = &[
    asks("ec2.DescribeInstances", &["InstanceId", "Filter", "MaxResults", "NextToken"], list),
    asks(
        "ec2.DescribeInstanceStatus",
        &["InstanceId", "Filter", "MaxResults", "NextToken", "IncludeAllInstances"],
        status,
    ),
];

const KNOWN: [&str; 39] = [
    "architecture",
    "availability-zone",
    "block-device-mapping.device-name",
    "block-device-mapping.volume-id",
    "client-token",
    "dns-name",
    "group-id",
    "group-name",
    "hypervisor",
    "image-id",
    "instance-id",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "instance.group-id",
    "instance.group-name",
    "ip-address",
    "key-name",
    "launch-index",
    "launch-time",
    "monitoring-state",
    "network-interface.addresses.association.public-ip",
    "network-interface.addresses.private-ip-address",
    "network-interface.group-id",
    "network-interface.group-name",
    "network-interface.network-interface-id",
    "network-interface.subnet-id",
    "network-interface.vpc-id",
    "owner-id",
    "placement-group-name",
    "private-dns-name",
    "private-ip-address",
    "reservation-id",
    "root-device-name",
    "root-device-type",
    "state-reason-code",
    "subnet-id",
    "virtualization-type",
    "vpc-id",
];

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let found = region.instances(&region.params.list("InstanceId"))?;
    let rows = found.into_iter().map(|at| shown(region, &region.world.servers[at]));
    let rows: Vec<Shown<'_>> = rows.filter(|row| filters.fit(&row.tags, |name| row.values(name))).collect();
    let (rows, next) = page(region.params, "InstanceId", |row| row.id.clone(), rows)?;
    let mut xml = Xml::default();
    reservations(region, &mut xml, &rows);
    xml.some("nextToken", next);
    Ok(xml.into())
}

fn status(region: &mut Region<'_>) -> Outcome<Told> {
    let known = [
        "availability-zone",
        "instance-state-code",
        "instance-state-name",
        "instance-status.status",
        "instance-status.reachability",
        "system-status.status",
        "system-status.reachability",
    ];
    let filters = Filters::read(region.params, &known)?;
    let all = region.params.flag("IncludeAllInstances")?;
    let found = region.instances(&region.params.list("InstanceId"))?;
    let rows = found.into_iter().map(|at| shown(region, &region.world.servers[at]));
    let wanted = |row: &Shown<'_>| {
        let (word, reached) = health(row.life);
        (all || row.life == Life::Running)
            && filters.fit(&row.tags, |name| match name {
                "instance-status.status" | "system-status.status" => vec![word.to_owned()],
                "instance-status.reachability" | "system-status.reachability" => vec![reached.to_owned()],
                other => row.values(other),
            })
    };
    let rows: Vec<Shown<'_>> = rows.filter(wanted).collect();
    let (rows, next) = page(region.params, "InstanceId", |row| row.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("instanceStatusSet", rows, |xml, row| {
        xml.text("instanceId", &row.id).text("availabilityZone", ZONE);
        row.life.write(xml, "instanceState");
        let (word, reached) = health(row.life);
        for name in ["systemStatus", "instanceStatus"] {
            xml.node(name, |xml| {
                xml.text("status", word).set("details", ["reachability"], |xml, name| {
                    xml.text("name", name).text("status", reached);
                });
            });
        }
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}

/// What the checks of an instance say, and what its reachability.
const fn health(life: Life) -> (&'static str, &'static str) {
    match life {
        Life::Running => ("ok", "passed"),
        Life::Pending => ("initializing", "initializing"),
        _ => ("not-applicable", "not-applicable"),
    }
}
