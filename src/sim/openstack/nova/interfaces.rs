//! A server's addresses, and its ports in networks.

use std::net::Ipv4Addr;

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::view;
use super::{Answer, Call, Outcome, body, json, server};
use crate::world::{Network, Plug, Port, Refusal, State, World};

pub(super) fn addresses(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    Ok(json(200, &v!({"addresses": view::addresses(world, &world.servers[at], false)})))
}

pub(super) fn addresses_of(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let all = view::addresses(world, &world.servers[at], false);
    let network = call.param(1);
    match all.get(network) {
        Some(rows) => Ok(json(200, &v!({network: rows}))),
        None => Err(fault(404, "Instance is not a member of specified network")),
    }
}

fn value(call: &Call<'_>, port: &Port) -> Value {
    let addresses = port.addresses.iter().map(|a| v!({"subnet_id": a.subnet, "ip_address": a.ip}));
    let mut value = v!({"net_id": port.network, "port_id": port.id, "mac_addr": port.mac, "port_state": "ACTIVE",
        "fixed_ips": addresses.collect::<Vec<_>>()});
    if call.version >= 70 {
        value["tag"] = port.tag.clone().into();
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let server = &world.servers[at];
    let ports = server.ports.iter().filter(|_| server.networked);
    let rows: Vec<Value> = ports.map(|port| value(call, port)).collect();
    Ok(json(200, &v!({"interfaceAttachments": rows})))
}

fn port(world: &World, call: &Call<'_>, at: usize) -> Result<usize, Answer> {
    let id = call.param(1);
    let found = world.servers[at].ports.iter().position(|port| port.id == id);
    found.ok_or_else(|| fault(404, &format!("Port id {id} could not be found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let port = port(world, call, at)?;
    Ok(json(200, &v!({"interfaceAttachment": value(call, &world.servers[at].ports[port])})))
}

pub(super) fn attach(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["interfaceAttachment"]}))?;
    let asked = &asked["interfaceAttachment"];
    let at = server(world, call)?;
    let server = &world.servers[at];
    if server.locked && !call.admin() {
        return Err(refused("attach_interface", &server.id, Refusal::Locked));
    }
    if !matches!(server.state, State::Active | State::Paused | State::Stopped) || server.task.is_some() {
        let state = server.state.name().to_owned();
        return Err(refused("attach_interface", &server.id, Refusal::InState(state)));
    }
    let project = server.project.clone();
    let seen = |n: &Network| n.project == project || n.external || n.shared;
    let port = asked["port_id"].as_str().map(str::to_owned);
    let network = match (asked["net_id"].as_str(), &port) {
        (_, Some(_)) => String::new(),
        (Some(id), None) => {
            let found = world.network(id).filter(|network| seen(network));
            found.ok_or_else(|| fault(400, &format!("Network {id} could not be found.")))?.id.clone()
        }
        (None, None) => {
            let found = world.networks.iter().find(|n| !n.external && n.project == project);
            found.ok_or_else(|| fault(400, "No network to attach to."))?.id.clone()
        }
    };
    let address = asked["fixed_ips"][0]["ip_address"].as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
    let tag = asked["tag"].as_str().map(str::to_owned);
    let plug = Plug { network, address, port, tag, ..Plug::default() };
    let server = world.servers[at].id.clone();
    let port = world
        .plug(at, &plug, &call.asker())
        .map_err(|refusal| refused("attach_interface", &server, refusal))?;
    let told = world.port(&port).map(|port| value(call, port));
    let server = &world.servers[at];
    Ok(json(200, &v!({"interfaceAttachment": told})).about(&server.id, &server.name))
}

pub(super) fn detach(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let port = port(world, call, at)?;
    let gone = world.servers[at].ports.remove(port);
    world.release(vec![gone]);
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}
