//! A server's metadata and tags.

use serde_json::json as v;

use super::create::texts;
use super::refuse::{fault, refused};
use super::view::pairs;
use super::{Answer, Call, Outcome, body, json, own_link, schemas, server};
use crate::openstack::schema::check;
use crate::world::{Pairs, Refusal, Server, State, World, put, within};

const MISSING: &str = "Metadata item was not found";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    Ok(json(200, &v!({"metadata": pairs(&world.servers[at].metadata)})))
}

/// Sets the metadata, if the lock, the state and the limit allow it.
fn set(world: &mut World, call: &Call<'_>, at: usize, metadata: Pairs) -> Result<(), Answer> {
    let limit = world.quota(call.project()).metadata_items;
    let server = &world.servers[at];
    let wording = |refusal| refused("update metadata", &server.id, refusal);
    may_change(server, call).map_err(wording)?;
    within(&metadata, limit).map_err(wording)?;
    world.servers[at].metadata = metadata;
    Ok(())
}

fn may_change(server: &Server, call: &Call<'_>) -> Result<(), Refusal> {
    if server.locked && !call.admin() {
        return Err(Refusal::Locked);
    }
    let allowed = matches!(server.state, State::Active | State::Paused | State::Suspended | State::Stopped);
    if !allowed {
        return Err(Refusal::InState(server.state.name().to_owned()));
    }
    Ok(())
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata())?;
    let at = server(world, call)?;
    let mut all = world.servers[at].metadata.clone();
    for (key, value) in texts(&asked["metadata"]) {
        put(&mut all, &key, &value);
    }
    set(world, call, at, all)?;
    done(world, at)
}

pub(super) fn replace(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata())?;
    let at = server(world, call)?;
    set(world, call, at, texts(&asked["metadata"]))?;
    done(world, at)
}

fn done(world: &World, at: usize) -> Outcome {
    let server = &world.servers[at];
    Ok(json(200, &v!({"metadata": pairs(&server.metadata)})).about(&server.id, &server.name))
}

pub(super) fn item(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let found = world.servers[at].metadata.iter().find(|(key, _)| key == call.param(1));
    let (key, value) = found.ok_or_else(|| fault(404, MISSING))?;
    Ok(json(200, &v!({"meta": {key: value}})))
}

pub(super) fn item_set(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::meta())?;
    let at = server(world, call)?;
    let key = call.param(1);
    let Some(value) = asked["meta"][key].as_str() else {
        return Err(fault(400, "Request body and URI mismatch"));
    };
    let mut all = world.servers[at].metadata.clone();
    put(&mut all, key, value);
    set(world, call, at, all)?;
    let server = &world.servers[at];
    Ok(json(200, &asked).about(&server.id, &server.name))
}

pub(super) fn item_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let mut all = world.servers[at].metadata.clone();
    let place = all.iter().position(|(key, _)| key == call.param(1));
    all.remove(place.ok_or_else(|| fault(404, MISSING))?);
    set(world, call, at, all)?;
    let server = &world.servers[at];
    Ok(Answer::empty(204).about(&server.id, &server.name))
}

pub(super) fn tags(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    Ok(json(200, &v!({"tags": super::view::tags(&world.servers[at])})))
}

pub(super) fn tag(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let (server, tag) = (&world.servers[at], call.param(1));
    if server.tags.iter().any(|own| own == tag) {
        return Ok(Answer::empty(204));
    }
    Err(fault(404, &format!("Server {} has no tag '{tag}'", server.id)))
}

fn taggable(world: &World, call: &Call<'_>, verb: &str) -> Result<usize, Answer> {
    let at = server(world, call)?;
    let server = &world.servers[at];
    may_change(server, call)
        .or_else(|refusal| match refusal {
            Refusal::InState(_) if server.state == State::Building => Ok(()),
            refusal => Err(refusal),
        })
        .map_err(|refusal| refused(verb, &server.id, refusal))?;
    Ok(at)
}

pub(super) fn tag_add(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = taggable(world, call, "update tag")?;
    let tag = call.param(1).to_owned();
    check(&schemas::tag_list(), &v!({"tags": [tag]})).map_err(|problem| {
        fault(
            400,
            &format!(
                "Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','. \
                             Validation error message: {}",
                problem.rule
            ),
        )
    })?;
    let server = &mut world.servers[at];
    let known = server.tags.contains(&tag);
    if !known && server.tags.len() >= 50 {
        return Err(fault(400, "The number of tags exceeded the per-server limit 50"));
    }
    if known {
        return Ok(Answer::empty(204).about(&server.id, &server.name));
    }
    server.tags.push(tag.clone());
    let own = own_link(call, &format!("servers/{}/tags/{tag}", server.id));
    Ok(Answer::empty(201).with("Location", own).about(&server.id, &server.name))
}

pub(super) fn tags_replace(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::tag_list())?;
    let at = taggable(world, call, "update tags")?;
    let mut tags: Vec<String> = Vec::new();
    for tag in asked["tags"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str()) {
        if !tags.iter().any(|own| own == tag) {
            tags.push(tag.to_owned());
        }
    }
    let server = &mut world.servers[at];
    server.tags = tags;
    Ok(json(200, &v!({"tags": super::view::tags(server)})).about(&server.id, &server.name))
}

pub(super) fn tag_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = taggable(world, call, "delete tag")?;
    let (server, tag) = (&mut world.servers[at], call.param(1));
    let place = server.tags.iter().position(|own| own == tag);
    let missing = || fault(404, &format!("Instance {} has no tag '{tag}'", server.id));
    server.tags.remove(place.ok_or_else(missing)?);
    Ok(Answer::empty(204).about(&server.id, &server.name))
}

pub(super) fn tags_clear(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = taggable(world, call, "delete tags")?;
    let server = &mut world.servers[at];
    server.tags.clear();
    Ok(Answer::empty(204).about(&server.id, &server.name))
}
