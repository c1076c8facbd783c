//! The projects that an image is shared with.

use serde_json::{Value, json as v};

use super::{Answer, Call, Outcome, done, forbidden, framed, json, owned, seen, view};
use crate::world::{Member, World};

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let image = &world.images[seen(world, call)?];
    if image.visibility != "shared" {
        let message =
            format!("Not allowed to list members for image {}: Only shared images have members.", image.id);
        return Err(framed(403, &message));
    }
    let rows: Vec<Value> = image.members.iter().map(|member| view::member(image, member)).collect();
    Ok(json(200, &v!({"members": rows, "schema": "/v2/schemas/members"})))
}

pub(super) fn add(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "add_member")?;
    let asked = call.request.json().unwrap_or_default();
    let Some(project) = asked["member"].as_str() else {
        return Err(framed(400, "Member to be added not specified"));
    };
    let now = world.now();
    let image = &mut world.images[at];
    if image.visibility != "shared" {
        return Err(framed(403, &format!("Not allowed to create members for image {}.", image.id)));
    }
    if image.members.iter().any(|member| member.project == project) {
        let message = format!("Member {project} is duplicated for image {}", image.id);
        return Err(framed(409, &message));
    }
    let member = Member { project: project.to_owned(), status: "pending".into(), created: now, updated: now };
    image.members.push(member.clone());
    Ok(done(image, json(200, &view::member(image, &member))))
}

/// The image and the place of the member that the path names.
fn member(world: &World, call: &Call<'_>) -> Result<(usize, usize), Answer> {
    let at = seen(world, call)?;
    let (image, project) = (&world.images[at], call.param(1));
    let place = image.members.iter().position(|member| member.project == project);
    let missing =
        || framed(404, &format!("{project} not found in the member list of the image {}.", image.id));
    Ok((at, place.ok_or_else(missing)?))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    let image = &world.images[at];
    Ok(json(200, &view::member(image, &image.members[place])))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    if world.images[at].members[place].project != call.project() && !call.admin() {
        return Err(forbidden("modify_member"));
    }
    let asked = call.request.json().unwrap_or_default();
    let status = asked["status"].as_str().unwrap_or_default().to_owned();
    if !["pending", "accepted", "rejected"].contains(&status.as_str()) {
        return Err(framed(400, &format!("Invalid status: {status}")));
    }
    let now = world.now();
    let image = &mut world.images[at];
    image.members[place].status = status;
    image.members[place].updated = now;
    Ok(done(image, json(200, &view::member(image, &image.members[place]))))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    if world.images[at].owner != call.project() && !call.admin() {
        return Err(forbidden("delete_member"));
    }
    let image = &mut world.images[at];
    image.members.remove(place);
    Ok(done(image, Answer::empty(204)))
}
