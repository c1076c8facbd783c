//! Marks on everything of a network that has an owner.

use serde_json::json as v;

use super::refuse::{bad, failed, missing};
use super::{Answer, Call, Outcome, json};
use crate::world::{Kind, Standing, World};

/// What the path names, if the caller has it.
fn standing<'a>(world: &'a mut World, call: &Call<'_>) -> Result<&'a mut Standing, Answer> {
    let (kind, id) = (call.param(0), call.param(1));
    let mine = |project: &str| call.admin() || project == call.project();
    let (found, what) = match kind {
        "networks" => {
            let found = world.networks.iter_mut().find(|one| one.id == id && mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Network)
        }
        "subnets" => {
            let found = world.subnets.iter_mut().find(|one| one.id == id && mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Subnet)
        }
        "ports" => {
            let found = world.port_mut(id).filter(|one| mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Port)
        }
        "routers" => {
            let found = world.routers.iter_mut().find(|one| one.id == id && mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Router)
        }
        "floatingips" => {
            let found = world.floating.iter_mut().find(|one| one.id == id && mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Floating)
        }
        "security-groups" => {
            let found = world.groups.iter_mut().find(|one| one.id == id && mine(&one.project));
            (found.map(|one| &mut one.standing), Kind::Group)
        }
        _ => return Err(failed(404, "HTTPNotFound", "The resource could not be found.")),
    };
    found.ok_or_else(|| missing(what, id))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"tags": standing(world, call)?.tags})))
}

pub(super) fn replace(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let Some(tags) = body["tags"].as_array() else {
        return Err(bad("Invalid tags body"));
    };
    let tags: Vec<String> = tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
    standing(world, call)?.tags.clone_from(&tags);
    Ok(json(200, &v!({"tags": tags})).about(call.param(1), ""))
}

pub(super) fn clear(world: &mut World, call: &Call<'_>) -> Outcome {
    standing(world, call)?.tags.clear();
    Ok(Answer::empty(204).about(call.param(1), ""))
}

/// The place of the tag that the path names.
fn place(standing: &Standing, tag: &str) -> Result<usize, Answer> {
    let found = standing.tags.iter().position(|own| own == tag);
    found.ok_or_else(|| failed(404, "TagNotFound", &format!("Tag {tag} could not be found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    place(standing(world, call)?, call.param(2))?;
    Ok(Answer::empty(204))
}

pub(super) fn add(world: &mut World, call: &Call<'_>) -> Outcome {
    let standing = standing(world, call)?;
    if place(standing, call.param(2)).is_err() {
        standing.tags.push(call.param(2).to_owned());
    }
    Ok(Answer::empty(201).about(call.param(1), ""))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let standing = standing(world, call)?;
    let place = place(standing, call.param(2))?;
    standing.tags.remove(place);
    Ok(Answer::empty(204).about(call.param(1), ""))
}
