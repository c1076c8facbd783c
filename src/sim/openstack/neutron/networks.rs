//! Networks.

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, field, made, own, to_change, to_make};
use super::list::{List, cut, listed};
use super::refuse::{forbidden, missing, refused};
use super::{Answer, Call, Outcome, json, time};
use crate::world::{Kind, Network, World};

const LIST: List = List {
    name: "networks",
    kind: Kind::Network,
    fields: &[
        "id",
        "name",
        "tenant_id",
        "project_id",
        "admin_state_up",
        "status",
        "shared",
        "router:external",
        "description",
        "mtu",
        "is_default",
        "revision_number",
        "created_at",
        "updated_at",
        "port_security_enabled",
        "provider:network_type",
        "provider:physical_network",
        "provider:segmentation_id",
    ],
};

const FIELDS: &[Field] = &[
    field("name", Is::Text),
    field("description", Is::Text),
    field("admin_state_up", Is::Truth),
    field("shared", Is::Truth),
    field("router:external", Is::Truth),
    field("is_default", Is::Truth),
    field("mtu", Is::Whole),
    field("port_security_enabled", Is::Truth),
    field("tenant_id", Is::Text),
    field("project_id", Is::Text),
    field("availability_zone_hints", Is::Any),
    field("dns_domain", Is::Text),
    field("qos_policy_id", Is::Any),
    field("provider:network_type", Is::Any),
    field("provider:physical_network", Is::Any),
    field("provider:segmentation_id", Is::Any),
    field("vlan_transparent", Is::Any),
    field("qinq", Is::Any),
    own("id"),
    own("status"),
    own("subnets"),
    own("availability_zones"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

fn value(world: &World, network: &Network) -> Value {
    let standing = &network.standing;
    let subnets: Vec<&str> = world.subnets_of(&network.id).map(|subnet| subnet.id.as_str()).collect();
    let mut value = v!({"id": network.id, "name": network.name, "tenant_id": network.project,
        "project_id": network.project, "admin_state_up": network.up, "mtu": network.mtu, "status": "ACTIVE",
        "subnets": subnets, "shared": network.shared, "availability_zone_hints": [], "availability_zones": [],
        "ipv4_address_scope": null, "ipv6_address_scope": null, "router:external": network.external, "qinq": false,
        "vlan_transparent": false, "description": standing.description, "port_security_enabled": true,
        "tags": standing.tags, "created_at": time::second(standing.created),
        "updated_at": time::second(standing.updated), "revision_number": standing.revision});
    if network.external {
        value["is_default"] = false.into();
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let rows = world.networks_of(call.project(), call.admin()).map(|network| value(world, network));
    listed(call, &LIST, rows.collect())
}

/// The network of this id, if the caller sees it.
pub(super) fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Network, Answer> {
    let found = world.network(id).filter(|network| {
        call.admin() || network.external || network.shared || network.project == call.project()
    });
    found.ok_or_else(|| missing(Kind::Network, id))
}

/// The network of the path, if the caller may do this to it.
fn owned<'a>(world: &'a World, call: &Call<'_>, rule: &str) -> Result<&'a Network, Answer> {
    let network = seen(world, call, call.param(0))?;
    match call.admin() || network.project == call.project() {
        true => Ok(network),
        false => Err(forbidden(&format!("rule:{rule}"))),
    }
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let network = seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"network": cut(call, value(world, network))})))
}

/// Refuses what administrators alone may set.
fn allowed(call: &Call<'_>, asked: &Asked, rule: &str) -> Result<(), Answer> {
    for name in ["shared", "router:external"] {
        if asked.truth(name) == Some(true) && !call.admin() {
            return Err(forbidden(&format!("(rule:{rule} and rule:{rule}:{name})")));
        }
    }
    Ok(())
}

fn set(network: &mut Network, asked: &Asked) {
    if let Some(name) = asked.text("name") {
        name.clone_into(&mut network.name);
    }
    if let Some(description) = asked.text("description") {
        description.clone_into(&mut network.standing.description);
    }
    network.up = asked.truth("admin_state_up").unwrap_or(network.up);
    network.shared = asked.truth("shared").unwrap_or(network.shared);
    network.external = asked.truth("router:external").unwrap_or(network.external);
    network.mtu = asked.whole("mtu").filter(|mtu| *mtu > 0).unwrap_or(network.mtu);
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "network", "networks", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        allowed(call, asked, "create_network")?;
        let external = asked.truth("router:external").unwrap_or_default();
        let name = asked.text("name").unwrap_or_default();
        let id = world.create_network(name, asked.project(call), external).map_err(refused)?;
        if let Some(network) = world.networks.iter_mut().find(|network| network.id == id) {
            set(network, asked);
        }
        let mut told = world.network(&id).map(|network| value(world, network)).unwrap_or_default();
        told["is_default"] = false.into();
        rows.push(told);
        ids.push((id, name.to_owned()));
    }
    Ok(made("network", "networks", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "network", FIELDS)?;
    let id = owned(world, call, "update_network")?.id.clone();
    allowed(call, &asked, "update_network")?;
    let now = world.now();
    if let Some(network) = world.networks.iter_mut().find(|network| network.id == id) {
        set(network, &asked);
        network.standing.touch(now);
    }
    let network = seen(world, call, &id)?;
    Ok(json(200, &v!({"network": value(world, network)})).about(&id, &network.name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let network = owned(world, call, "delete_network")?;
    let (id, name) = (network.id.clone(), network.name.clone());
    world.delete_network(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, &name))
}
