//! VPCs and subnets: the world's networks and the subnets in them. A project's first network is its default VPC.

use std::net::Ipv4Addr;

use super::ZONE;
use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::ids::{SUBNET, VPC};
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{Network, Pairs, Refusal, Subnet, SubnetSpec};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.CreateVpc", &["CidrBlock", "InstanceTenancy", "TagSpecification"], create),
    does("ec2.DeleteVpc", &["VpcId"], delete),
    asks("ec2.DescribeVpcs", &["VpcId", "Filter", "MaxResults", "NextToken"], list),
    does(
        "ec2.CreateSubnet",
        &["VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "TagSpecification"],
        create_subnet,
    ),
    does("ec2.DeleteSubnet", &["SubnetId"], delete_subnet),
    asks("ec2.DescribeSubnets", &["SubnetId", "Filter", "MaxResults", "NextToken"], list_subnets),
];

/// A VPC.
#[derive(Debug, Clone)]
pub(super) struct Vpc {
    pub(super) id: String,
    /// The world's id of its network.
    pub(super) own: String,
    pub(super) is_default: bool,
    base: Ipv4Addr,
    bits: u32,
}

impl Vpc {
    fn cidr(&self) -> String {
        format!("{}/{}", self.base, self.bits)
    }

    fn holds(&self, base: Ipv4Addr, bits: u32) -> bool {
        bits >= self.bits && masked(base, self.bits) == self.base
    }
}

fn masked(address: Ipv4Addr, bits: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address) & u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0))
}

fn networks<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Network> {
    let own =
        |network: &&Network| !network.external && (network.project == region.asker.project || network.shared);
    region.world.networks.iter().filter(own)
}

/// The VPCs of the caller's, the default one first.
fn all(region: &Region<'_>) -> Vec<Vpc> {
    let mut vpcs = Vec::new();
    for network in networks(region) {
        let range = region.ledger.ranges.get(&network.id).copied();
        // A network of another face says nothing of its range: it is that of its first subnet.
        let first = || region.world.subnets_of(&network.id).next().map(|subnet| (subnet.base, subnet.prefix));
        let (base, bits) = range.or_else(first).unwrap_or((Ipv4Addr::new(10, 0, 0, 0), 16));
        let made_here = region.ledger.ranges.contains_key(&network.id);
        let is_default = !made_here && vpcs.iter().all(|vpc: &Vpc| !vpc.is_default);
        vpcs.push(Vpc { id: VPC.id(&network.id), own: network.id.clone(), is_default, base, bits });
    }
    vpcs
}

/// The default VPC.
pub(super) fn default(region: &Region<'_>) -> Option<Vpc> {
    all(region).into_iter().find(|vpc| vpc.is_default)
}

/// The VPC of this id.
pub(super) fn named(region: &Region<'_>, id: &str) -> Outcome<Vpc> {
    VPC.formed(id)?;
    all(region).into_iter().find(|vpc| vpc.id == id).ok_or_else(|| VPC.missing(&[id]))
}

fn subnets<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Subnet> {
    region.world.subnets.iter().filter(|subnet| networks(region).any(|network| network.id == subnet.network))
}

/// The subnet of this id.
pub(super) fn subnet<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Subnet> {
    SUBNET.formed(id)?;
    subnets(region).find(|subnet| SUBNET.is(id, &subnet.id)).ok_or_else(|| SUBNET.missing(&[id]))
}

/// The first subnet of the default VPC.
pub(super) fn default_subnet(region: &Region<'_>) -> Option<Subnet> {
    let vpc = default(region)?;
    region.world.subnets_of(&vpc.own).next().cloned()
}

/// A range of at least 16 and at most 65536 addresses, as VPCs and subnets must have.
fn range(text: &str, code: &str) -> Outcome<(Ipv4Addr, u32)> {
    let wrong = || {
        let message =
            format!("Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.");
        Refused::value(message)
    };
    let (base, bits) = text.split_once('/').ok_or_else(wrong)?;
    let (base, bits) =
        (base.parse::<Ipv4Addr>().map_err(|_| wrong())?, bits.parse::<u32>().map_err(|_| wrong())?);
    if !(16..=28).contains(&bits) {
        return Err(Refused::new(code, format!("The CIDR '{text}' is invalid.")));
    }
    Ok((masked(base, bits), bits))
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let (base, bits) = range(region.params.need("CidrBlock")?, "InvalidVpc.Range")?;
    let tags = region.given_tags(VPC)?;
    let project = region.project().to_owned();
    let own = region.world.create_network("", &project, false)?;
    region.ledger.ranges.insert(own.clone(), (base, bits));
    let id = VPC.id(&own);
    rename(region, &own, &tags);
    keep(region, &id, tags);
    let vpc = named(region, &id)?;
    let mut xml = Xml::default();
    xml.node("vpc", |xml| show(region, xml, &vpc));
    Ok(Told::from(xml).about(&id, ""))
}

/// A network goes by its `Name` tag in the other faces.
fn rename(region: &mut Region<'_>, own: &str, tags: &Pairs) {
    let name = tags.iter().find(|(key, _)| key == "Name").map(|(_, name)| name.clone());
    if let Some(network) = region.world.networks.iter_mut().find(|network| network.id == own) {
        network.name = name.unwrap_or_else(|| VPC.id(own));
    }
}

fn show(region: &Region<'_>, xml: &mut Xml, vpc: &Vpc) {
    xml.text("vpcId", &vpc.id).text("ownerId", &region.account).text("state", "available");
    xml.text("cidrBlock", vpc.cidr()).set("cidrBlockAssociationSet", [vpc], |xml, vpc| {
        xml.text("cidrBlock", vpc.cidr()).text("associationId", vpc.id.replace("vpc-", "vpc-cidr-assoc-"));
        xml.node("cidrBlockState", |xml| {
            xml.text("state", "associated");
        });
    });
    xml.text("dhcpOptionsId", "default").tags(&tags_of(region, &vpc.id)).text("instanceTenancy", "default");
    xml.text("isDefault", vpc.is_default);
}

fn depends(what: &str, id: &str) -> Refused {
    let message = format!("The {what} '{id}' has dependencies and cannot be deleted.");
    Refused::new("DependencyViolation", message)
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("VpcId")?;
    let vpc = named(region, id)?;
    let held = region.world.subnets_of(&vpc.own).next().is_some()
        || region.ledger.homes.values().any(|network| *network == vpc.own);
    if held && !vpc.is_default {
        return Err(depends("vpc", id));
    }
    match region.world.delete_network(&vpc.own) {
        Err(Refusal::NetworkInUse(..)) => return Err(depends("vpc", id)),
        done => done?,
    }
    region.ledger.ranges.remove(&vpc.own);
    region.ledger.tags.remove(id);
    Ok(Told::done().about(id, ""))
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let known = [
        "cidr",
        "cidr-block-association.cidr-block",
        "is-default",
        "isDefault",
        "owner-id",
        "state",
        "vpc-id",
    ];
    let filters = Filters::read(region.params, &known)?;
    let ids = region.params.list("VpcId");
    for id in &ids {
        named(region, id)?;
    }
    let wanted = |vpc: &Vpc| {
        (ids.is_empty() || ids.contains(&vpc.id))
            && filters.fit(&tags_of(region, &vpc.id), |name| {
                vec![match name {
                    "vpc-id" => vpc.id.clone(),
                    "owner-id" => region.account.clone(),
                    "state" => "available".to_owned(),
                    "is-default" | "isDefault" => vpc.is_default.to_string(),
                    _ => vpc.cidr(),
                }]
            })
    };
    let rows: Vec<Vpc> = all(region).into_iter().filter(wanted).collect();
    let (rows, next) = page(region.params, "VpcId", |vpc| vpc.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("vpcSet", rows, |xml, vpc| show(region, xml, &vpc)).some("nextToken", next);
    Ok(xml.into())
}

fn create_subnet(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let vpc = named(region, params.need("VpcId")?)?;
    let text = params.need("CidrBlock")?;
    let (base, bits) = range(text, "InvalidSubnet.Range")?;
    if let Some(zone) = params.get("AvailabilityZone").filter(|zone| *zone != ZONE) {
        let message = format!("Value ({zone}) for parameter availabilityZone is invalid.");
        return Err(Refused::value(message));
    }
    if !vpc.holds(base, bits) {
        return Err(Refused::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let tags = region.given_tags(SUBNET)?;
    let spec = SubnetSpec {
        name: tags.iter().find(|(key, _)| key == "Name").map(|(_, name)| name.clone()).unwrap_or_default(),
        network: vpc.own,
        project: region.project().to_owned(),
        base,
        prefix: bits,
        gateway: None,
        pools: Vec::new(),
        dhcp: true,
        dns: Vec::new(),
        routes: Vec::new(),
    };
    let own = match region.world.create_subnet(spec) {
        Err(Refusal::Overlap(..)) => {
            let message = format!("The CIDR '{text}' conflicts with another subnet");
            return Err(Refused::new("InvalidSubnet.Conflict", message));
        }
        made => made?,
    };
    let id = SUBNET.id(&own);
    keep(region, &id, tags);
    let mut xml = Xml::default();
    xml.node("subnet", |xml| {
        if let Ok(subnet) = subnet(region, &id) {
            show_subnet(region, xml, subnet);
        }
    });
    Ok(Told::from(xml).about(&id, ""))
}

fn is_default(region: &Region<'_>, subnet: &Subnet) -> bool {
    default(region).is_some_and(|vpc| vpc.own == subnet.network)
}

/// A subnet's tags; its `Name`, where nobody gave it one, is what the other faces call its network.
fn subnet_tags(region: &Region<'_>, subnet: &Subnet) -> Pairs {
    let mut tags = tags_of(region, &SUBNET.id(&subnet.id));
    let network = region.world.networks.iter().find(|network| network.id == subnet.network);
    let first = region.world.subnets_of(&subnet.network).next().is_some_and(|first| first.id == subnet.id);
    if let (true, false, Some(network)) = (first, tags.iter().any(|(key, _)| key == "Name"), network)
        && !network.name.is_empty()
    {
        tags.push(("Name".to_owned(), network.name.clone()));
    }
    tags
}

fn show_subnet(region: &Region<'_>, xml: &mut Xml, subnet: &Subnet) {
    let id = SUBNET.id(&subnet.id);
    xml.text("subnetId", &id).text("subnetArn", region.arn(SUBNET, &id)).text("state", "available");
    xml.text("ownerId", &region.account)
        .text("vpcId", VPC.id(&subnet.network))
        .text("cidrBlock", subnet.cidr());
    xml.node("ipv6CidrBlockAssociationSet", |_| {}).text("assignIpv6AddressOnCreation", false);
    xml.text("availableIpAddressCount", subnet.free()).text("availabilityZone", ZONE);
    xml.text("availabilityZoneId", "use1-az1").text("defaultForAz", is_default(region, subnet));
    xml.text("mapPublicIpOnLaunch", false).tags(&subnet_tags(region, subnet));
}

fn delete_subnet(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("SubnetId")?;
    let own = subnet(region, id)?.id.clone();
    match region.world.delete_subnet(&own) {
        Err(Refusal::SubnetInUse(_)) => return Err(depends("subnet", id)),
        done => done?,
    }
    region.ledger.tags.remove(id);
    Ok(Told::done().about(id, ""))
}

fn list_subnets(region: &mut Region<'_>) -> Outcome<Told> {
    let known = [
        "availability-zone",
        "availabilityZone",
        "available-ip-address-count",
        "cidr",
        "cidr-block",
        "default-for-az",
        "defaultForAz",
        "owner-id",
        "state",
        "subnet-id",
        "vpc-id",
    ];
    let filters = Filters::read(region.params, &known)?;
    let ids = region.params.list("SubnetId");
    for id in &ids {
        subnet(region, id)?;
    }
    let wanted = |subnet: &&Subnet| {
        let id = SUBNET.id(&subnet.id);
        (ids.is_empty() || ids.contains(&id))
            && filters.fit(&subnet_tags(region, subnet), |name| {
                vec![match name {
                    "subnet-id" => id.clone(),
                    "vpc-id" => VPC.id(&subnet.network),
                    "owner-id" => region.account.clone(),
                    "state" => "available".to_owned(),
                    "default-for-az" | "defaultForAz" => is_default(region, subnet).to_string(),
                    "availability-zone" | "availabilityZone" => ZONE.to_owned(),
                    "available-ip-address-count" => subnet.free().to_string(),
                    _ => subnet.cidr(),
                }]
            })
    };
    let rows: Vec<&Subnet> = subnets(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "SubnetId", |subnet| subnet.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("subnetSet", rows, |xml, subnet| show_subnet(region, xml, subnet)).some("nextToken", next);
    Ok(xml.into())
}
