//! A server's volumes, and volumes as the proxy that ends with 2.35 shows them.

use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::schemas::{self, truth};
use super::{Answer, Call, Outcome, body, json, server};
use crate::openstack::{cinder, time};
use crate::world::{AttachSpec, Attachment, Refusal, Volume, World};

fn value(call: &Call<'_>, volume: &Volume, attachment: &Attachment) -> Value {
    let version = call.version;
    let mut value = v!({"volumeId": volume.id, "serverId": attachment.server, "device": attachment.device});
    if version < 89 {
        value["id"] = volume.id.clone().into();
    }
    if version >= 70 {
        value["tag"] = attachment.tag.clone().into();
    }
    if version >= 79 {
        value["delete_on_termination"] = attachment.goes.into();
    }
    if version >= 89 {
        value["attachment_id"] = attachment.id.clone().into();
        value["bdm_uuid"] = attachment.id.clone().into();
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let rows = world.attached(&world.servers[at].id);
    let rows: Vec<Value> =
        rows.into_iter().map(|(volume, attachment)| value(call, volume, attachment)).collect();
    Ok(json(200, &v!({"volumeAttachments": rows})))
}

fn not_attached(server: &str, volume: &str) -> Answer {
    fault(404, &format!("Instance {server} is not attached to volume {volume}"))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let (server, id) = (world.servers[at].id.as_str(), call.param(1));
    let found = world.attached(server).into_iter().find(|(volume, _)| volume.id == id);
    let (volume, attachment) = found.ok_or_else(|| not_attached(server, id))?;
    Ok(json(200, &v!({"volumeAttachment": value(call, volume, attachment)})))
}

pub(super) fn attach(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::attachment(call.version))?;
    let asked = &asked["volumeAttachment"];
    let at = server(world, call)?;
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    let spec = AttachSpec {
        volume: text("volumeId").unwrap_or_default(),
        device: text("device"),
        goes: truth(&asked["delete_on_termination"]),
        tag: text("tag"),
    };
    let server = world.servers[at].id.clone();
    world.attach(at, &spec, &call.asker()).map_err(|refusal| match refusal {
        Refusal::Missing(_, id) => fault(404, &format!("Volume {id} could not be found.")),
        other => refused("attach_volume", &server, other),
    })?;
    let found = world.attached(&server).into_iter().find(|(volume, _)| volume.id == spec.volume);
    let told = found.map(|(volume, attachment)| value(call, volume, attachment));
    let mut told = told.unwrap_or_default();
    if let Some(told) = told.as_object_mut() {
        told.remove("attachment_id");
        told.remove("bdm_uuid");
    }
    let server = &world.servers[at];
    Ok(json(200, &v!({"volumeAttachment": told})).about(&server.id, &server.name))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["volumeAttachment"]}))?;
    let at = server(world, call)?;
    let (server, id) = (world.servers[at].id.clone(), call.param(1));
    let asked = &asked["volumeAttachment"];
    if asked["volumeId"] != id {
        return Err(fault(
            400,
            "The volumeId in the body must be the one of the path: volumes are not swapped here.",
        ));
    }
    if let Some(goes) = asked.get("delete_on_termination") {
        world.set_goes(&server, id, truth(goes)).map_err(|_| not_attached(&server, id))?;
    }
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

pub(super) fn detach(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = server(world, call)?;
    let (server, id) = (world.servers[at].id.clone(), call.param(1));
    world.detach(at, id, &call.asker()).map_err(|refusal| match refusal {
        Refusal::NotAttached(_) => not_attached(&server, id),
        Refusal::Missing(..) => fault(404, &format!("Volume {id} could not be found.")),
        Refusal::VolumeState(..) => fault(
            400,
            "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be \
             'in-use' and attach_status must be 'attached' to detach.",
        ),
        other => refused("detach_volume", &server, other),
    })?;
    let server = &world.servers[at];
    Ok(Answer::empty(202).about(&server.id, &server.name))
}

fn proxied(volume: &Volume) -> Value {
    let mut attachments: Vec<Value> = volume
        .attachments
        .iter()
        .map(|a| v!({"id": volume.id, "volumeId": volume.id, "serverId": a.server, "device": a.device}))
        .collect();
    if attachments.is_empty() {
        attachments.push(v!({}));
    }
    v!({"id": volume.id, "status": cinder::status(volume.state), "size": volume.size_gib,
        "availabilityZone": volume.zone, "createdAt": time::bare(volume.created), "attachments": attachments,
        "displayName": volume.name, "displayDescription": volume.description, "volumeType": volume.kind,
        "snapshotId": volume.from_snapshot, "metadata": super::view::pairs(&volume.metadata)})
}

pub(super) fn all(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = world.volumes.iter().rev().filter(|volume| volume.project == call.project());
    let rows = own.filter(|volume| world.volume(&volume.id).is_some()).map(proxied);
    Ok(json(200, &v!({"volumes": rows.collect::<Vec<_>>()})))
}

pub(super) fn one(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let found = world.volume(id).filter(|volume| volume.project == call.project());
    let volume = found.ok_or_else(|| fault(404, &format!("Volume {id} could not be found.")))?;
    Ok(json(200, &v!({"volume": proxied(volume)})))
}
