//! Network interfaces: the world's ports of servers. They are shown; making one by itself is not offered.

use super::ZONE;
use super::call::{Action, Told, asks};
use super::filter::{Filters, page};
use super::ids::{GROUP, INSTANCE, INTERFACE, SUBNET, VPC};
use super::instance::{Shown, shown};
use super::refused::Outcome;
use super::scope::Region;
use super::xml::Xml;
use crate::world::{Port, State};

pub(super) static ACTIONS: &[Action] = &[asks(
    "ec2.DescribeNetworkInterfaces",
    &["NetworkInterfaceId", "Filter", "MaxResults", "NextToken"],
    list,
)];

/// What both ways of showing a port have in common.
fn write(xml: &mut Xml, row: &Shown<'_>, port: &Port) {
    xml.text("networkInterfaceId", INTERFACE.id(&port.id));
    xml.some("subnetId", port.addresses.first().map(|address| SUBNET.id(&address.subnet)));
    xml.text("vpcId", VPC.id(&port.network)).text("description", "Primary network interface");
    xml.text("ownerId", &row.owner).text("status", "in-use").text("macAddress", &port.mac);
    xml.some("privateIpAddress", port.ip()).text("sourceDestCheck", !row.mark.unchecked);
    xml.set(
        "groupSet",
        row.groups.iter().filter(|group| port.groups.iter().any(|own| GROUP.is(&group.0, own))),
        |xml, (id, name)| {
            xml.text("groupId", id).text("groupName", name);
        },
    );
    xml.node("attachment", |xml| {
        xml.text("attachmentId", INTERFACE.id(&port.id).replace("eni-", "eni-attach-"))
            .text("deviceIndex", 0);
        xml.text("status", "attached")
            .time("attachTime", row.server.created)
            .text("deleteOnTermination", true);
    });
    let association = |xml: &mut Xml| {
        if let Some(public) = row.public {
            xml.node("association", |xml| {
                xml.text("publicIp", public).text("publicDnsName", super::instance::public_host(public));
                xml.text("ipOwnerId", &row.owner);
            });
        }
    };
    association(xml);
    xml.set("privateIpAddressesSet", port.ip(), |xml, ip| {
        xml.text("privateIpAddress", ip).text("primary", true);
        association(xml);
    });
    xml.node("ipv6AddressesSet", |_| {}).text("interfaceType", "interface");
}

/// A port as it stands in an instance.
pub(super) fn at_instance(xml: &mut Xml, row: &Shown<'_>, port: &Port) {
    write(xml, row, port);
}

const KNOWN: [&str; 10] = [
    "attachment.instance-id",
    "availability-zone",
    "group-id",
    "group-name",
    "mac-address",
    "network-interface-id",
    "private-ip-address",
    "status",
    "subnet-id",
    "vpc-id",
];

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let ids = region.params.list("NetworkInterfaceId");
    let own =
        region.world.servers.iter().filter(|server| region.sees(server) && server.state != State::Deleted);
    let rows: Vec<(Shown<'_>, &Port)> =
        own.flat_map(|server| server.ports.iter().map(|port| (shown(region, server), port))).collect();
    for id in &ids {
        INTERFACE.formed(id)?;
        if rows.iter().all(|row| !INTERFACE.is(id, &row.1.id)) {
            return Err(INTERFACE.missing(&[id]));
        }
    }
    let wanted = |(row, port): &(Shown<'_>, &Port)| {
        let id = INTERFACE.id(&port.id);
        let tags = super::tag::tags_of(region, &id);
        (ids.is_empty() || ids.contains(&id))
            && filters.fit(&tags, |name| match name {
                "attachment.instance-id" => vec![INSTANCE.id(&row.server.id)],
                "mac-address" => vec![port.mac.clone()],
                "network-interface-id" => vec![id.clone()],
                "status" => vec!["in-use".to_owned()],
                other => row.values(other),
            })
    };
    let rows: Vec<_> = rows.into_iter().filter(wanted).collect();
    let (rows, next) = page(region.params, "NetworkInterfaceId", |row| row.1.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("networkInterfaceSet", rows, |xml, (row, port)| {
        write(xml, &row, port);
        xml.text("availabilityZone", ZONE).tags(&super::tag::tags_of(region, &INTERFACE.id(&port.id)));
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}
