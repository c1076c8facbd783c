//! Resources of stacks, and what a preview says of them.

use super::super::call::{With, get};
use super::super::decode::{list, text, time};
use super::super::session::{Call, Service};
use super::Identity;
use super::event::{DEPTH, linked};
use crate::cloud::{StackChange, StackResource};
use serde_json::Value as Json;

/// Ask for the resources of a stack and of those nested in it.
pub fn all(stack: &Identity) -> Call {
    let query = vec![("nested_depth".to_string(), DEPTH.to_string())];
    get("stack.resources", Service::Orchestration, stack.path("/resources")).query(query)
}

/// The resources of an answer; `None` where it lists none.
pub fn decode(body: &Json) -> Option<Vec<StackResource>> {
    let resources = list(body, "resources")?;
    let one = |resource: &Json| {
        Some(StackResource {
            id: text(resource, "physical_resource_id").unwrap_or_default(),
            resource: text(resource, "resource_name").or_else(|| text(resource, "logical_resource_id"))?,
            stack: linked(resource, "stack").map(|(name, _)| name).unwrap_or_default(),
            kind: text(resource, "resource_type").unwrap_or_default(),
            status: text(resource, "resource_status").unwrap_or_default(),
            reason: text(resource, "resource_status_reason"),
            time: time(resource, "updated_time").or_else(|| time(resource, "creation_time")),
        })
    };
    resources.iter().map(one).collect()
}

/// What a preview of an update says; `None` where it says nothing of resources.
pub fn changes(body: &Json) -> Option<Vec<StackChange>> {
    let told = body.get("resource_changes")?;
    let kinds = [
        ("unchanged", "none", Some(false)),
        ("updated", "update", Some(false)),
        ("replaced", "replace", Some(true)),
        ("added", "create", Some(false)),
        ("deleted", "delete", Some(false)),
    ];
    let mut changes = Vec::new();
    for (key, action, replacement) in kinds {
        changes.extend(list(told, key)?.iter().filter_map(|one| change(one, action, replacement)));
    }
    Some(changes)
}

/// What a preview of a new stack says.
pub fn made(body: &Json) -> Option<Vec<StackChange>> {
    let resources = list(body.get("stack")?, "resources")?;
    let mut changes = Vec::new();
    nested(resources, &mut changes);
    Some(changes)
}

/// A nested stack stands in a list as a list of its own.
fn nested(resources: &[Json], changes: &mut Vec<StackChange>) {
    for resource in resources {
        match resource {
            Json::Array(inner) => nested(inner, changes),
            one => changes.extend(change(one, "create", Some(false))),
        }
    }
}

fn change(one: &Json, action: &'static str, replacement: Option<bool>) -> Option<StackChange> {
    Some(StackChange {
        action,
        resource: text(one, "resource_name").or_else(|| text(one, "logical_resource_id"))?,
        kind: text(one, "resource_type").unwrap_or_default(),
        replacement,
    })
}
