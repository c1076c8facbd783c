//! Change sets: what an update would change. They are made to be looked at and deleted.

use super::super::call::Call;
use super::super::decode::{list, text};
use super::stack::{call, with};
use crate::cloud::StackChange;
use crate::wire::Intent;
use serde_json::{Map, Value as Json};

/// Ask for one; with the parts of the create or the update.
pub fn create(parts: Map<String, Json>) -> Call {
    read(with("CreateChangeSet", "stack.preview", parts))
}

/// Ask for one page of it.
pub fn show(id: &str, stack: &str) -> Call {
    of(call("stack.preview", "DescribeChangeSet"), id, stack)
}

/// Ask for all that there are of a stack.
pub fn all(stack: &str) -> Call {
    read(call("stack.preview", "ListChangeSets").with("StackName", stack))
}

/// Delete it.
pub fn delete(id: &str, stack: &str) -> Call {
    read(of(call("stack.preview", "DeleteChangeSet"), id, stack))
}

/// An id says which stack it is of; a name does not.
fn of(call: Call, id: &str, stack: &str) -> Call {
    let call = call.with("ChangeSetName", id);
    if id.starts_with("arn:") { call } else { call.with("StackName", stack) }
}

/// Delete the stack that a change set for a new one leaves, in which there is nothing.
pub fn delete_placeholder(stack: &str) -> Call {
    read(call("stack.preview", "DeleteStack").with("StackName", stack))
}

/// Nothing that a script could see is changed by it; a dry run sends it too.
fn read(mut call: Call) -> Call {
    call.intent = Intent::Read;
    call
}

/// The changes on a page.
pub fn changes(body: &Json) -> Vec<StackChange> {
    list(body, "Changes").iter().filter_map(|one| change(one.get("ResourceChange")?)).collect()
}

fn change(told: &Json) -> Option<StackChange> {
    let replacement = match text(told, "Replacement").as_deref() {
        Some("True") => Some(true),
        Some("Conditional") => None,
        _ => Some(false),
    };
    let action = match (text(told, "Action")?.as_str(), replacement) {
        ("Add" | "Import", _) => "create",
        ("Remove", _) => "delete",
        ("Modify", Some(true)) => "replace",
        ("Modify" | "Dynamic", _) => "update",
        _ => "none",
    };
    Some(StackChange {
        action,
        resource: text(told, "LogicalResourceId")?,
        kind: text(told, "ResourceType").unwrap_or_default(),
        replacement,
    })
}

/// Whether a change set or an update was refused for there being nothing to change, in any of the service's wordings.
pub fn is_without_changes(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("no updates are to be performed") || words.contains("didn't contain changes")
}
