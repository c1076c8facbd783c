//! Routers, their way out, and the subnets they join.

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, field, fixed, made, once, own, to_change, to_make};
use super::list::{List, cut, listed};
use super::refuse::{failed, missing, refused};
use super::{Answer, Call, Outcome, json, networks, time};
use crate::world::{Kind, Router, World};

const LIST: List = List {
    name: "routers",
    kind: Kind::Router,
    fields: &[
        "id",
        "name",
        "tenant_id",
        "project_id",
        "admin_state_up",
        "status",
        "description",
        "flavor_id",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    field("name", Is::Text),
    field("description", Is::Text),
    field("admin_state_up", Is::Truth),
    field("external_gateway_info", Is::Any),
    field("routes", Is::Any),
    field("distributed", Is::Any),
    field("ha", Is::Any),
    once("availability_zone_hints", Is::Any),
    once("flavor_id", Is::Any),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    own("id"),
    own("status"),
    own("availability_zones"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

fn value(router: &Router) -> Value {
    let standing = &router.standing;
    let gateway = router.gateway.as_ref().map(|gateway| {
        let addresses: Vec<Value> =
            gateway.addresses.iter().map(|a| v!({"subnet_id": a.subnet, "ip_address": a.ip})).collect();
        v!({"network_id": gateway.network, "external_fixed_ips": addresses, "enable_snat": gateway.snat})
    });
    let routes: Vec<Value> =
        router.routes.iter().map(|(to, hop)| v!({"destination": to, "nexthop": hop})).collect();
    v!({"id": router.id, "name": router.name, "project_id": router.project, "admin_state_up": router.up,
        "status": "ACTIVE", "external_gateway_info": gateway, "description": standing.description,
        "availability_zones": [], "availability_zone_hints": [], "routes": routes, "flavor_id": null,
        "tags": standing.tags, "created_at": time::second(standing.created),
        "updated_at": time::second(standing.updated), "revision_number": standing.revision,
        "tenant_id": router.project})
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = world.routers.iter().filter(|router| call.admin() || router.project == call.project());
    listed(call, &LIST, own.map(value).collect())
}

fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Router, Answer> {
    let found = world.router(id).filter(|router| call.admin() || router.project == call.project());
    found.ok_or_else(|| missing(Kind::Router, id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"router": cut(call, value(seen(world, call, call.param(0))?))})))
}

/// Whether the network of a gateway can be one, before anything is made.
fn check_gateway(world: &World, call: &Call<'_>, asked: &Asked) -> Result<(), Answer> {
    let Some(id) = asked.get("external_gateway_info").and_then(|info| info["network_id"].as_str()) else {
        return Ok(());
    };
    match networks::seen(world, call, id)?.external {
        true => Ok(()),
        false => {
            let why = format!("Network {id} is not an external network.");
            Err(failed(400, "BadRequest", &format!("Bad router request: {why}")))
        }
    }
}

fn set(world: &mut World, id: &str, asked: &Asked) -> Result<(), Answer> {
    if let Some(info) = asked.get("external_gateway_info") {
        let wanted = info["external_fixed_ips"].as_array().filter(|rows| !rows.is_empty());
        let wanted = wanted.map(|rows| fixed(rows)).transpose()?;
        let snat = info["enable_snat"].as_bool().unwrap_or(true);
        world.set_gateway(id, info["network_id"].as_str(), wanted.as_deref(), snat).map_err(refused)?;
    }
    if let Some(routes) = asked.pairs("routes", "destination", "nexthop") {
        world.set_routes(id, routes).map_err(refused)?;
    }
    let now = world.now();
    if let Some(router) = world.routers.iter_mut().find(|router| router.id == id) {
        if let Some(name) = asked.text("name") {
            name.clone_into(&mut router.name);
        }
        if let Some(description) = asked.text("description") {
            description.clone_into(&mut router.standing.description);
        }
        router.up = asked.truth("admin_state_up").unwrap_or(router.up);
        router.standing.updated = now;
    }
    Ok(())
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "router", "routers", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        check_gateway(world, call, asked)?;
        let name = asked.text("name").unwrap_or_default();
        let id = world.create_router(name, asked.project(call)).map_err(refused)?;
        set(world, &id, asked)?;
        rows.push(value(seen(world, call, &id)?));
        ids.push((id, name.to_owned()));
    }
    Ok(made("router", "routers", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "router", FIELDS)?;
    let id = seen(world, call, call.param(0))?.id.clone();
    check_gateway(world, call, &asked)?;
    set(world, &id, &asked)?;
    let router = seen(world, call, &id)?;
    Ok(json(200, &v!({"router": value(router)})).about(&id, &router.name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let router = seen(world, call, call.param(0))?;
    let (id, name) = (router.id.clone(), router.name.clone());
    world.delete_router(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, &name))
}

/// The subnet and the port that the body of a joining names.
fn ends(call: &Call<'_>) -> Result<(Option<String>, Option<String>), Answer> {
    let body = call.request.json().unwrap_or_default();
    let text = |key: &str| body[key].as_str().map(str::to_owned);
    Ok((text("subnet_id"), text("port_id")))
}

fn joined(world: &World, router: &str, subnet: &str, port: &str, network: &str) -> Answer {
    let (project, name) = world
        .router(router)
        .map_or_else(Default::default, |router| (router.project.clone(), router.name.clone()));
    json(
        200,
        &v!({"id": router, "project_id": project, "port_id": port, "network_id": network,
        "subnet_id": subnet, "subnet_ids": [subnet]}),
    )
    .about(router, &name)
}

pub(super) fn join(world: &mut World, call: &Call<'_>) -> Outcome {
    let router = seen(world, call, call.param(0))?.id.clone();
    let bad = |why: &str| Err(failed(400, "BadRequest", &format!("Bad router request: {why}")));
    let (subnet, port) = match ends(call)? {
        (Some(_), Some(_)) => return bad("Cannot specify both subnet-id and port-id."),
        (Some(subnet), None) => {
            let port = world.join_subnet(&router, &subnet).map_err(refused)?;
            (subnet, port)
        }
        (None, Some(port)) => {
            super::ports::seen(world, call, &port)?;
            (world.join_port(&router, &port).map_err(refused)?, port)
        }
        (None, None) => return bad("Either subnet_id or port_id must be specified."),
    };
    let network = world.port(&port).map(|port| port.network.clone()).unwrap_or_default();
    Ok(joined(world, &router, &subnet, &port, &network))
}

pub(super) fn part(world: &mut World, call: &Call<'_>) -> Outcome {
    let router = seen(world, call, call.param(0))?.id.clone();
    let (subnet, port) = ends(call)?;
    if subnet.is_none() && port.is_none() {
        let why = "Either subnet_id or port_id must be specified.";
        return Err(failed(400, "BadRequest", &format!("Bad router request: {why}")));
    }
    let (subnet, port) = world.part_subnet(&router, subnet.as_deref(), port.as_deref()).map_err(refused)?;
    let network = world.subnet(&subnet).map(|subnet| subnet.network.clone()).unwrap_or_default();
    Ok(joined(world, &router, &subnet, &port, &network))
}
