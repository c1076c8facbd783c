//! Server groups. Before 2.64 a group has a list of policies with one in it.

use serde_json::{Value, json as v};

use super::super::schema::{DIGITS, check};
use super::refuse::{fault, refused};
use super::schemas;
use super::{Answer, Call, Outcome, body, json};
use crate::world::{Refusal, ServerGroup, World};

fn value(world: &World, call: &Call<'_>, group: &ServerGroup) -> Value {
    let members: Vec<&str> = world.members(&group.id).map(|server| server.id.as_str()).collect();
    let mut value = v!({"id": group.id, "name": group.name, "members": members});
    if call.version >= 64 {
        let rules = group.per_host.map_or_else(|| v!({}), |most| v!({"max_server_per_host": most}));
        (value["policy"], value["rules"]) = (group.policy.clone().into(), rules);
    } else {
        (value["policies"], value["metadata"]) = (v!([group.policy]), v!({}));
    }
    if call.version >= 13 {
        value["project_id"] = group.project.clone().into();
        value["user_id"] = group.user.clone().into();
    }
    value
}

/// A number of the query.
fn counted(call: &Call<'_>, name: &str) -> Result<Option<usize>, Answer> {
    let Some(text) = call.query(name) else { return Ok(None) };
    let schema = v!({"pattern": DIGITS});
    check(&schema, &Value::String(text.to_owned())).map_err(|problem| fault(400, &problem.of_query(name)))?;
    Ok(text.parse().ok())
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let known = ["all_projects", "limit", "offset"];
    let odd = call.request.query.iter().find(|(key, _)| !known.contains(&key.as_str()));
    if let Some((key, _)) = odd.filter(|_| call.version >= 75) {
        let message = format!("Additional properties are not allowed ('{key}' was unexpected)");
        return Err(fault(400, &message));
    }
    let (limit, offset) = (counted(call, "limit")?, counted(call, "offset")?);
    let all = call.admin() && call.query("all_projects").is_some();
    let own = world.server_groups.iter().filter(|group| all || group.project == call.project());
    let rows = own.skip(offset.unwrap_or(0)).take(limit.unwrap_or(1000).min(1000));
    let rows: Vec<Value> = rows.map(|group| value(world, call, group)).collect();
    Ok(json(200, &v!({"server_groups": rows})))
}

/// The body of a create.
fn schema(version: u16) -> Value {
    let policies = match version {
        ..15 => v!(["anti-affinity", "affinity"]),
        _ => v!(["anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity"]),
    };
    let policy = v!({"type": "string", "enum": policies});
    if version < 64 {
        let one = v!({"type": "array", "items": policy, "minItems": 1, "maxItems": 1});
        return schemas::body(
            "server_group",
            v!({"name": schemas::name(), "policies": one}),
            &["name", "policies"],
        );
    }
    let rules = v!({"type": "object", "properties": {"max_server_per_host": schemas::positive()},
        "additionalProperties": false});
    schemas::body(
        "server_group",
        v!({"name": schemas::name(), "policy": policy, "rules": rules}),
        &["name", "policy"],
    )
}

fn seen<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a ServerGroup, Answer> {
    let id = call.param(0);
    let found = world.server_group(id).filter(|group| call.admin() || group.project == call.project());
    found.ok_or_else(|| fault(404, &format!("Instance group {id} could not be found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"server_group": value(world, call, seen(world, call)?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schema(call.version))?;
    let asked = &asked["server_group"];
    let policy = asked["policy"].as_str().or_else(|| asked["policies"][0].as_str()).unwrap_or_default();
    let per_host = asked["rules"].get("max_server_per_host").and_then(schemas::number);
    if per_host.is_some() && policy != "anti-affinity" {
        return Err(fault(400, "Only anti-affinity policy supports rules."));
    }
    let name = asked["name"].as_str().unwrap_or_default();
    let group = ServerGroup {
        id: String::new(),
        name: name.to_owned(),
        project: call.project().to_owned(),
        user: call.user().to_owned(),
        policy: policy.to_owned(),
        per_host,
    };
    let id = match world.create_server_group(group) {
        Err(Refusal::OverQuota { .. }) => {
            return Err(fault(403, "Quota exceeded, too many server groups."));
        }
        made => made.map_err(|refusal| refused("create", "", refusal))?,
    };
    let told = world.server_group(&id).map(|group| value(world, call, group));
    Ok(json(200, &v!({"server_group": told})).about(&id, name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let group = seen(world, call)?;
    let (id, name) = (group.id.clone(), group.name.clone());
    world.server_groups.retain(|group| group.id != id);
    Ok(Answer::empty(204).about(&id, &name))
}
