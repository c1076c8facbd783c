//! Making stacks, changing them, deleting them, and what else is done to the whole of one.

use serde_json::{Value, json as v};

use super::asked::{body, changeable, definition, failing, name, tags, timeout};
use super::entry::{address, live, seen};
use super::refuse::{bad, fault, flawed};
use super::resources::preview_row;
use super::view::full;
use super::{Answer, Call, Outcome, framed, json};
use crate::world::World;
use crate::world::stack::{Action, Asked, Failing, Side, Stack, Verdict};

/// The answer of what is begun and takes its time.
fn accepted() -> Answer {
    framed(202, "The request is accepted for processing.")
}

fn asked_new(world: &World, body: &Value) -> Result<Asked, Answer> {
    Ok(Asked {
        name: name(body)?,
        timeout_mins: timeout(body)?,
        tags: tags(body)?,
        failing: failing(body, Failing::Keep)?,
        definition: definition(world, body, None)?,
        ..Asked::default()
    })
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call)?;
    let asked = asked_new(world, &body)?;
    let name = asked.name.clone();
    let id = world.create_stack(Side::Heat, asked, &call.asker()).map_err(|flaw| flawed(&flaw))?;
    let Some(stack) = world.stack(&id) else { return Err(bad("No stack was made.")) };
    let own = address(call, stack);
    let told = v!({"stack": {"id": id, "links": [{"href": own, "rel": "self"}]}});
    Ok(json(201, &told).with("Location", own).about(&id, &name))
}

pub(super) fn preview_create(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call)?;
    let asked = asked_new(world, &body)?;
    let mut stack = world.blank_stack(Side::Heat, asked, &call.asker());
    stack.id = "None".to_owned();
    world.check_stack(&stack, &stack.definition).map_err(|flaw| flawed(&flaw))?;
    let rows = world.preview_stack(&stack, &stack.definition).map_err(|flaw| flawed(&flaw))?;
    let rows: Vec<Value> = rows.iter().map(|row| preview_row(world, &stack, row)).collect();
    let mut told = full(world, call, &stack, true);
    told["stack_user_project_id"] = Value::Null;
    told["resources"] = rows.into();
    if let Some(map) = told.as_object_mut() {
        map.remove("stack_status");
        map.remove("stack_status_reason");
    }
    Ok(json(200, &v!({"stack": told})))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call)?.id.clone();
    let outputs = call.query("resolve_outputs").is_none_or(|text| !text.eq_ignore_ascii_case("false"));
    if outputs {
        world.refresh_stack(&id);
    }
    let stack = seen(world, call)?;
    Ok(json(200, &v!({"stack": full(world, call, stack, outputs)})))
}

/// What a PUT asks for: all that it does not say goes back to what is usual.
fn asked_whole(world: &World, call: &Call<'_>, stack: &Stack) -> Result<Asked, Answer> {
    let body = body(call)?;
    Ok(Asked {
        timeout_mins: timeout(&body)?.or(stack.timeout_mins),
        tags: Some(tags(&body)?.unwrap_or_default()),
        failing: failing(&body, stack.failing)?,
        definition: definition(world, &body, None)?,
        ..Asked::default()
    })
}

/// What a PATCH asks for: all that it does not say stays.
fn asked_part(world: &World, call: &Call<'_>, stack: &Stack) -> Result<Asked, Answer> {
    let body = body(call)?;
    let tags = tags(&body)?.or_else(|| stack.tags.clone());
    Ok(Asked {
        timeout_mins: timeout(&body)?.or(stack.timeout_mins),
        tags,
        failing: failing(&body, stack.failing)?,
        definition: definition(world, &body, Some(&stack.definition))?,
        ..Asked::default()
    })
}

type Reader = fn(&World, &Call<'_>, &Stack) -> Result<Asked, Answer>;

fn update(world: &mut World, call: &Call<'_>, read: Reader) -> Outcome {
    let stack = live(world, call)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    let asked = read(world, call, stack)?;
    changeable(stack)?;
    world.update_stack(&id, asked).map_err(|flaw| flawed(&flaw))?;
    Ok(accepted().about(&id, &name))
}

pub(super) fn replace(world: &mut World, call: &Call<'_>) -> Outcome {
    update(world, call, asked_whole)
}

pub(super) fn patch(world: &mut World, call: &Call<'_>) -> Outcome {
    update(world, call, asked_part)
}

fn preview(world: &mut World, call: &Call<'_>, read: Reader) -> Outcome {
    let stack = live(world, call)?;
    let asked = read(world, call, stack)?;
    let rows = world.preview_stack(stack, &asked.definition).map_err(|flaw| flawed(&flaw))?;
    let mut told = v!({"unchanged": [], "updated": [], "replaced": [], "added": [], "deleted": []});
    for row in &rows {
        let name = match row.verdict {
            Verdict::Unchanged => "unchanged",
            Verdict::Updated => "updated",
            Verdict::Replaced => "replaced",
            Verdict::Added => "added",
            Verdict::Deleted => "deleted",
        };
        if let Some(list) = told[name].as_array_mut() {
            list.push(preview_row(world, stack, row));
        }
    }
    Ok(json(200, &v!({"resource_changes": told})))
}

pub(super) fn preview_replace(world: &mut World, call: &Call<'_>) -> Outcome {
    preview(world, call, asked_whole)
}

pub(super) fn preview_patch(world: &mut World, call: &Call<'_>) -> Outcome {
    preview(world, call, asked_part)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = live(world, call)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    world.delete_stack(&id, Vec::new()).map_err(|flaw| flawed(&flaw))?;
    Ok(Answer::empty(204).about(&id, &name))
}

pub(super) fn no_action(_: &mut World, call: &Call<'_>) -> Outcome {
    let body = body(call)?;
    let keys: Vec<String> = body.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    Err(match keys.as_slice() {
        [] => bad("No action specified"),
        [one] => bad(&format!("Invalid action {one} specified")),
        _ => bad("Multiple actions specified"),
    })
}

pub(super) fn act(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = live(world, call)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    let action = match call.act.map_or("", |act| act.key) {
        "suspend" => Action::Suspend,
        "resume" => Action::Resume,
        _ => Action::Check,
    };
    if action == Action::Resume && stack.action != Action::Suspend && !stack.busy() {
        let state = format!("('{}', '{}')", stack.action.name(), stack.status.name());
        let message = format!("State {state} invalid for resume");
        return Err(fault(400, "NotSupported", &message));
    }
    world.act_on_stack(&id, action).map_err(|flaw| flawed(&flaw))?;
    Ok(json(200, &Value::Null).about(&id, &name))
}

pub(super) fn cancel(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = live(world, call)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    let back = call.act.is_some_and(|act| act.key == "cancel_update");
    world.cancel_update(&id, back).map_err(|flaw| flawed(&flaw))?;
    Ok(json(200, &Value::Null).about(&id, &name))
}
