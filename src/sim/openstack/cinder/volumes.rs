//! Volumes.

use serde_json::{Value, json as v};

use super::list::{chosen, links, of_all};
use super::refuse::{fault, no_deletion, refused};
use super::schemas::{self, body, number, pairs, texts};
use super::{Answer, Call, Outcome, json, time};
use crate::world::{Refusal, Volume, VolumeSpec, VolumeState, World};

/// The host behind every volume, as administrators see it.
pub(super) const HOST: &str = "sim@fake#fake";

const FIELDS: &[&str] = &["name", "status", "size", "bootable", "availability_zone", "volume_type", "id"];

/// Cinder's word for a state.
pub(in crate::openstack) const fn status(state: VolumeState) -> &'static str {
    match state {
        VolumeState::Creating => "creating",
        VolumeState::Downloading => "downloading",
        VolumeState::Available => "available",
        VolumeState::Reserved => "reserved",
        VolumeState::Attaching => "attaching",
        VolumeState::InUse => "in-use",
        VolumeState::Detaching => "detaching",
        VolumeState::Extending => "extending",
        VolumeState::BackingUp => "backing-up",
        VolumeState::Restoring => "restoring-backup",
        VolumeState::Deleting => "deleting",
        VolumeState::Deleted => "deleted",
        VolumeState::Error => "error",
        VolumeState::ErrorDeleting => "error_deleting",
        VolumeState::ErrorExtending => "error_extending",
        VolumeState::ErrorRestoring => "error_restoring",
    }
}

fn attachments(call: &Call<'_>, volume: &Volume) -> Vec<Value> {
    let rows = volume.attachments.iter().filter_map(|attachment| {
        Some(v!({"id": volume.id, "attachment_id": attachment.id, "volume_id": volume.id,
            "server_id": attachment.server, "host_name": call.admin().then_some("sim"),
            "device": attachment.device, "attached_at": time::bare(attachment.attached?)}))
    });
    rows.collect()
}

/// The volume as answers to changes show it.
pub(super) fn brief(world: &World, call: &Call<'_>, volume: &Volume) -> Value {
    let version = call.version;
    let mut value = v!({"id": volume.id, "status": status(volume.state), "size": volume.size_gib,
        "availability_zone": volume.zone, "created_at": time::bare(volume.created),
        "updated_at": volume.updated.map(time::bare), "name": volume.name, "description": volume.description,
        "volume_type": volume.kind, "snapshot_id": volume.from_snapshot, "source_volid": volume.from_volume,
        "metadata": pairs(&volume.metadata), "links": links(call, &format!("volumes/{}", volume.id)),
        "user_id": volume.user, "bootable": volume.bootable.to_string(), "encrypted": false,
        "replication_status": null, "consistencygroup_id": null, "multiattach": volume.multiattach,
        "attachments": attachments(call, volume)});
    if !volume.image.is_empty() {
        value["volume_image_metadata"] = pairs(&volume.image);
    }
    if version >= 13 {
        value["group_id"] = Value::Null;
    }
    if version >= 48 {
        let made = volume.state != VolumeState::Creating;
        value["shared_targets"] = (!made).into();
        value["service_uuid"] = made.then_some("7ce18779-39f9-41b9-a13c-c44a71aabb6d").into();
    }
    if version >= 63 {
        value["volume_type_id"] = world.volume_type(&volume.kind).map(|kind| kind.id.clone()).into();
    }
    if version >= 65 {
        value["consumes_quota"] = true.into();
    }
    value
}

/// The whole volume.
fn full(world: &World, call: &Call<'_>, volume: &Volume) -> Value {
    let mut value = brief(world, call, volume);
    value["os-vol-tenant-attr:tenant_id"] = volume.project.clone().into();
    if call.admin() {
        for name in ["migration_status", "os-vol-mig-status-attr:migstat", "os-vol-mig-status-attr:name_id"] {
            value[name] = Value::Null;
        }
        value["os-vol-host-attr:host"] = HOST.into();
    }
    value
}

fn seen_by(call: &Call<'_>, volume: &Volume) -> bool {
    volume.state != VolumeState::Deleted && (call.admin() || volume.project == call.project())
}

/// The volume of this id, if the caller sees it.
pub(super) fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Volume, Answer> {
    world.volume(id).filter(|volume| seen_by(call, volume)).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Answer {
    fault(404, &format!("Volume {id} could not be found."))
}

fn listed(world: &World, call: &Call<'_>, path: &str, whole: bool) -> Outcome {
    let all = of_all(call);
    let own = world
        .volumes
        .iter()
        .filter(|volume| volume.state != VolumeState::Deleted && (all || volume.project == call.project()));
    let rows = own.map(|volume| full(world, call, volume)).collect();
    let (mut rows, next, count) = chosen(call, rows, FIELDS, path, missing)?;
    for row in &mut rows {
        if !whole {
            *row = v!({"id": row["id"], "name": row["name"], "links": row["links"]});
        }
    }
    let mut told = v!({"volumes": rows});
    if let Some(next) = next {
        told["volumes_links"] = next;
    }
    if call.version >= 45 && call.query("with_count").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        told["count"] = count.into();
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "volumes", false)
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "volumes/detail", true)
}

pub(super) fn summary(world: &mut World, call: &Call<'_>) -> Outcome {
    let all = of_all(call);
    let own = world
        .volumes
        .iter()
        .filter(|volume| volume.state != VolumeState::Deleted && (all || volume.project == call.project()));
    let (count, size) = own.fold((0, 0), |(count, size), volume| (count + 1, size + volume.size_gib));
    let mut told = v!({"total_count": count, "total_size": size});
    if call.version >= 36 {
        told["metadata"] = v!({});
    }
    Ok(json(200, &v!({"volume-summary": told})))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let volume = seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"volume": full(world, call, volume)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::create())?;
    let asked = &asked["volume"];
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    let (snapshot, source) = (text("snapshot_id"), text("source_volid"));
    if let Some(id) = source.as_deref() {
        seen(world, call, id)?;
    }
    if let Some(id) = snapshot.as_deref() {
        super::snapshots::seen(world, call, id)?;
    }
    let spec = VolumeSpec {
        name: text("name").or_else(|| text("display_name")),
        description: text("description").or_else(|| text("display_description")),
        size_gib: number(&asked["size"]),
        kind: text("volume_type"),
        zone: text("availability_zone"),
        snapshot,
        volume: source,
        image: text("imageRef"),
        metadata: texts(&asked["metadata"]),
        multiattach: asked["multiattach"] == true,
    };
    let from_volume = spec.volume.is_some();
    let id = world.create_volume(&spec, &call.asker()).map_err(|refusal| match refusal {
        Refusal::SmallForSource { size, least } if from_volume => fault(
            400,
            &format!(
                "Invalid input received: Volume size '{size}'GB cannot be smaller than original volume size  \
                 {least}GB. They must be >= original volume size."
            ),
        ),
        Refusal::SmallForSource { size, least } => fault(
            400,
            &format!(
                "Invalid input received: Volume size '{size}'GB cannot be smaller than the snapshot size {least}GB. \
                 They must be >= original snapshot size."
            ),
        ),
        other => refused(other),
    })?;
    let volume = seen(world, call, &id)?;
    let name = volume.name.clone().unwrap_or_default();
    Ok(json(202, &v!({"volume": brief(world, call, volume)})).about(&id, &name))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::update("volume"))?;
    let asked = &asked["volume"];
    let id = seen(world, call, call.param(0))?.id.clone();
    let now = world.now();
    let text = |keys: [&str; 2]| {
        let given = keys.into_iter().find_map(|key| asked.get(key));
        given.map(|value| value.as_str().map(str::to_owned))
    };
    if let Some(volume) = world.volume_mut(&id) {
        volume.name = text(["name", "display_name"]).unwrap_or_else(|| volume.name.take());
        volume.description =
            text(["description", "display_description"]).unwrap_or_else(|| volume.description.take());
        if asked["metadata"].is_object() {
            volume.metadata = texts(&asked["metadata"]);
        }
        volume.updated = Some(now);
    }
    let volume = seen(world, call, &id)?;
    let name = volume.name.clone().unwrap_or_default();
    Ok(json(200, &v!({"volume": brief(world, call, volume)})).about(&id, &name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let volume = seen(world, call, call.param(0))?;
    let (id, name) = (volume.id.clone(), volume.name.clone().unwrap_or_default());
    let cascade = call.query("cascade").is_some_and(|text| matches!(text, "True" | "true" | "1"));
    world.delete_volume(&id, cascade).map_err(no_deletion)?;
    Ok(Answer::empty(202).about(&id, &name))
}
