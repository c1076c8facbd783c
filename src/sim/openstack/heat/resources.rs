//! The resources of a stack, those inside its resources too, and the signals that they are sent.

use serde_json::{Value, json as v};

use super::entry::{address, live, seen};
use super::list::{limit, truth};
use super::refuse::flawed;
use super::{Answer, Call, Outcome, as_text, json, time};
use crate::world::stack::{Changes, Flaw, Resource, Side, Stack};
use crate::world::{World, fresh_hex};

fn links(world: &World, call: &Call<'_>, stack: &Stack, resource: &Resource) -> Value {
    let own = address(call, stack);
    let mut rows = vec![
        v!({"href": format!("{own}/resources/{}", resource.logical), "rel": "self"}),
        v!({"href": own, "rel": "stack"}),
    ];
    if let Some(inner) = resource.nested.as_deref().and_then(|id| world.stack(id)) {
        rows.push(v!({"href": address(call, inner), "rel": "nested"}));
    }
    rows.into()
}

fn brief(world: &World, call: &Call<'_>, stack: &Stack, resource: &Resource, detail: bool) -> Value {
    let mut links = links(world, call, stack, resource);
    if !detail && let Some(rows) = links.as_array_mut() {
        rows.truncate(3);
    }
    let failed = resource.action == crate::world::stack::Action::Create
        && resource.status == crate::world::stack::Status::Failed
        && resource.nested.is_none();
    let physical = resource.physical.clone().filter(|_| !failed).unwrap_or_default();
    let mut row = v!({
        "updated_time": resource.updated.map(time::second), "creation_time": resource.created.map(time::second),
        "logical_resource_id": resource.logical, "resource_name": resource.logical,
        "physical_resource_id": physical, "resource_status": resource.state(),
        "resource_status_reason": resource.reason, "resource_type": resource.kind, "links": links,
        "required_by": stack.needed_by(&resource.logical),
    });
    if let Some((_, parent)) = &stack.parent {
        row["parent_resource"] = parent.clone().into();
    }
    row
}

fn detailed(world: &World, call: &Call<'_>, stack: &Stack, resource: &Resource) -> Value {
    let mut row = brief(world, call, stack, resource, true);
    row["description"] = resource.description.clone().into();
    row["attributes"] = match world.kind(Side::Heat, &resource.kind) {
        Some(kind) if resource.nested.is_none() => world.attributes(&kind, resource),
        _ if resource.kind == "OS::Heat::ResourceGroup" => {
            v!({"refs": null, "attributes": null, "refs_map": null, "removed_rsrc_list": []})
        }
        _ => {
            let inner = resource.nested.as_deref().and_then(|id| world.stack(id));
            let rows = inner.map(|inner| world.outputs(inner)).unwrap_or_default();
            Value::Object(rows.into_iter().map(|output| (output.name, output.value)).collect())
        }
    };
    row
}

/// The resources of a template that nothing was done for yet.
fn waiting(stack: &Stack) -> Vec<Resource> {
    let there = |name: &str| stack.resource(name).is_some();
    let row = |declared: &crate::world::stack::Declared| Resource {
        logical: declared.name.clone(),
        kind: declared.kind.clone(),
        created: Some(stack.created),
        updated: Some(stack.created),
        ..Resource::default()
    };
    let busy = !stack.is_gone() && stack.action == crate::world::stack::Action::Create;
    let all = stack.definition.template.resources.iter().filter(|_| busy);
    all.filter(|declared| !there(&declared.name)).map(row).collect()
}

fn gather(world: &World, call: &Call<'_>, stack: &Stack, depth: usize, rows: &mut Vec<Value>) {
    let detail = truth(call.query("with_detail"));
    let fits = |resource: &Resource| {
        let asked = |name: &str, own: &str| {
            let mut pairs = call.request.query.iter().filter(|(key, _)| key == name).peekable();
            pairs.peek().is_none() || pairs.any(|(_, value)| value == own)
        };
        asked("type", &resource.kind)
            && asked("name", &resource.logical)
            && asked("status", resource.status.name())
            && asked("action", resource.action.name())
            && asked("physical_resource_id", resource.physical.as_deref().unwrap_or_default())
    };
    let waiting = waiting(stack);
    let own: Vec<&Resource> = stack.resources.iter().filter(|own| !own.outdated).chain(&waiting).collect();
    for resource in &own {
        if fits(resource) {
            rows.push(match detail {
                true => detailed(world, call, stack, resource),
                false => brief(world, call, stack, resource, false),
            });
        }
    }
    for resource in own.iter().filter(|_| depth > 0) {
        if let Some(inner) = resource.nested.as_deref().and_then(|id| world.stack(id)) {
            gather(world, call, inner, depth - 1, rows);
        }
    }
}

/// How deep stacks inside are looked at.
pub(super) fn depth(call: &Call<'_>) -> usize {
    call.query("nested_depth").and_then(|text| text.parse().ok()).unwrap_or_default()
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let limit = limit(call)?;
    let stack = seen(world, call)?;
    let mut rows = Vec::new();
    gather(world, call, stack, depth(call), &mut rows);
    if let Some(limit) = limit {
        rows.truncate(limit);
    }
    Ok(json(200, &v!({"resources": rows})))
}

fn named<'a>(stack: &'a Stack, name: &str) -> Result<&'a Resource, Answer> {
    stack.resource(name).ok_or_else(|| flawed(&Flaw::NoResource(name.to_owned(), stack.name.clone())))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call)?.id.clone();
    world.refresh_resource(&id, call.param(2));
    let stack = seen(world, call)?;
    let resource = named(stack, call.param(2))?;
    let mut row = detailed(world, call, stack, resource);
    for name in call.request.query.iter().filter(|(key, _)| key == "with_attr").map(|(_, value)| value) {
        if let Some(kind) = world.kind(Side::Heat, &resource.kind) {
            row["attributes"][name] = kind.behaviour.attribute(world, resource, name).unwrap_or_default();
        }
    }
    Ok(json(200, &v!({"resource": row})))
}

pub(super) fn metadata(world: &mut World, call: &Call<'_>) -> Outcome {
    let resource = named(seen(world, call)?, call.param(2))?;
    let told = if resource.metadata.is_null() { v!({}) } else { resource.metadata.clone() };
    Ok(json(200, &v!({"metadata": told})))
}

/// Marks a resource as one that the next update is to replace.
pub(super) fn mark(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = super::asked::body(call)?;
    let stack = live(world, call)?;
    let (id, number) = (stack.id.clone(), named(stack, call.param(2))?.number);
    let reason = as_text(&asked["resource_status_reason"]);
    world.mark_unhealthy(&id, number, truth(Some(&as_text(&asked["mark_unhealthy"]))), &reason);
    Ok(json(200, &Value::Null).about(&id, call.param(0)))
}

pub(super) fn signal(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = super::asked::body(call)?;
    let (name, id) = (call.param(0), call.param(1));
    let stack = world.stack(id).filter(|stack| stack.name == name && !stack.is_gone());
    let stack = stack.ok_or_else(|| flawed(&Flaw::Missing(name.to_owned())))?;
    let number = named(stack, call.param(2))?.number;
    let given = if body.is_null() { v!({}) } else { body };
    let key = given.get("id").map_or_else(fresh_hex, as_text);
    let mut signal = given;
    if signal["status"].is_null() {
        signal["status"] = "SUCCESS".into();
    }
    world.signal_resource(id, number, &key, signal);
    Ok(json(200, &Value::Null).about(id, call.param(2)))
}

/// A resource as a preview shows it.
pub(super) fn preview_row(world: &World, stack: &Stack, row: &Changes) -> Value {
    let identity = |path: &str| v!({"tenant": stack.project, "stack_name": stack.name, "stack_id": stack.id, "path": path});
    let names = world.kind(Side::Heat, &row.kind).map(|kind| kind.attributes).unwrap_or_default();
    let attributes = names.iter().filter(|name| **name != "*");
    let attributes: serde_json::Map<String, Value> =
        attributes.map(|name| ((*name).to_owned(), Value::Null)).collect();
    v!({"updated_time": null, "creation_time": null, "resource_name": row.logical, "physical_resource_id": "",
        "resource_action": "INIT", "resource_status": "COMPLETE", "resource_status_reason": "",
        "resource_type": row.kind, "resource_identity": identity(&format!("/resources/{}", row.logical)),
        "stack_identity": identity(""), "stack_name": stack.name, "required_by": stack.needed_by(&row.logical),
        "description": "", "metadata": {}, "attributes": attributes})
}
