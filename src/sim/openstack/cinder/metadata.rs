//! Metadata of volumes and of snapshots, which one path tells from the other.

use serde_json::json as v;

use super::refuse::fault;
use super::schemas::{self, body, pairs, texts};
use super::{Answer, Call, Outcome, json, snapshots, volumes};
use crate::world::{Pairs, World, put};

/// The metadata of what the path names, and its word.
fn of<'a>(world: &'a mut World, call: &Call<'_>) -> Result<(&'a mut Pairs, &'static str), Answer> {
    let id = call.param(0);
    if call.cut.rest.starts_with("+/snapshots/") {
        snapshots::seen(world, call, id)?;
        let found = world.snapshot_mut(id).map(|snapshot| (&mut snapshot.metadata, "Snapshot"));
        return found.ok_or_else(|| fault(404, &format!("Snapshot {id} could not be found.")));
    }
    volumes::seen(world, call, id)?;
    let found = world.volume_mut(id).map(|volume| (&mut volume.metadata, "Volume"));
    found.ok_or_else(|| fault(404, &format!("Volume {id} could not be found.")))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let (metadata, _) = of(world, call)?;
    Ok(json(200, &v!({"metadata": pairs(metadata)})))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata("metadata"))?;
    let (metadata, _) = of(world, call)?;
    for (key, value) in texts(&asked["metadata"]) {
        put(metadata, &key, &value);
    }
    Ok(json(200, &v!({"metadata": pairs(metadata)})).about(call.param(0), ""))
}

pub(super) fn replace(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata("metadata"))?;
    let (metadata, _) = of(world, call)?;
    *metadata = texts(&asked["metadata"]);
    Ok(json(200, &v!({"metadata": pairs(metadata)})).about(call.param(0), ""))
}

fn no_key(call: &Call<'_>, what: &str) -> Answer {
    let (id, key) = (call.param(0), call.param(1));
    fault(404, &format!("{what} {id} has no metadata with key {key}."))
}

pub(super) fn item(world: &mut World, call: &Call<'_>) -> Outcome {
    let (metadata, what) = of(world, call)?;
    let found = metadata.iter().find(|(key, _)| key == call.param(1));
    let (key, value) = found.ok_or_else(|| no_key(call, what))?;
    Ok(json(200, &v!({"meta": {key: value}})))
}

pub(super) fn item_set(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata("meta"))?;
    let asked = texts(&asked["meta"]);
    let (metadata, _) = of(world, call)?;
    match asked.as_slice() {
        [(key, value)] if key == call.param(1) => {
            put(metadata, key, value);
            Ok(json(200, &v!({"meta": {key: value}})).about(call.param(0), ""))
        }
        [_] => Err(fault(400, "Request body and URI mismatch")),
        _ => Err(fault(400, "Request body contains too many items")),
    }
}

pub(super) fn item_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let (metadata, what) = of(world, call)?;
    let place = metadata.iter().position(|(key, _)| key == call.param(1));
    metadata.remove(place.ok_or_else(|| no_key(call, what))?);
    Ok(Answer::empty(200).about(call.param(0), ""))
}
