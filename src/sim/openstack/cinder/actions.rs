//! The actions on a volume.

use serde_json::Value;

use super::refuse::{fault, no_extension, policy, refused};
use super::schemas::{self, body, number, texts};
use super::volumes::{seen, status};
use super::{Answer, Call, Outcome};
use crate::world::{Kind, Refusal, VolumeState, World, put};

const STATES: &[VolumeState] = &[
    VolumeState::Creating,
    VolumeState::Available,
    VolumeState::Deleting,
    VolumeState::Error,
    VolumeState::ErrorDeleting,
    VolumeState::Attaching,
    VolumeState::InUse,
    VolumeState::Detaching,
    VolumeState::Reserved,
    VolumeState::ErrorExtending,
    VolumeState::Downloading,
    VolumeState::Extending,
    VolumeState::BackingUp,
    VolumeState::Restoring,
    VolumeState::ErrorRestoring,
];

fn asked(call: &Call<'_>) -> Value {
    let body = call.request.json().unwrap_or_default();
    body.as_object().and_then(|body| body.values().next()).cloned().unwrap_or_default()
}

fn done(world: &World, call: &Call<'_>, code: u16) -> Outcome {
    let id = call.param(0);
    let name = world.volume(id).and_then(|volume| volume.name.clone()).unwrap_or_default();
    Ok(Answer::empty(code).about(id, &name))
}

pub(super) fn unknown(_: &mut World, call: &Call<'_>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let key = body.as_object().filter(|body| body.len() == 1).and_then(|body| body.keys().next());
    Err(match key {
        Some(name) => fault(
            400,
            &format!(
                "There is no such action: {name}. Verify the request body and Content-Type header and try again."
            ),
        ),
        None => fault(400, "Malformed request body"),
    })
}

pub(super) fn extend(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::extend())?;
    let id = seen(world, call, call.param(0))?.id.clone();
    let size = number(&asked["os-extend"]["new_size"]).unwrap_or_default();
    // One in use grows from 3.42 on.
    world.extend_volume(&id, size, call.version >= 42).map_err(no_extension)?;
    done(world, call, 202)
}

pub(super) fn bootable(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    let truth = &asked(call)["bootable"];
    let truth = truth.as_bool().or_else(|| truth.as_str().map(|text| text.eq_ignore_ascii_case("true")));
    let truth = truth.ok_or_else(|| fault(400, "Missing parameter bootable"))?;
    if let Some(volume) = world.volume_mut(&id) {
        volume.bootable = truth;
    }
    done(world, call, 200)
}

pub(super) fn read_only(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    let truth = &asked(call)["readonly"];
    let truth = truth.as_bool().or_else(|| truth.as_str().map(|text| text.eq_ignore_ascii_case("true")));
    let truth = truth.ok_or_else(|| fault(400, "Missing parameter readonly"))?;
    if let Some(volume) = world.volume_mut(&id) {
        volume.read_only = truth;
        put(&mut volume.metadata, "readonly", if truth { "True" } else { "False" });
    }
    done(world, call, 202)
}

pub(super) fn retype(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    let asked = asked(call);
    let wanted = asked["new_type"].as_str().unwrap_or_default();
    let kind = world.volume_type(wanted).map(|kind| kind.name.clone());
    let kind = kind.ok_or_else(|| refused(Refusal::Missing(Kind::VolumeType, wanted.to_owned())))?;
    if let Some(volume) = world.volume_mut(&id) {
        volume.kind = kind;
    }
    done(world, call, 202)
}

pub(super) fn set_image(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    let facts = texts(&asked(call)["metadata"]);
    let mut told = Value::Null;
    if let Some(volume) = world.volume_mut(&id) {
        for (key, value) in &facts {
            put(&mut volume.image, key, value);
        }
        told = schemas::pairs(&volume.image);
    }
    let done = done(world, call, 200)?;
    Ok(Answer { about: done.about, ..super::json(200, &serde_json::json!({"metadata": told})) })
}

pub(super) fn unset_image(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    let asked = asked(call);
    let key = asked["key"].as_str().unwrap_or_default();
    if let Some(volume) = world.volume_mut(&id) {
        volume.image.retain(|(own, _)| own != key);
    }
    done(world, call, 200)
}

pub(super) fn reset(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    policy(call, "volume_admin_actions:reset_status")?;
    let asked = asked(call);
    let wanted = asked["status"].as_str().unwrap_or_default();
    let Some(state) = STATES.iter().find(|state| status(**state) == wanted) else {
        let names: Vec<String> = STATES.iter().map(|state| format!("'{}'", status(*state))).collect();
        let names = names.join(", ");
        return Err(fault(
            400,
            &format!("Volume status: {wanted} is invalid, valid statuses are: ({names})."),
        ));
    };
    world.reset_volume(&id, *state).map_err(refused)?;
    done(world, call, 202)
}

pub(super) fn force_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call, call.param(0))?.id.clone();
    policy(call, "volume_admin_actions:force_delete")?;
    let answer = done(world, call, 202);
    if let Some(volume) = world.volume_mut(&id) {
        volume.attachments.clear();
    }
    world.reset_volume(&id, VolumeState::Error).map_err(refused)?;
    world.delete_volume(&id, true).map_err(refused)?;
    answer
}
