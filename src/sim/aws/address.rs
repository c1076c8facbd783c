//! Elastic addresses: the world's floating ones, of its external network.

use std::net::Ipv4Addr;

use md5::{Digest, Md5};

use super::REGION;
use super::call::{Action, Told, asks, does};
use super::filter::Filters;
use super::ids::{ADDRESS, ASSOCIATION, INSTANCE, INTERFACE};
use super::instance::Life;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{Floating, Refusal, Server, hex};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.AllocateAddress", &["Domain", "Address", "TagSpecification", "NetworkBorderGroup"], allocate),
    does("ec2.ReleaseAddress", &["AllocationId", "PublicIp", "NetworkBorderGroup"], release),
    does(
        "ec2.AssociateAddress",
        &[
            "AllocationId",
            "AllowReassociation",
            "InstanceId",
            "NetworkInterfaceId",
            "PrivateIpAddress",
            "PublicIp",
        ],
        associate,
    ),
    does("ec2.DisassociateAddress", &["AssociationId", "PublicIp"], disassociate),
    asks("ec2.DescribeAddresses", &["AllocationId", "PublicIp", "Filter"], list),
];

fn own<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Floating> {
    region.world.floating.iter().filter(|floating| floating.project == region.asker.project)
}

fn by_id<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Floating> {
    own(region).find(|floating| ADDRESS.is(id, &floating.id)).ok_or_else(|| ADDRESS.missing(&[id]))
}

fn by_ip<'a>(region: &'a Region<'_>, ip: &str) -> Outcome<&'a Floating> {
    let wrong =
        || Refused::value(format!("Value ({ip}) for parameter publicIp is invalid. Invalid IPv4 address."));
    let address: Ipv4Addr = ip.parse().map_err(|_| wrong())?;
    let missing = || Refused::new("InvalidAddress.NotFound", format!("Address '{ip}' not found."));
    own(region).find(|floating| floating.address == address).ok_or_else(missing)
}

/// The address that a request names by its id or by itself.
fn named<'a>(region: &'a Region<'_>) -> Outcome<&'a Floating> {
    match (region.params.get("AllocationId"), region.params.get("PublicIp")) {
        (Some(id), _) => by_id(region, id),
        (None, Some(ip)) => by_ip(region, ip),
        (None, None) => Err(Refused::missing("AllocationId")),
    }
}

/// The id of where an address leads, which is new with every way.
fn association(floating: &Floating) -> Option<String> {
    let port = floating.port.as_deref()?;
    Some(ASSOCIATION.id(&hex(&Md5::digest(format!("{} {port}", floating.id)))))
}

/// The server that an address leads to.
fn holder<'a>(region: &'a Region<'_>, floating: &Floating) -> Option<&'a Server> {
    let port = floating.port.as_deref()?;
    region.world.servers.iter().find(|server| server.ports.iter().any(|own| own.id == port))
}

fn allocate(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    match params.get("Domain") {
        None | Some("vpc") => {}
        Some(other) => {
            let message = format!("Invalid value '{other}' for domain. Must be 'vpc'.");
            return Err(Refused::value(message));
        }
    }
    let wanted = match params.get("Address") {
        None => None,
        Some(text) => {
            let wrong = || Refused::value(format!("Value ({text}) for parameter address is invalid."));
            Some(text.parse::<Ipv4Addr>().map_err(|_| wrong())?)
        }
    };
    let tags = region.given_tags(ADDRESS)?;
    let outside =
        region.world.networks.iter().find(|network| network.external).map(|network| network.id.clone());
    let none = || Refused::new("InsufficientAddressCapacity", "There are no free addresses.");
    let project = region.project().to_owned();
    let made = region.world.allocate(&outside.ok_or_else(none)?, None, wanted, &project);
    let own = match made {
        Err(Refusal::NoAddress(_)) => return Err(none()),
        Err(Refusal::AddressUsed(address, _)) => {
            return Err(Refused::new("InvalidAddress.Locked", format!("Address '{address}' is taken.")));
        }
        Err(Refusal::AddressOutside(address, _)) => {
            return Err(Refused::new("InvalidAddress.NotFound", format!("Address '{address}' not found.")));
        }
        made => made?,
    };
    let id = ADDRESS.id(&own);
    keep(region, &id, tags);
    let floating = by_id(region, &id)?;
    let mut xml = Xml::default();
    xml.text("publicIp", floating.address).text("domain", "vpc").text("allocationId", &id);
    xml.text("publicIpv4Pool", "amazon").text("networkBorderGroup", REGION);
    Ok(Told::from(xml).about(&id, &floating.address.to_string()))
}

fn release(region: &mut Region<'_>) -> Outcome<Told> {
    let floating = named(region)?;
    let (own, id, ip) = (floating.id.clone(), ADDRESS.id(&floating.id), floating.address.to_string());
    if floating.port.is_some() {
        return Err(Refused::new("InvalidIPAddress.InUse", format!("Address {ip} is in use.")));
    }
    region.world.deallocate(&own)?;
    region.ledger.tags.remove(&id);
    Ok(Told::done().about(&id, &ip))
}

/// The port that an address is to lead to.
fn target(region: &Region<'_>) -> Outcome<String> {
    if let Some(id) = region.params.get("NetworkInterfaceId") {
        INTERFACE.formed(id)?;
        let own = region.world.all_ports().filter(|port| port.project == region.asker.project);
        let found = own.into_iter().find(|port| INTERFACE.is(id, &port.id));
        return found.map(|port| port.id.clone()).ok_or_else(|| INTERFACE.missing(&[id]));
    }
    let id = region.params.need("InstanceId")?;
    let at = region.instance(id)?;
    let server = &region.world.servers[at];
    if !matches!(Life::of(server), Life::Running | Life::Stopped | Life::Stopping) {
        let message = format!(
            "The {} instance '{id}' is not in a valid state for this operation.",
            Life::of(server).name()
        );
        return Err(Refused::new("IncorrectInstanceState", message));
    }
    let none = || Refused::new("InvalidInstanceID", format!("The instance '{id}' has no network interface"));
    server.ports.first().map(|port| port.id.clone()).ok_or_else(none)
}

fn associate(region: &mut Region<'_>) -> Outcome<Told> {
    let floating = named(region)?;
    let (own, id, ip) = (floating.id.clone(), ADDRESS.id(&floating.id), floating.address.to_string());
    let port = target(region)?;
    // It moves by itself unless that is forbidden (AssociateAddress, API reference).
    if let Some(before) = association(floating).filter(|_| floating.port.as_deref() != Some(&port))
        && region.params.choice("AllowReassociation")? == Some(false)
    {
        let message = format!("resource {id} is already associated with associate-id {before}");
        return Err(Refused::new("Resource.AlreadyAssociated", message));
    }
    let fixed = match region.params.get("PrivateIpAddress") {
        None => None,
        Some(text) => {
            let wrong =
                || Refused::value(format!("Value ({text}) for parameter privateIpAddress is invalid."));
            Some(text.parse::<Ipv4Addr>().map_err(|_| wrong())?)
        }
    };
    // The one that led there gives way.
    let others: Vec<String> = region
        .world
        .floating_to(&port)
        .filter(|other| other.id != own)
        .map(|other| other.id.clone())
        .collect();
    for other in others {
        region.world.associate(&other, None, None)?;
    }
    match region.world.associate(&own, Some(&port), fixed) {
        Err(Refusal::Unreachable { network: _, subnet, .. }) => {
            let network = region.world.subnet(&subnet).map_or(String::new(), |subnet| subnet.network.clone());
            let message =
                format!("Network {} is not attached to any internet gateway", super::ids::VPC.id(&network));
            return Err(Refused::new("Gateway.NotAttached", message));
        }
        Err(Refusal::NoFixedAddress(..)) => {
            return Err(Refused::value("The private address is not one of the network interface's."));
        }
        done => done?,
    }
    let mut told = Told::done().about(&id, &ip);
    told.xml.some("associationId", by_id(region, &id).ok().and_then(association));
    Ok(told)
}

fn disassociate(region: &mut Region<'_>) -> Outcome<Told> {
    let floating = match (region.params.get("AssociationId"), region.params.get("PublicIp")) {
        (Some(id), _) => {
            let found = own(region).find(|floating| association(floating).as_deref() == Some(id));
            found.ok_or_else(|| ASSOCIATION.missing(&[id]))?
        }
        (None, Some(ip)) => by_ip(region, ip)?,
        (None, None) => return Err(Refused::missing("AssociationId")),
    };
    let (own, id, ip) = (floating.id.clone(), ADDRESS.id(&floating.id), floating.address.to_string());
    region.world.associate(&own, None, None)?;
    Ok(Told::done().about(&id, &ip))
}

const KNOWN: [&str; 8] = [
    "allocation-id",
    "association-id",
    "instance-id",
    "network-border-group",
    "network-interface-id",
    "private-ip-address",
    "public-ip",
    "domain",
];

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let (ids, ips) = (region.params.list("AllocationId"), region.params.list("PublicIp"));
    for id in &ids {
        by_id(region, id)?;
    }
    for ip in &ips {
        by_ip(region, ip)?;
    }
    let wanted = |floating: &&Floating| {
        let id = ADDRESS.id(&floating.id);
        ((ids.is_empty() && ips.is_empty())
            || ids.contains(&id)
            || ips.contains(&floating.address.to_string()))
            && filters.fit(&tags_of(region, &id), |name| {
                let value = match name {
                    "allocation-id" => Some(id.clone()),
                    "association-id" => association(floating),
                    "instance-id" => holder(region, floating).map(|server| INSTANCE.id(&server.id)),
                    "network-interface-id" => floating.port.as_deref().map(|port| INTERFACE.id(port)),
                    "private-ip-address" => floating.fixed.map(|ip| ip.to_string()),
                    "public-ip" => Some(floating.address.to_string()),
                    "domain" => Some("vpc".to_owned()),
                    _ => Some(REGION.to_owned()),
                };
                value.into_iter().collect()
            })
    };
    let mut xml = Xml::default();
    xml.set("addressesSet", own(region).filter(wanted), |xml, floating| {
        let id = ADDRESS.id(&floating.id);
        xml.text("publicIp", floating.address).text("allocationId", &id).text("domain", "vpc");
        if let Some(port) = &floating.port {
            xml.some("instanceId", holder(region, floating).map(|server| INSTANCE.id(&server.id)));
            xml.some("associationId", association(floating)).text("networkInterfaceId", INTERFACE.id(port));
            xml.text("networkInterfaceOwnerId", &region.account).some("privateIpAddress", floating.fixed);
        }
        xml.tags(&tags_of(region, &id)).text("publicIpv4Pool", "amazon").text("networkBorderGroup", REGION);
    });
    Ok(xml.into())
}
