//! Actions on stacks, and their snapshots.

use super::super::call::{get, json, segment};
use super::super::decode::{list, text};
use super::super::session::{Call, Service};
use super::Identity;
use crate::cloud::StackAction;
use crate::cloud::Value;
use crate::wire::Method;
use serde_json::{Value as Json, json as value};

/// Ask for an action.
pub fn act(stack: &Identity, action: &StackAction) -> Call {
    let name = match action {
        StackAction::Suspend => "suspend",
        StackAction::Resume => "resume",
        StackAction::Check => "check",
        StackAction::CancelUpdate | StackAction::Rollback => "cancel_update",
        StackAction::Restore(snapshot) => {
            let path = stack.path(&format!("/snapshots/{}/restore", segment(snapshot)));
            return Call::new("stack.restore", Service::Orchestration, Method::Post, path);
        }
    };
    json("stack.action", Service::Orchestration, Method::Post, stack.path("/actions"), value!({ name: null }))
}

/// Ask for a snapshot.
pub fn snapshot(stack: &Identity, name: &str) -> Call {
    let body = value!({ "name": name });
    json("stack.snapshot", Service::Orchestration, Method::Post, stack.path("/snapshots"), body)
}

/// Ask for all snapshots of a stack.
pub fn snapshots(stack: &Identity) -> Call {
    get("stack.snapshots", Service::Orchestration, stack.path("/snapshots"))
}

/// A snapshot as scripts read it.
pub fn snapshot_value(body: &Json) -> Option<Value> {
    let told = body.get("snapshot").unwrap_or(body);
    let field = |key: &str| Value::optional_text(text(told, key).as_deref());
    text(told, "id")?;
    Some(Value::Map(
        [
            ("id", field("id")),
            ("name", field("name")),
            ("status", field("status")),
            ("reason", field("status_reason")),
            ("created", super::super::decode::time(told, "creation_time").map_or(Value::Unit, Value::Time)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_string(), value))
        .collect(),
    ))
}

/// The id of the snapshot that a text names, by id or name; the newest of that name.
pub fn named(body: &Json, wanted: &str) -> Option<String> {
    let all = list(body, "snapshots")?;
    let id = all.iter().find(|one| text(one, "id").as_deref() == Some(wanted));
    let mut named: Vec<&Json> =
        all.iter().filter(|one| text(one, "name").as_deref() == Some(wanted)).collect();
    named.sort_by_key(|one| text(one, "creation_time"));
    id.or_else(|| named.pop()).and_then(|one| text(one, "id"))
}
