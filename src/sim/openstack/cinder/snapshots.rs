//! Snapshots of volumes.

use serde_json::{Value, json as v};

use super::list::{chosen, of_all};
use super::refuse::{fault, no_deletion, no_snapshot};
use super::schemas::{self, body, pairs, texts};
use super::{Answer, Call, Outcome, json, time, volumes};
use crate::world::{Snapshot, SnapshotSpec, SnapshotState, World};

const FIELDS: &[&str] = &["name", "status", "volume_id", "id"];

const fn status(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::Creating => "creating",
        SnapshotState::Available => "available",
        SnapshotState::Deleting => "deleting",
        SnapshotState::Deleted => "deleted",
        SnapshotState::Error => "error",
    }
}

fn brief(call: &Call<'_>, snapshot: &Snapshot) -> Value {
    let mut value = v!({"id": snapshot.id, "created_at": time::bare(snapshot.created),
        "updated_at": snapshot.updated.map(time::bare), "name": snapshot.name,
        "description": snapshot.description, "volume_id": snapshot.volume, "status": status(snapshot.state),
        "size": snapshot.size_gib, "metadata": pairs(&snapshot.metadata)});
    if call.version >= 14 {
        value["group_snapshot_id"] = Value::Null;
    }
    if call.version >= 41 {
        value["user_id"] = snapshot.user.clone().into();
    }
    if call.version >= 65 {
        value["consumes_quota"] = true.into();
    }
    value
}

fn full(call: &Call<'_>, snapshot: &Snapshot) -> Value {
    let mut value = brief(call, snapshot);
    value["os-extended-snapshot-attributes:project_id"] = snapshot.project.clone().into();
    value["os-extended-snapshot-attributes:progress"] = format!("{}%", snapshot.progress).into();
    value
}

fn missing(id: &str) -> Answer {
    fault(404, &format!("Snapshot {id} could not be found."))
}

/// The snapshot of this id, if the caller sees it.
pub(super) fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Snapshot, Answer> {
    let found = world.snapshot(id).filter(|snapshot| call.admin() || snapshot.project == call.project());
    found.ok_or_else(|| missing(id))
}

fn listed(world: &World, call: &Call<'_>, path: &str, whole: bool) -> Outcome {
    let all = of_all(call);
    let own = world.snapshots.iter().filter(|snapshot| {
        snapshot.state != SnapshotState::Deleted && (all || snapshot.project == call.project())
    });
    let draw = |snapshot| if whole { full(call, snapshot) } else { brief(call, snapshot) };
    let (rows, next, count) = chosen(call, own.map(draw).collect(), FIELDS, path, missing)?;
    let mut told = v!({"snapshots": rows});
    if let Some(next) = next {
        told["snapshots_links"] = next;
    }
    if call.version >= 45 && call.query("with_count").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        told["count"] = count.into();
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "snapshots", false)
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "snapshots/detail", true)
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"snapshot": full(call, seen(world, call, call.param(0))?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::snapshot())?;
    let asked = &asked["snapshot"];
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    let volume = volumes::seen(world, call, asked["volume_id"].as_str().unwrap_or_default())?.id.clone();
    let force = &asked["force"];
    let spec = SnapshotSpec {
        volume,
        name: text("name").or_else(|| text("display_name")),
        description: text("description").or_else(|| text("display_description")),
        metadata: texts(&asked["metadata"]),
        // From 3.66 on a volume in use is nothing special.
        force: call.version >= 66
            || *force == true
            || force.as_str().is_some_and(|f| f.eq_ignore_ascii_case("true")),
    };
    let id = world.create_snapshot(&spec, &call.asker()).map_err(no_snapshot)?;
    let snapshot = seen(world, call, &id)?;
    let name = snapshot.name.clone().unwrap_or_default();
    Ok(json(202, &v!({"snapshot": brief(call, snapshot)})).about(&id, &name))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::update("snapshot"))?;
    let asked = &asked["snapshot"];
    let id = seen(world, call, call.param(0))?.id.clone();
    let now = world.now();
    if let Some(snapshot) = world.snapshot_mut(&id) {
        if let Some(name) = asked.get("name") {
            snapshot.name = name.as_str().map(str::to_owned);
        }
        if let Some(description) = asked.get("description") {
            snapshot.description = description.as_str().map(str::to_owned);
        }
        snapshot.updated = Some(now);
    }
    let snapshot = seen(world, call, &id)?;
    let name = snapshot.name.clone().unwrap_or_default();
    Ok(json(200, &v!({"snapshot": brief(call, snapshot)})).about(&id, &name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let snapshot = seen(world, call, call.param(0))?;
    let (id, name) = (snapshot.id.clone(), snapshot.name.clone().unwrap_or_default());
    world.delete_snapshot(&id).map_err(no_deletion)?;
    Ok(Answer::empty(202).about(&id, &name))
}
