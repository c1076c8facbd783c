//! What happened to a stack and to the stacks inside it: newest first, unless asked otherwise.

use serde_json::{Value, json as v};

use super::entry::{address, seen};
use super::list::{after, limit};
use super::refuse::fault;
use super::resources::depth;
use super::{Call, Outcome, json, time};
use crate::world::World;
use crate::world::stack::{Event, Stack};

struct Row<'a> {
    stack: &'a Stack,
    event: &'a Event,
}

fn gather<'a>(world: &'a World, stack: &'a Stack, depth: usize, rows: &mut Vec<Row<'a>>) {
    rows.extend(stack.events.iter().map(|event| Row { stack, event }));
    if depth > 0 {
        let inside = |inner: &&Stack| inner.parent.as_ref().is_some_and(|(id, _)| *id == stack.id);
        for inner in world.stacks.iter().filter(inside).filter(|inner| !inner.is_gone()) {
            gather(world, inner, depth - 1, rows);
        }
    }
}

fn state(event: &Event, stack: &Stack) -> String {
    let own = event.logical == stack.name && event.physical == stack.id;
    let action = match event.action {
        crate::world::stack::Action::UpdateRollback if own => "ROLLBACK",
        other => other.name(),
    };
    format!("{action}_{}", event.status.name())
}

fn told(world: &World, call: &Call<'_>, row: &Row<'_>, root: Option<&Stack>) -> Value {
    let _ = world;
    let own = address(call, row.stack);
    let event = row.event;
    let resource = format!("{own}/resources/{}", event.logical);
    let mut links = vec![
        v!({"href": format!("{resource}/events/{}", event.id), "rel": "self"}),
        v!({"href": resource, "rel": "resource"}),
        v!({"href": own, "rel": "stack"}),
    ];
    links.extend(root.map(|root| v!({"href": address(call, root), "rel": "root_stack"})));
    v!({"id": event.id, "links": links, "event_time": time::second(event.at), "logical_resource_id": event.logical,
        "resource_name": event.logical, "physical_resource_id": event.physical,
        "resource_status": state(event, row.stack), "resource_status_reason": event.reason})
}

fn listed(world: &World, call: &Call<'_>, name: Option<&str>) -> Outcome {
    let limit = limit(call)?;
    let stack = seen(world, call)?;
    let deep = call.query("nested_depth").is_some();
    let mut rows = Vec::new();
    gather(world, stack, depth(call), &mut rows);
    let fits = |row: &Row<'_>| {
        let asked = |key: &str, own: &str| {
            let mut pairs = call.request.query.iter().filter(|(name, _)| name == key).peekable();
            pairs.peek().is_none() || pairs.any(|(_, value)| value == own)
        };
        name.is_none_or(|name| row.event.logical == name)
            && asked("resource_name", &row.event.logical)
            && asked("resource_type", &row.event.kind)
            && asked("resource_status", row.event.status.name())
            && asked("resource_action", row.event.action.name())
    };
    rows.retain(fits);
    // Those of one moment stay in the order that they came in.
    rows.sort_by_key(|row| row.event.at);
    if call.query("sort_dir").is_none_or(|way| way != "asc") {
        rows.reverse();
    }
    let refs: Vec<&Row<'_>> = rows.iter().collect();
    let mut refs = after(refs, call.query("marker"), |row: &Row<'_>| row.event.id.as_str());
    if let Some(limit) = limit {
        refs.truncate(limit);
    }
    let root = deep.then(|| world.root_of(stack));
    let rows: Vec<Value> = refs.iter().map(|row| told(world, call, row, root)).collect();
    Ok(json(200, &v!({"events": rows})))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, None)
}

pub(super) fn of_resource(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, Some(call.param(2)))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let stack = seen(world, call)?;
    let (name, id) = (call.param(2), call.param(3));
    let found = stack.events.iter().find(|event| event.id == id && event.logical == name);
    let Some(event) = found else {
        return Err(fault(404, "HTTPNotFound", &format!("No event {id} found")));
    };
    let mut row = told(world, call, &Row { stack, event }, None);
    row["resource_type"] = event.kind.clone().into();
    row["resource_properties"] = if event.properties.is_null() { v!({}) } else { event.properties.clone() };
    Ok(json(200, &v!({"event": row})))
}
