//! Floating addresses.

use std::net::Ipv4Addr;

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, field, made, needed, once, own, to_change, to_make};
use super::list::{List, cut, listed};
use super::refuse::{forbidden, missing, no_pool, refused};
use super::{Answer, Call, Outcome, json, ports, time};
use crate::world::{Floating, Kind, World};

const LIST: List = List {
    name: "floatingips",
    kind: Kind::Floating,
    fields: &[
        "id",
        "tenant_id",
        "project_id",
        "floating_ip_address",
        "floating_network_id",
        "router_id",
        "port_id",
        "fixed_ip_address",
        "status",
        "description",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    needed("floating_network_id", Is::Id),
    once("floating_ip_address", Is::MaybeAddress),
    once("subnet_id", Is::MaybeId),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    once("dns_name", Is::Any),
    once("dns_domain", Is::Any),
    field("port_id", Is::MaybeId),
    field("fixed_ip_address", Is::MaybeAddress),
    field("description", Is::Text),
    field("qos_policy_id", Is::Any),
    field("distributed", Is::Any),
    own("id"),
    own("router_id"),
    own("status"),
    own("port_details"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

/// It is ACTIVE where it leads somewhere, as under an agent that carries it there at once.
fn value(world: &World, floating: &Floating) -> Value {
    let standing = &floating.standing;
    let details = floating.port.as_deref().and_then(|id| world.port(id)).map(|port| {
        v!({"name": port.name, "network_id": port.network, "mac_address": port.mac, "admin_state_up": port.up,
            "status": ports::status(port), "device_id": port.device, "device_owner": ports::owner(&port.holder)})
    });
    v!({"id": floating.id, "tenant_id": floating.project, "project_id": floating.project,
        "floating_ip_address": floating.address, "floating_network_id": floating.network,
        "router_id": floating.router, "port_id": floating.port, "fixed_ip_address": floating.fixed,
        "status": if floating.port.is_some() { "ACTIVE" } else { "DOWN" }, "description": standing.description, "port_details": details, "tags": standing.tags,
        "created_at": time::second(standing.created), "updated_at": time::second(standing.updated),
        "revision_number": standing.revision})
}

fn all<'a>(world: &'a World, call: &'a Call<'_>) -> impl Iterator<Item = &'a Floating> {
    world.floating.iter().filter(|floating| call.admin() || floating.project == call.project())
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(call, &LIST, all(world, call).map(|floating| value(world, floating)).collect())
}

fn seen<'a>(world: &'a World, call: &'a Call<'_>, id: &str) -> Result<&'a Floating, Answer> {
    all(world, call).find(|floating| floating.id == id).ok_or_else(|| missing(Kind::Floating, id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let floating = seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"floatingip": cut(call, value(world, floating))})))
}

fn ip(asked: &Asked, name: &str) -> Option<Ipv4Addr> {
    asked.text(name).and_then(|text| text.parse().ok())
}

/// Leads it where the body says, if that says so.
fn lead(world: &mut World, call: &Call<'_>, id: &str, asked: &Asked) -> Result<(), Answer> {
    let Some(port) = asked.get("port_id") else { return Ok(()) };
    if let Some(port) = port.as_str() {
        ports::seen(world, call, port)?;
    }
    world.associate(id, port.as_str(), ip(asked, "fixed_ip_address")).map_err(refused)
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "floatingip", "floatingips", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        let address = ip(asked, "floating_ip_address");
        if address.is_some() && !call.admin() {
            let rule = "rule:create_floatingip";
            return Err(forbidden(&format!("({rule} and {rule}:floating_ip_address)")));
        }
        let network = asked.text("floating_network_id").unwrap_or_default();
        super::networks::seen(world, call, network)?;
        let project = asked.project(call).to_owned();
        let id = world.allocate(network, asked.text("subnet_id"), address, &project).map_err(no_pool)?;
        if let Err(refusal) = lead(world, call, &id, asked) {
            world.deallocate(&id).map_err(refused)?;
            return Err(refusal);
        }
        if let Some(floating) = world.floating.iter_mut().find(|floating| floating.id == id) {
            asked.text("description").unwrap_or_default().clone_into(&mut floating.standing.description);
        }
        let floating = seen(world, call, &id)?;
        rows.push(value(world, floating));
        let name = floating.address.to_string();
        ids.push((id, name));
    }
    Ok(made("floatingip", "floatingips", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "floatingip", FIELDS)?;
    let id = seen(world, call, call.param(0))?.id.clone();
    lead(world, call, &id, &asked)?;
    let now = world.now();
    if let Some(floating) = world.floating.iter_mut().find(|floating| floating.id == id)
        && let Some(description) = asked.text("description")
    {
        description.clone_into(&mut floating.standing.description);
        floating.standing.touch(now);
    }
    let floating = seen(world, call, &id)?;
    let name = floating.address.to_string();
    Ok(json(200, &v!({"floatingip": value(world, floating)})).about(&id, &name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let floating = seen(world, call, call.param(0))?;
    let (id, name) = (floating.id.clone(), floating.address.to_string());
    world.deallocate(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, &name))
}

/// The subnets that floating addresses come from.
pub(super) fn pools(world: &mut World, call: &Call<'_>) -> Outcome {
    let outside = world.networks.iter().filter(|network| network.external);
    let rows = outside.flat_map(|network| world.subnets_of(&network.id)).map(|subnet| {
        v!({"subnet_id": subnet.id, "subnet_name": subnet.name, "tenant_id": call.project(),
            "project_id": call.project(), "network_id": subnet.network, "cidr": subnet.cidr()})
    });
    Ok(json(200, &v!({"floatingip_pools": rows.collect::<Vec<_>>()})))
}

pub(super) fn forwardings(world: &mut World, call: &Call<'_>) -> Outcome {
    seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"port_forwardings": []})))
}
