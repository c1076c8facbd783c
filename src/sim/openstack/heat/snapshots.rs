//! Copies of a stack's definition.

use serde_json::{Value, json as v};

use super::entry::{live, seen};
use super::refuse::{fault, flawed};
use super::{Answer, Call, Outcome, framed, json, time};
use crate::world::World;
use crate::world::stack::{Flaw, Snapshot, Stack};

fn value(stack: &Stack, copy: &Snapshot) -> Value {
    let data = v!({"name": stack.name, "id": stack.id, "action": stack.action.name(), "status": stack.status.name(),
        "environment": copy.definition.shown_environment(), "files": {}, "template": copy.definition.template.raw,
        "resources": {}, "project_id": stack.project, "stack_user_project_id": stack.user_project,
        "tags": stack.tags.clone().unwrap_or_default()});
    v!({"id": copy.id, "name": copy.name, "action": "CREATE", "status": copy.status.name(),
        "status_reason": copy.reason, "data": data, "creation_time": time::second(copy.created)})
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = live(world, call)?;
    let rows: Vec<Value> = stack.snapshots.iter().map(|copy| value(stack, copy)).collect();
    Ok(json(200, &v!({"snapshots": rows})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = super::asked::body(call)?;
    let stack = live(world, call)?;
    if stack.busy() {
        let message = format!("The Stack ({}) already has an action in progress.", stack.name);
        return Err(fault(409, "ActionInProgress", &message));
    }
    let (id, name) = (stack.id.clone(), body["name"].as_str().map(str::to_owned));
    let copy = world.snapshot_stack(&id, name).map_err(|flaw| flawed(&flaw))?;
    let stack = live(world, call)?;
    let told = stack.snapshots.iter().find(|own| own.id == copy).map(|own| value(stack, own));
    Ok(json(200, &told.unwrap_or_default()).about(&copy, call.param(0)))
}

fn copy<'a>(stack: &'a Stack, id: &str) -> Result<&'a Snapshot, Answer> {
    let found = stack.snapshots.iter().find(|copy| copy.id == id);
    found.ok_or_else(|| flawed(&Flaw::NoSnapshot(id.to_owned())))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    let copy = copy(stack, call.param(2))?;
    Ok(json(200, &v!({"snapshot": value(stack, copy)})))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = live(world, call)?.id.clone();
    world.delete_snapshot_of(&id, call.param(2)).map_err(|flaw| flawed(&flaw))?;
    Ok(Answer::empty(204).about(call.param(2), call.param(0)))
}

pub(super) fn restore(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = live(world, call)?.id.clone();
    world.restore_stack(&id, call.param(2)).map_err(|flaw| flawed(&flaw))?;
    Ok(framed(202, "The request is accepted for processing.").about(&id, call.param(0)))
}
