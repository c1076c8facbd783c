//! Security groups.

use serde_json::{Value, json as v};

use super::asked::{Field, Is, field, made, once, own, to_change, to_make};
use super::list::{List, cut, listed};
use super::refuse::{failed, missing, refused};
use super::{Answer, Call, Outcome, json, rules, time};
use crate::world::{Group, Kind, World};

const LIST: List = List {
    name: "security_groups",
    kind: Kind::Group,
    fields: &[
        "id",
        "name",
        "tenant_id",
        "project_id",
        "description",
        "stateful",
        "shared",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    field("name", Is::Text),
    field("description", Is::Text),
    field("stateful", Is::Truth),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    own("id"),
    own("shared"),
    own("security_group_rules"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

fn value(group: &Group) -> Value {
    let standing = &group.standing;
    let rules: Vec<Value> = group.rules.iter().map(|rule| rules::inside(group, rule)).collect();
    v!({"id": group.id, "name": group.name, "stateful": group.stateful, "tenant_id": group.project,
        "project_id": group.project, "description": standing.description, "shared": false,
        "security_group_rules": rules, "tags": standing.tags, "created_at": time::second(standing.created),
        "updated_at": time::second(standing.updated), "revision_number": standing.revision})
}

/// The groups that the caller has.
pub(super) fn own_groups<'a>(world: &'a World, call: &'a Call<'_>) -> impl Iterator<Item = &'a Group> {
    world.groups.iter().filter(|group| call.admin() || group.project == call.project())
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    world.default_group(call.project());
    listed(call, &LIST, own_groups(world, call).map(value).collect())
}

pub(super) fn seen<'a>(world: &'a World, call: &'a Call<'_>, id: &str) -> Result<&'a Group, Answer> {
    own_groups(world, call).find(|group| group.id == id).ok_or_else(|| missing(Kind::Group, id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"security_group": cut(call, value(seen(world, call, call.param(0))?))})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "security_group", "security_groups", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        let name = asked.text("name").unwrap_or_default();
        let description = asked.text("description").unwrap_or_default();
        let project = asked.project(call).to_owned();
        let id = world.create_group(&project, name, description).map_err(refused)?;
        if let Some(group) = world.groups.iter_mut().find(|group| group.id == id) {
            group.stateful = asked.truth("stateful").unwrap_or(true);
            rows.push(value(group));
        }
        ids.push((id, name.to_owned()));
    }
    Ok(made("security_group", "security_groups", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "security_group", FIELDS)?;
    let group = seen(world, call, call.param(0))?;
    if group.name == "default" && asked.text("name").is_some_and(|name| name != "default") {
        let message = "Updating default security group not allowed.";
        return Err(failed(409, "SecurityGroupCannotUpdateDefault", message));
    }
    let id = group.id.clone();
    let now = world.now();
    if let Some(group) = world.groups.iter_mut().find(|group| group.id == id) {
        if let Some(name) = asked.text("name") {
            name.clone_into(&mut group.name);
        }
        if let Some(description) = asked.text("description") {
            description.clone_into(&mut group.standing.description);
        }
        group.stateful = asked.truth("stateful").unwrap_or(group.stateful);
        group.standing.touch(now);
    }
    let group = seen(world, call, &id)?;
    Ok(json(200, &v!({"security_group": value(group)})).about(&id, &group.name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let group = seen(world, call, call.param(0))?;
    let (id, name) = (group.id.clone(), group.name.clone());
    world.delete_group(&id).map_err(|refusal| match refusal {
        crate::world::Refusal::DefaultGroup => failed(
            409,
            "SecurityGroupCannotRemoveDefault",
            "Insufficient rights for removing default security group.",
        ),
        other => refused(other),
    })?;
    Ok(Answer::empty(204).about(&id, &name))
}
