//! Subnets, of IPv4 alone.

use std::net::Ipv4Addr;

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, field, is_address, made, needed, once, own, range, to_change, to_make};
use super::list::{List, cut, listed};
use super::networks::seen as network_seen;
use super::refuse::{bad, failed, forbidden, missing, quoted, refused};
use super::{Answer, Call, Outcome, json, time};
use crate::world::{Kind, Subnet, SubnetSpec, World};

const LIST: List = List {
    name: "subnets",
    kind: Kind::Subnet,
    fields: &[
        "id",
        "name",
        "tenant_id",
        "project_id",
        "network_id",
        "ip_version",
        "cidr",
        "gateway_ip",
        "enable_dhcp",
        "subnetpool_id",
        "ipv6_ra_mode",
        "ipv6_address_mode",
        "shared",
        "segment_id",
        "description",
        "router:external",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    needed("network_id", Is::Id),
    needed("ip_version", Is::Whole),
    once("cidr", Is::Any),
    once("prefixlen", Is::Any),
    once("subnetpool_id", Is::Any),
    once("use_default_subnetpool", Is::Any),
    once("ipv6_ra_mode", Is::Any),
    once("ipv6_address_mode", Is::Any),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    field("name", Is::Text),
    field("description", Is::Text),
    field("enable_dhcp", Is::Truth),
    field("gateway_ip", Is::MaybeAddress),
    field("allocation_pools", Is::Any),
    field("dns_nameservers", Is::Any),
    field("host_routes", Is::Any),
    field("service_types", Is::Any),
    field("segment_id", Is::Any),
    own("id"),
    own("shared"),
    own("router:external"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

fn value(world: &World, subnet: &Subnet) -> Value {
    let standing = &subnet.standing;
    let external = world.network(&subnet.network).is_some_and(|network| network.external);
    let pools: Vec<Value> =
        subnet.pools.iter().map(|(first, last)| v!({"start": first, "end": last})).collect();
    let routes: Vec<Value> =
        subnet.routes.iter().map(|(to, hop)| v!({"destination": to, "nexthop": hop})).collect();
    v!({"id": subnet.id, "name": subnet.name, "project_id": subnet.project, "network_id": subnet.network,
        "ip_version": 4, "subnetpool_id": null, "enable_dhcp": subnet.dhcp, "ipv6_ra_mode": null,
        "ipv6_address_mode": null, "gateway_ip": subnet.gateway, "cidr": subnet.cidr(), "allocation_pools": pools,
        "host_routes": routes, "dns_nameservers": subnet.dns, "description": standing.description,
        "router:external": external, "service_types": [], "tags": standing.tags,
        "created_at": time::second(standing.created), "updated_at": time::second(standing.updated),
        "revision_number": standing.revision, "tenant_id": subnet.project})
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let networks = world.networks_of(call.project(), call.admin());
    let rows = networks.flat_map(|network| world.subnets_of(&network.id)).map(|subnet| value(world, subnet));
    listed(call, &LIST, rows.collect())
}

pub(super) fn pools(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"subnetpools": []})))
}

fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Subnet, Answer> {
    let found = world.subnet(id).filter(|subnet| network_seen(world, call, &subnet.network).is_ok());
    found.ok_or_else(|| missing(Kind::Subnet, id))
}

fn owned<'a>(world: &'a World, call: &Call<'_>, rule: &str) -> Result<&'a Subnet, Answer> {
    let subnet = seen(world, call, call.param(0))?;
    match call.admin() || subnet.project == call.project() {
        true => Ok(subnet),
        false => Err(forbidden(&format!("rule:{rule}"))),
    }
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let subnet = seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"subnet": cut(call, value(world, subnet))})))
}

fn check_lists(asked: &Asked) -> Result<(), Answer> {
    if let Some(odd) = asked.rows("dns_nameservers").and_then(|rows| rows.iter().find(|row| !is_address(row)))
    {
        let shown = quoted(odd);
        return Err(bad(&format!(
            "Invalid input for dns_nameservers. Reason: {shown} is not a valid nameserver. {shown} is not a valid IP \
             address."
        )));
    }
    Ok(())
}

fn pool_list(asked: &Asked) -> Option<Vec<(Ipv4Addr, Ipv4Addr)>> {
    let ip = |row: &Value, key: &str| row[key].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
    let rows = asked.rows("allocation_pools")?;
    Some(rows.iter().filter_map(|row| Some((ip(row, "start")?, ip(row, "end")?))).collect())
}

fn gateway(asked: &Asked) -> Option<Option<Ipv4Addr>> {
    Some(asked.get("gateway_ip")?.as_str().and_then(|text| text.parse().ok()))
}

fn spec(call: &Call<'_>, asked: &Asked, network: &str) -> Result<SubnetSpec, Answer> {
    check_lists(asked)?;
    let Some(cidr) = asked.get("cidr").filter(|cidr| !cidr.is_null()) else {
        let why = "a subnetpool must be specified in the absence of a cidr.";
        return Err(failed(400, "BadRequest", &format!("Bad subnets request: {why}")));
    };
    let cidr = cidr.as_str().unwrap_or_default();
    let invalid = |why: String| failed(400, "InvalidInput", &format!("Invalid input for operation: {why}"));
    let range = range(cidr).ok_or_else(|| invalid(format!("{cidr} is not in a CIDR format.")));
    let version = asked.whole("ip_version").unwrap_or(4);
    let (base, prefix) = match version {
        4 => range?,
        _ if range.is_err() => {
            return Err(bad("The simulated cloud has no subnets of IPv6; give an IPv4 range."));
        }
        _ => return Err(invalid(format!("cidr '{cidr}' does not match the ip_version '{version}'."))),
    };
    Ok(SubnetSpec {
        name: asked.text("name").unwrap_or_default().to_owned(),
        network: network.to_owned(),
        project: asked.project(call).to_owned(),
        base,
        prefix,
        gateway: gateway(asked),
        pools: pool_list(asked).unwrap_or_default(),
        dhcp: asked.truth("enable_dhcp").unwrap_or(true),
        dns: asked.texts("dns_nameservers").unwrap_or_default(),
        routes: asked.pairs("host_routes", "destination", "nexthop").unwrap_or_default(),
    })
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "subnet", "subnets", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        let network = network_seen(world, call, asked.text("network_id").unwrap_or_default())?;
        if !call.admin() && network.project != call.project() {
            return Err(forbidden("rule:create_subnet"));
        }
        let network = network.id.clone();
        let spec = spec(call, asked, &network)?;
        let name = spec.name.clone();
        let id = world.create_subnet(spec).map_err(refused)?;
        if let Some(subnet) = world.subnets.iter_mut().find(|subnet| subnet.id == id) {
            asked.text("description").unwrap_or_default().clone_into(&mut subnet.standing.description);
        }
        rows.push(world.subnet(&id).map(|subnet| value(world, subnet)).unwrap_or_default());
        ids.push((id, name));
    }
    Ok(made("subnet", "subnets", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "subnet", FIELDS)?;
    check_lists(&asked)?;
    let id = owned(world, call, "update_subnet")?.id.clone();
    let now = world.now();
    if let Some(subnet) = world.subnets.iter_mut().find(|subnet| subnet.id == id) {
        if let Some(name) = asked.text("name") {
            name.clone_into(&mut subnet.name);
        }
        if let Some(description) = asked.text("description") {
            description.clone_into(&mut subnet.standing.description);
        }
        subnet.dhcp = asked.truth("enable_dhcp").unwrap_or(subnet.dhcp);
        subnet.gateway = gateway(&asked).unwrap_or(subnet.gateway);
        subnet.pools = pool_list(&asked).unwrap_or_else(|| std::mem::take(&mut subnet.pools));
        subnet.dns = asked.texts("dns_nameservers").unwrap_or_else(|| std::mem::take(&mut subnet.dns));
        let routes = asked.pairs("host_routes", "destination", "nexthop");
        subnet.routes = routes.unwrap_or_else(|| std::mem::take(&mut subnet.routes));
        subnet.standing.touch(now);
    }
    let subnet = seen(world, call, &id)?;
    Ok(json(200, &v!({"subnet": value(world, subnet)})).about(&id, &subnet.name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let subnet = owned(world, call, "delete_subnet")?;
    let (id, name) = (subnet.id.clone(), subnet.name.clone());
    world.delete_subnet(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, &name))
}
