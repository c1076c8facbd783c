//! Security groups as Nova shows them: of a server, and as the proxy that ends with 2.35.

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::{Answer, Call, Outcome, body, json, schemas, server};
use crate::world::{Family, Group, Refusal, Rule, RuleSpec, World};

/// The rules that let something in: the proxy knows no others.
fn value(world: &World, group: &Group) -> Value {
    let rules = group.rules.iter().filter(|rule| rule.inward).map(|rule| rule_value(world, group, rule));
    v!({"id": group.id, "description": group.standing.description, "name": group.name,
        "tenant_id": group.project, "rules": rules.collect::<Vec<_>>()})
}

fn rule_value(world: &World, group: &Group, rule: &Rule) -> Value {
    let source = rule.group.as_deref().and_then(|id| world.group_by_id(id));
    let source = source.map_or_else(|| v!({}), |g| v!({"name": g.name, "tenant_id": g.project}));
    let range = match (&rule.cidr, &rule.group) {
        (Some(cidr), _) => v!({"cidr": cidr}),
        (None, Some(_)) => v!({}),
        (None, None) => v!({"cidr": "0.0.0.0/0"}),
    };
    v!({"id": rule.id, "parent_group_id": group.id, "ip_protocol": rule.protocol, "from_port": rule.first,
        "to_port": rule.last, "group": source, "ip_range": range})
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = world.groups.iter().filter(|group| group.project == call.project());
    Ok(json(200, &v!({"security_groups": own.map(|group| value(world, group)).collect::<Vec<_>>()})))
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Group, Answer> {
    let name = call.param(0);
    let own = |group: &&Group| group.project == call.project() && group.id == name;
    world.groups.iter().find(own).ok_or_else(|| fault(404, &format!("Security group {name} not found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"security_group": value(world, named(world, call)?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["security_group"]}))?;
    let asked = &asked["security_group"];
    let Some(name) = asked["name"].as_str().filter(|name| !name.is_empty()) else {
        return Err(fault(400, "Security group name is not a string or unicode"));
    };
    let description = asked["description"].as_str().unwrap_or_default();
    let id =
        world.create_group(call.project(), name, description).map_err(|refusal| refused("", "", refusal))?;
    let told = world.group_by_id(&id).map(|group| value(world, group));
    Ok(json(200, &v!({"security_group": told})).about(&id, name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let group = named(world, call)?.clone();
    world.delete_group(&group.id).map_err(|refusal| refused("", "", refusal))?;
    Ok(Answer::empty(202).about(&group.id, &group.name))
}

pub(super) fn add_rule(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["security_group_rule"]}))?;
    let asked = &asked["security_group_rule"];
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    let parent = text("parent_group_id").unwrap_or_default();
    let own = |group: &&Group| group.project == call.project() && group.id == parent;
    if !world.groups.iter().any(|group| own(&group)) {
        return Err(fault(404, &format!("Security group {parent} not found.")));
    }
    let group = text("group_id");
    let port = |key: &str| super::schemas::number(&asked[key]).filter(|port| *port >= 0);
    let everyone = || group.is_none().then(|| "0.0.0.0/0".to_owned());
    let spec = RuleSpec {
        protocol: text("ip_protocol").map(|name| name.to_lowercase()),
        first: port("from_port"),
        last: port("to_port"),
        cidr: text("cidr").or_else(everyone),
        group: group.clone(),
        ..Rule::open(true, Family::V4)
    };
    let id = world.add_rule(&parent, &spec).map_err(|refusal| match refusal {
        Refusal::SameRule(id) => fault(409, &format!("Security group rule already exists. Rule id is {id}.")),
        other => refused("", "", other),
    })?;
    let told = world.rule(&id).map(|(group, rule)| rule_value(world, group, rule));
    Ok(json(200, &v!({"security_group_rule": told})).about(&id, ""))
}

pub(super) fn remove_rule(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let own = world.rule(id).is_some_and(|(group, _)| group.project == call.project());
    if !own {
        return Err(fault(404, &format!("Security group rule {id} not found.")));
    }
    world.remove_rule(id).map_err(|refusal| refused("", "", refusal))?;
    Ok(Answer::empty(202).about(id, ""))
}

pub(super) fn of_server(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let server = &world.servers[at];
    let own: Vec<Value> = world.groups_of(server).into_iter().map(|group| value(world, group)).collect();
    Ok(json(200, &v!({"security_groups": own})))
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
    world
        .join_group(at, &group.id)
        .map_err(|refusal| refused("addSecurityGroup", &world.servers[at].id, refusal))?;
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

pub(super) fn remove(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, group) = both(world, call, "removeSecurityGroup")?;
    world.leave_group(at, &group.id).map_err(|refusal| match refusal {
        Refusal::NotInGroup(_) => {
            refused("removeSecurityGroup", &world.servers[at].id, Refusal::NotInGroup(group.name.clone()))
        }
        other => refused("removeSecurityGroup", &world.servers[at].id, other),
    })?;
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}
