//! Security groups as Nova shows them: of a server, and as the proxy that ends with 2.35.

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::{Answer, Call, Outcome, body, json, schemas, server};
use crate::sim::world::{Group, Refusal, World, fresh_id};

fn value(group: &Group) -> Value {
    let rules = group.rules.iter().step_by(2).map(|id| {
        v!({"id": id, "parent_group_id": group.id, "ip_protocol": null, "from_port": null, "to_port": null,
            "group": {"name": group.name, "tenant_id": group.project}, "ip_range": {}})
    });
    v!({"id": group.id, "description": group.description, "name": group.name, "tenant_id": group.project,
        "rules": rules.collect::<Vec<_>>()})
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = world.groups.iter().filter(|group| group.project == call.project());
    Ok(json(200, &v!({"security_groups": own.map(value).collect::<Vec<_>>()})))
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Group, Answer> {
    let name = call.param(0);
    let own = |group: &&Group| group.project == call.project() && group.id == name;
    world.groups.iter().find(own).ok_or_else(|| fault(404, &format!("Security group {name} not found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"security_group": value(named(world, call)?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["security_group"]}))?;
    let asked = &asked["security_group"];
    let Some(name) = asked["name"].as_str().filter(|name| !name.is_empty()) else {
        return Err(fault(400, "Security group name is not a string or unicode"));
    };
    let group = Group {
        id: fresh_id(),
        name: name.to_owned(),
        project: call.project().to_owned(),
        description: asked["description"].as_str().unwrap_or_default().to_owned(),
        created: world.now(),
        rules: Vec::new(),
    };
    let answer = json(200, &v!({"security_group": value(&group)})).about(&group.id, name);
    world.groups.push(group);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let group = named(world, call)?.clone();
    world.groups.retain(|other| other.id != group.id);
    Ok(Answer::empty(202).about(&group.id, &group.name))
}

pub(super) fn of_server(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let server = &world.servers[at];
    let own = server.groups.iter().filter_map(|name| world.group(&server.project, name));
    Ok(json(200, &v!({"security_groups": own.map(value).collect::<Vec<_>>()})))
}

/// The server of the path and the group that the body names.
fn both(world: &World, call: &Call<'_>, action: &str) -> Result<(usize, Group), Answer> {
    let asked = body(call, &schemas::group(action))?;
    let name = asked[action]["name"].as_str().unwrap_or_default();
    let at = server(world, call)?;
    let project = &world.servers[at].project;
    let missing = || fault(404, &format!("Security group {name} is not found for project {project}"));
    let group = world.group(project, name).cloned().ok_or_else(missing)?;
    Ok((at, group))
}

pub(super) fn add(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, group) = both(world, call, "addSecurityGroup")?;
    let server = &mut world.servers[at];
    if server.groups.contains(&group.name) {
        return Err(refused("addSecurityGroup", &server.id, Refusal::InGroup(group.id)));
    }
    server.groups.push(group.name);
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, group) = both(world, call, "removeSecurityGroup")?;
    let server = &mut world.servers[at];
    let place = server.groups.iter().position(|name| *name == group.name);
    let missing = || refused("removeSecurityGroup", &server.id, Refusal::NotInGroup(group.name.clone()));
    server.groups.remove(place.ok_or_else(missing)?);
    Ok(Answer::empty(202).about(&server.id, &server.name))
}
