//! Backups of volumes.

use serde_json::{Value, json as v};

use super::list::{chosen, links, of_all};
use super::refuse::{fault, refused};
use super::schemas::{self, body, pairs, texts};
use super::{Answer, Call, Outcome, json, time, volumes};
use crate::world::{Backup, BackupSpec, BackupState, Kind, Refusal, World};

const FIELDS: &[&str] = &["name", "status", "volume_id", "id"];

const fn status(state: BackupState) -> &'static str {
    match state {
        BackupState::Creating => "creating",
        BackupState::Available => "available",
        BackupState::Restoring => "restoring",
        BackupState::Deleting => "deleting",
        BackupState::Error => "error",
    }
}

fn brief(call: &Call<'_>, backup: &Backup) -> Value {
    v!({"id": backup.id, "name": backup.name, "links": links(call, &format!("backups/{}", backup.id))})
}

fn full(world: &World, call: &Call<'_>, backup: &Backup) -> Value {
    let mut value = brief(call, backup);
    let made = backup.state != BackupState::Creating;
    let whole = v!({"status": status(backup.state), "size": backup.size_gib, "object_count": 0,
        "availability_zone": "nova", "container": made.then(|| format!("sim/{}", backup.id)),
        "created_at": time::bare(backup.created), "updated_at": backup.updated.map(time::bare),
        "description": backup.description, "fail_reason": backup.failure, "volume_id": backup.volume,
        "is_incremental": backup.parent.is_some(), "has_dependent_backups": world.is_parent(&backup.id),
        "snapshot_id": null, "data_timestamp": time::bare(backup.created)});
    if let (Value::Object(value), Value::Object(whole)) = (&mut value, whole) {
        value.extend(whole);
    }
    if call.version >= 18 {
        value["os-backup-project-attr:project_id"] = backup.project.clone().into();
    }
    if call.version >= 43 {
        value["metadata"] = pairs(&backup.metadata);
    }
    if call.version >= 56 {
        value["user_id"] = backup.user.clone().into();
    }
    value
}

fn missing(id: &str) -> Answer {
    fault(404, &format!("Backup {id} could not be found."))
}

/// The backup of this id, if the caller sees it.
fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Backup, Answer> {
    let found = world.backup(id).filter(|backup| call.admin() || backup.project == call.project());
    found.ok_or_else(|| missing(id))
}

fn listed(world: &World, call: &Call<'_>, path: &str, whole: bool) -> Outcome {
    let all = of_all(call);
    let own = world.backups.iter().filter(|backup| all || backup.project == call.project());
    let rows = own.map(|backup| full(world, call, backup)).collect();
    let (mut rows, next, count) = chosen(call, rows, FIELDS, path, missing)?;
    for row in rows.iter_mut().filter(|_| !whole) {
        *row = v!({"id": row["id"], "name": row["name"], "links": row["links"]});
    }
    let mut told = v!({"backups": rows});
    if let Some(next) = next {
        told["backups_links"] = next;
    }
    if call.version >= 45 && call.query("with_count").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        told["count"] = count.into();
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "backups", false)
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "backups/detail", true)
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"backup": full(world, call, seen(world, call, call.param(0))?)})))
}

fn is_true(value: &Value) -> bool {
    *value == true || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::backup(call.version))?;
    let asked = &asked["backup"];
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    let spec = BackupSpec {
        volume: volumes::seen(world, call, asked["volume_id"].as_str().unwrap_or_default())?.id.clone(),
        name: text("name"),
        description: text("description"),
        metadata: texts(&asked["metadata"]),
        incremental: is_true(&asked["incremental"]),
        force: is_true(&asked["force"]),
    };
    let id = world.create_backup(&spec, &call.asker()).map_err(|refusal| match refusal {
        Refusal::VolumeState(_, crate::world::VolumeState::InUse) => fault(
            400,
            "Invalid volume: Backing up an in-use volume must use the force flag.",
        ),
        Refusal::VolumeState(_, state) => fault(
            400,
            &format!(
                "Invalid volume: Volume to be backed up must be available or in-use, but the current status is \"{}\".",
                volumes::status(state)
            ),
        ),
        Refusal::NotAvailable(..) => {
            fault(400, "Invalid backup: No backups available to do an incremental backup.")
        }
        other => refused(other),
    })?;
    let backup = seen(world, call, &id)?;
    let name = backup.name.clone().unwrap_or_default();
    Ok(json(202, &v!({"backup": brief(call, backup)})).about(&id, &name))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::update("backup"))?;
    let asked = &asked["backup"];
    let id = seen(world, call, call.param(0))?.id.clone();
    let now = world.now();
    if let Some(backup) = world.backup_mut(&id) {
        if let Some(name) = asked.get("name") {
            backup.name = name.as_str().map(str::to_owned);
        }
        if let Some(description) = asked.get("description") {
            backup.description = description.as_str().map(str::to_owned);
        }
        backup.updated = Some(now);
    }
    let backup = seen(world, call, &id)?;
    let name = backup.name.clone().unwrap_or_default();
    Ok(json(200, &v!({"backup": brief(call, backup)})).about(&id, &name))
}

pub(super) fn restore(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::restore())?;
    let asked = &asked["restore"];
    let id = seen(world, call, call.param(0))?.id.clone();
    if let Some(volume) = asked["volume_id"].as_str() {
        volumes::seen(world, call, volume)?;
    }
    let (onto, name) = (asked["volume_id"].as_str(), asked["name"].as_str());
    let into = world.restore_backup(&id, onto, name, &call.asker()).map_err(|refusal| match refusal {
        Refusal::NotAvailable(..) => fault(400, "Invalid backup: Backup status must be available"),
        Refusal::VolumeState(..) => fault(400, "Invalid volume: Volume to be restored to must be available"),
        Refusal::SmallForSource { size, least } => fault(
            400,
            &format!("Invalid volume: volume size {size} is too small to restore backup of size {least}."),
        ),
        other => refused(other),
    })?;
    let name = volumes::seen(world, call, &into)?.name.clone().unwrap_or_default();
    let told = v!({"backup_id": id, "volume_id": into, "volume_name": name});
    Ok(json(202, &v!({"restore": told})).about(&into, &name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let backup = seen(world, call, call.param(0))?;
    let (id, name) = (backup.id.clone(), backup.name.clone().unwrap_or_default());
    world.delete_backup(&id).map_err(|refusal| match refusal {
        Refusal::NotAvailable(Kind::Backup, _) => {
            fault(400, "Invalid backup: Backup status must be available or error")
        }
        Refusal::HasSnapshots(..) => fault(400, "Invalid backup: Incremental backups exist for this backup."),
        other => refused(other),
    })?;
    Ok(Answer::empty(202).about(&id, &name))
}
