//! Filter, showing and updating servers.

use serde_json::{Value, json as v};

use super::filters;
use super::refuse::fault;
use super::view::{For, brief, full};
use super::{Call, Outcome, body, json, page, policy, schemas, server};
use crate::world::{Server, World};

fn listed(
    world: &World,
    call: &Call<'_>,
    path: &str,
    draw: fn(&World, &Call<'_>, &Server) -> Value,
) -> Outcome {
    let rows = filters::matching(world, call)?;
    let (rows, next) = page(call, rows, |server: &Server| server.id.as_str(), path)?;
    let mut told =
        v!({"servers": rows.into_iter().map(|server| draw(world, call, server)).collect::<Vec<_>>()});
    if let Some(next) = next {
        told["servers_links"] = next;
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "servers", |_, call, server| brief(call, server))
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "servers/detail", |world, call, server| full(world, call, server, For::Detail))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    Ok(json(200, &v!({"server": full(world, call, &world.servers[at], For::Show)})))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::update(call.version))?;
    let asked = &asked["server"];
    let at = server(world, call)?;
    if world.servers[at].project != call.project() {
        policy(call, "servers:update")?;
    }
    let now = world.now();
    let server = &mut world.servers[at];
    if asked.as_object().is_some_and(|asked| !asked.is_empty()) {
        server.updated = now;
    }
    let set = |key: &str, place: &mut String| {
        if let Some(text) = asked[key].as_str() {
            text.clone_into(place);
        }
    };
    set("name", &mut server.name);
    set("accessIPv4", &mut server.access_v4);
    set("accessIPv6", &mut server.access_v6);
    set("hostname", &mut server.hostname);
    if let Some(description) = asked.get("description") {
        server.description = description.as_str().map(str::to_owned);
    }
    if let Some(disk) = asked["OS-DCF:diskConfig"].as_str() {
        server.auto_disk = disk == "AUTO";
    }
    let answer = json(200, &v!({"server": full(world, call, &world.servers[at], For::Change)}));
    let server = &world.servers[at];
    Ok(answer.about(&server.id, &server.name))
}

/// The refusal of a value that is no boolean.
pub(super) fn no_boolean(text: &str) -> super::Answer {
    fault(
        400,
        &format!(
            "Unrecognized value '{text}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', \
             'true', 'y', 'yes'"
        ),
    )
}
