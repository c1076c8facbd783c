//! Floating addresses as Nova's proxies know them: pools and addresses until 2.35, on servers until 2.43.

use std::net::Ipv4Addr;

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::{Answer, Call, Outcome, body, json, schemas, server};
use crate::world::{Floating, Refusal, World};

fn value(world: &World, floating: &Floating) -> Value {
    let device = floating.port.as_deref().and_then(|port| world.port(port)).map(|port| port.device.clone());
    let pool = world.network(&floating.network).map(|network| network.name.clone());
    v!({"id": floating.id, "ip": floating.address, "pool": pool, "fixed_ip": floating.fixed,
        "instance_id": device})
}

fn own<'a>(world: &'a World, call: &'a Call<'_>) -> impl Iterator<Item = &'a Floating> {
    world.floating.iter().filter(|floating| floating.project == call.project())
}

pub(super) fn pools(world: &mut World, _: &Call<'_>) -> Outcome {
    let rows = world.networks.iter().filter(|network| network.external).map(|n| v!({"name": n.name}));
    Ok(json(200, &v!({"floating_ip_pools": rows.collect::<Vec<_>>()})))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let rows: Vec<Value> = own(world, call).map(|floating| value(world, floating)).collect();
    Ok(json(200, &v!({"floating_ips": rows})))
}

fn named<'a>(world: &'a World, call: &'a Call<'_>) -> Result<&'a Floating, Answer> {
    let id = call.param(0);
    let missing = || fault(404, &format!("Floating IP not found for ID {id}"));
    own(world, call).find(|floating| floating.id == id).ok_or_else(missing)
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"floating_ip": value(world, named(world, call)?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let pool = call.request.json().unwrap_or_default()["pool"].as_str().map(str::to_owned);
    let fits = |name: &str, id: &str| pool.as_deref().is_none_or(|pool| pool == name || pool == id);
    let network = world.networks.iter().find(|n| n.external && fits(&n.name, &n.id)).map(|n| n.id.clone());
    let network = network.ok_or_else(|| fault(404, "Floating IP pool not found."))?;
    let project = call.project().to_owned();
    let id = world.allocate(&network, None, None, &project).map_err(|refusal| match refusal {
        Refusal::OverQuota { .. } => fault(403, "Floating IP quota exceeded."),
        Refusal::NoAddress(_) => fault(404, "No more floating IPs available."),
        other => refused("", "", other),
    })?;
    let told = world.floating(&id).map(|floating| value(world, floating));
    Ok(json(200, &v!({"floating_ip": told})).about(&id, ""))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = named(world, call)?.id.clone();
    world.deallocate(&id).map_err(|refusal| refused("", "", refusal))?;
    Ok(Answer::empty(202).about(&id, ""))
}

/// The floating address that the body names, by id.
fn asked(world: &World, call: &Call<'_>, asked: &Value) -> Result<String, Answer> {
    let ip = asked["address"].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
    let found = ip.and_then(|ip| world.floating_at(ip)).filter(|f| f.project == call.project());
    found.map(|floating| floating.id.clone()).ok_or_else(|| fault(404, "floating IP not found"))
}

pub(super) fn add(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call, &schemas::floating("addFloatingIp"))?;
    let body = &body["addFloatingIp"];
    let at = server(world, call)?;
    let fixed = body["fixed_address"].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
    let id = asked(world, call, body)?;
    let server = &world.servers[at];
    let fits = |port: &&crate::world::Port| {
        port.addresses.iter().any(|own| fixed.is_none_or(|fixed| own.ip == fixed))
    };
    let Some(port) = server.ports.iter().find(fits).map(|port| port.id.clone()) else {
        return Err(match fixed {
            Some(_) => fault(400, "Specified fixed address not assigned to instance"),
            None => fault(400, "No fixed IPs associated to instance"),
        });
    };
    world.associate(&id, Some(&port), fixed).map_err(|refusal| match refusal {
        Refusal::Unreachable { .. } => fault(400, "Unable to associate floating IP: no router leads there."),
        other => refused("", "", other),
    })?;
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call, &schemas::floating("removeFloatingIp"))?;
    let at = server(world, call)?;
    let id = asked(world, call, &body["removeFloatingIp"])?;
    let server = &world.servers[at];
    let floating = world.floating(&id).and_then(|floating| floating.port.clone());
    if !floating.is_some_and(|port| server.ports.iter().any(|own| own.id == port)) {
        let message = format!(
            "Floating IP {} is not associated with instance {}.",
            body["removeFloatingIp"]["address"].as_str().unwrap_or_default(),
            server.id
        );
        return Err(fault(409, &message));
    }
    world.associate(&id, None, None).map_err(|refusal| refused("", "", refusal))?;
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}
