//! Network interfaces: the world's ports, of servers and of nobody. One that was made by itself outlives its instance.

use std::net::Ipv4Addr;

use super::ZONE;
use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::ids::{GROUP, INSTANCE, INTERFACE, SUBNET, VPC};
use super::instance::{Shown, public_host};
use super::interface_attach::{attachment, index};
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use super::{group, vpc};
use crate::world::{Holder, Port, PortSpec, Refusal, Server, State};

pub(super) static ACTIONS: &[Action] = &[
    asks("ec2.DescribeNetworkInterfaces", &["NetworkInterfaceId", "Filter", "MaxResults", "NextToken"], list),
    does(
        "ec2.CreateNetworkInterface",
        &[
            "ClientToken",
            "Description",
            "PrivateIpAddress",
            "SecurityGroupId",
            "SubnetId",
            "TagSpecification",
        ],
        create,
    ),
    does(
        "ec2.ModifyNetworkInterfaceAttribute",
        &["NetworkInterfaceId", "Description", "SecurityGroupId"],
        modify,
    ),
    does("ec2.DeleteNetworkInterface", &["NetworkInterfaceId"], delete),
];

/// All that is told of a network interface.
struct Row<'a> {
    port: &'a Port,
    server: Option<&'a Server>,
    id: String,
    groups: Vec<(String, String)>,
    public: Option<Ipv4Addr>,
    owner: &'a str,
    unchecked: bool,
    index: i64,
}

impl Row<'_> {
    fn status(&self) -> &'static str {
        if self.server.is_some() { "in-use" } else { "available" }
    }

    fn description(&self) -> &str {
        match (self.port.standing.description.as_str(), self.server) {
            ("", Some(_)) if !self.port.kept => "Primary network interface",
            (own, _) => own,
        }
    }

    fn write(&self, xml: &mut Xml) {
        self.write_in(xml, true);
    }

    /// With what it is attached to, or as a part of that.
    fn write_in(&self, xml: &mut Xml, alone: bool) {
        let port = self.port;
        xml.text("networkInterfaceId", &self.id);
        xml.some("subnetId", port.addresses.first().map(|address| SUBNET.id(&address.subnet)));
        xml.text("vpcId", VPC.id(&port.network)).text("description", self.description());
        xml.text("ownerId", self.owner).text("status", self.status()).text("macAddress", &port.mac);
        xml.some("privateIpAddress", port.ip()).text("sourceDestCheck", !self.unchecked);
        xml.set("groupSet", &self.groups, |xml, (id, name)| {
            xml.text("groupId", id).text("groupName", name);
        });
        if let Some(server) = self.server {
            xml.node("attachment", |xml| {
                xml.text("attachmentId", attachment(&self.id));
                if alone {
                    xml.text("instanceId", INSTANCE.id(&server.id)).text("instanceOwnerId", self.owner);
                }
                xml.text("deviceIndex", self.index).text("status", "attached");
                xml.time("attachTime", server.created).text("deleteOnTermination", !port.kept);
            });
        }
        let association = |xml: &mut Xml| {
            if let Some(public) = self.public {
                xml.node("association", |xml| {
                    xml.text("publicIp", public).text("publicDnsName", public_host(public));
                    xml.text("ipOwnerId", self.owner);
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

    /// The values that a filter of this name compares with.
    fn values(&self, name: &str) -> Vec<String> {
        let port = self.port;
        match name {
            "attachment.instance-id" => self.server.iter().map(|server| INSTANCE.id(&server.id)).collect(),
            "availability-zone" => vec![ZONE.to_owned()],
            "description" => vec![self.description().to_owned()],
            "group-id" => self.groups.iter().map(|group| group.0.clone()).collect(),
            "group-name" => self.groups.iter().map(|group| group.1.clone()).collect(),
            "mac-address" => vec![port.mac.clone()],
            "network-interface-id" => vec![self.id.clone()],
            "private-ip-address" | "addresses.private-ip-address" => {
                port.addresses.iter().map(|address| address.ip.to_string()).collect()
            }
            "status" => vec![self.status().to_owned()],
            "subnet-id" => port.addresses.iter().map(|address| SUBNET.id(&address.subnet)).collect(),
            _ => vec![VPC.id(&port.network)],
        }
    }
}

/// A port as it stands in an instance.
pub(super) fn at_instance(xml: &mut Xml, row: &Shown<'_>, port: &Port, at: i64) {
    let groups = row.groups.iter().filter(|group| port.groups.iter().any(|own| GROUP.is(&group.0, own)));
    let one = Row {
        port,
        server: Some(row.server),
        id: INTERFACE.id(&port.id),
        groups: groups.cloned().collect(),
        public: row.public.filter(|_| row.port.is_some_and(|first| first.id == port.id)),
        owner: &row.owner,
        unchecked: row.mark.unchecked,
        index: at,
    };
    one.write_in(xml, false);
}

fn row<'a>(region: &'a Region<'_>, port: &'a Port, server: Option<&'a Server>) -> Row<'a> {
    let own = group::own(region).filter(|group| port.groups.contains(&group.id));
    Row {
        port,
        server,
        id: INTERFACE.id(&port.id),
        groups: own.map(|group| (GROUP.id(&group.id), group.name.clone())).collect(),
        public: region.world.floating_to(&port.id).next().map(|floating| floating.address),
        owner: &region.account,
        unchecked: server.is_some_and(|server| region.mark(server).unchecked),
        index: server.map_or(0, |server| index(region, &server.ports, &port.id)),
    }
}

/// The interfaces of the caller's: those of its instances, and those that nothing has.
fn own<'a>(region: &'a Region<'_>) -> Vec<Row<'a>> {
    let there = region.world.servers.iter().filter(|one| region.sees(one) && one.state != State::Deleted);
    let held = there.flat_map(|server| server.ports.iter().map(move |port| (port, Some(server))));
    let mine = |port: &&Port| port.project == region.asker.project && port.holder == Holder::Nobody;
    let free = region.world.ports.iter().filter(mine).map(|port| (port, None));
    held.chain(free).map(|(port, server)| row(region, port, server)).collect()
}

/// The world's id of the interface that a request names, and whether an instance has it.
pub(super) fn named(region: &Region<'_>, id: &str) -> Outcome<(String, bool)> {
    INTERFACE.formed(id)?;
    let found = own(region).into_iter().find(|row| INTERFACE.is(id, &row.port.id));
    found.map(|row| (row.port.id.clone(), row.server.is_some())).ok_or_else(|| INTERFACE.missing(&[id]))
}

const KNOWN: [&str; 12] = [
    "addresses.private-ip-address",
    "attachment.instance-id",
    "availability-zone",
    "description",
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
    let rows = own(region);
    for id in &ids {
        INTERFACE.formed(id)?;
        if rows.iter().all(|row| row.id != *id) {
            return Err(INTERFACE.missing(&[id]));
        }
    }
    let wanted = |row: &Row<'_>| {
        (ids.is_empty() || ids.contains(&row.id))
            && filters.fit(&tags_of(region, &row.id), |name| row.values(name))
    };
    let rows: Vec<_> = rows.into_iter().filter(wanted).collect();
    let (rows, next) = page(region.params, "NetworkInterfaceId", |row| row.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("networkInterfaceSet", rows, |xml, row| {
        row.write(xml);
        xml.text("availabilityZone", ZONE).tags(&tags_of(region, &row.id));
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}

/// The groups that a request names; none where it names none.
fn groups(region: &Region<'_>) -> Outcome<Option<Vec<String>>> {
    let ids = region.params.list("SecurityGroupId");
    let found = ids.iter().map(|id| group::by_id(region, id).map(|group| group.id.clone()));
    let found = found.collect::<Outcome<Vec<String>>>()?;
    Ok(Some(found).filter(|found| !found.is_empty()))
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let subnet = vpc::subnet(region, region.params.need("SubnetId")?)?.clone();
    let address = match region.params.get("PrivateIpAddress") {
        None => None,
        Some(text) => {
            let wrong = || Refused::value(format!("Invalid value '{text}' for PrivateIpAddress."));
            Some(text.parse::<Ipv4Addr>().map_err(|_| wrong())?)
        }
    };
    let tags = region.given_tags(INTERFACE)?;
    let project = region.project().to_owned();
    let spec = PortSpec {
        addresses: Some(vec![(Some(subnet.id.clone()), address)]),
        groups: groups(region)?,
        ..PortSpec::plain(&subnet.network, &project)
    };
    let own = match region.world.create_port(&spec) {
        Err(Refusal::AddressUsed(address, _)) => {
            return Err(Refused::new("InvalidIPAddress.InUse", format!("Address {address} is in use.")));
        }
        Err(Refusal::AddressOutside(address, _)) => {
            let message = format!("Address {address} does not fall within the subnet's address range");
            return Err(Refused::value(message));
        }
        Err(Refusal::NoAddress(_)) => {
            let message = "There are not enough free addresses in the subnet.";
            return Err(Refused::new("InsufficientFreeAddressesInSubnet", message));
        }
        made => made?,
    };
    let description = region.params.get("Description").unwrap_or_default().to_owned();
    if let Some(port) = region.world.port_mut(&own) {
        port.standing.description = description;
    }
    let id = INTERFACE.id(&own);
    let name = tags.iter().find(|tag| tag.0 == "Name").map(|tag| tag.1.clone()).unwrap_or_default();
    keep(region, &id, tags);
    let mut xml = Xml::default();
    if let Some(port) = region.world.port(&own) {
        xml.node("networkInterface", |xml| {
            row(region, port, None).write(xml);
            xml.text("availabilityZone", ZONE).tags(&tags_of(region, &id));
        });
    }
    Ok(Told::from(xml).about(&id, &name))
}

fn modify(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("NetworkInterfaceId")?;
    let own = named(region, id)?.0;
    let groups = groups(region)?;
    let description = region.params.inner("Description").raw("Value").map(str::to_owned);
    if let Some(port) = region.world.port_mut(&own) {
        if let Some(groups) = groups {
            port.groups = groups;
        }
        if let Some(description) = description {
            port.standing.description = description;
        }
    }
    Ok(Told::done().about(id, ""))
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("NetworkInterfaceId")?;
    let (own, held) = named(region, id)?;
    if held {
        return Err(Refused::value(format!("Network interface '{id}' is currently in use.")));
    }
    region.world.delete_port(&own)?;
    region.ledger.tags.remove(id);
    Ok(Told::done().about(id, ""))
}
