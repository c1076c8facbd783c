//! Events: what happened in a stack and in those nested in it.

use super::super::call::{With, get, segment};
use super::super::decode::{list, text, time};
use super::super::session::{Call, Service};
use super::Identity;
use crate::cloud::StackEvent;
use serde_json::Value as Json;

/// How deep nested stacks are looked into; Heat itself nests no deeper as it comes.
pub const DEPTH: &str = "20";

/// Ask for a page of events, oldest first; of nested stacks too where `nested`.
pub fn page(stack: &Identity, nested: bool, after: Option<&str>) -> Call {
    let mut query =
        vec![("sort_dir".to_string(), "asc".to_string()), ("limit".to_string(), "1000".to_string())];
    if nested {
        query.push(("nested_depth".to_string(), DEPTH.to_string()));
    }
    query.extend(after.map(|id| ("marker".to_string(), id.to_string())));
    get("stack.events", Service::Orchestration, stack.path("/events")).query(query)
}

/// Ask for the newest event of the stack itself.
pub fn last(stack: &Identity) -> Call {
    let query =
        [("sort_dir", "desc"), ("limit", "1")].map(|(key, value)| (key.to_string(), value.to_string()));
    get("stack.events", Service::Orchestration, stack.path("/events")).query(query.to_vec())
}

/// Ask whether a stack was ever updated: a create comes before every update, so that what was rolled back last is then an update.
pub fn was_updated(stack: &Identity) -> Call {
    let query = [
        ("resource_name", stack.name.as_str()),
        ("resource_action", "UPDATE"),
        ("resource_status", "IN_PROGRESS"),
        ("limit", "1"),
    ];
    let query = query.map(|(key, value)| (key.to_string(), value.to_string()));
    get("stack.events", Service::Orchestration, stack.path("/events")).query(query.to_vec())
}

/// Ask for one event, which tells its resource's type.
pub fn show(event: &StackEvent) -> Call {
    let stack = Identity { name: event.stack.0.clone(), id: event.stack.1.clone() };
    let path = stack.path(&format!("/resources/{}/events/{}", segment(&event.resource), segment(&event.id)));
    get("stack.event", Service::Orchestration, path)
}

/// The type in the answer to [`show`].
pub fn kind(body: &Json) -> Option<String> {
    body.get("event").and_then(|event| text(event, "resource_type"))
}

/// The events of an answer; `None` where it lists none.
pub fn decode(body: &Json) -> Option<Vec<StackEvent>> {
    let events = list(body, "events")?;
    let one = |event: &Json| {
        Some(StackEvent {
            id: text(event, "id")?,
            time: time(event, "event_time"),
            resource: text(event, "resource_name").or_else(|| text(event, "logical_resource_id"))?,
            physical_id: text(event, "physical_resource_id"),
            kind: text(event, "resource_type"),
            status: text(event, "resource_status")?,
            reason: text(event, "resource_status_reason"),
            stack: stack_of(event).unwrap_or_default(),
            path: Vec::new(),
            token: None,
        })
    };
    events.iter().map(one).collect()
}

/// Name and id of the stack that an event happened in, by its link.
fn stack_of(event: &Json) -> Option<(String, String)> {
    linked(event, "stack")
}

/// Name and id in the link of this relation: `…/stacks/NAME/ID`.
pub fn linked(body: &Json, relation: &str) -> Option<(String, String)> {
    let links = list(body, "links")?;
    let link = links.iter().find(|link| text(link, "rel").as_deref() == Some(relation))?;
    let url = text(link, "href")?;
    let path = url.split_once("/stacks/")?.1;
    let mut parts = path.split('/');
    let plain = |part: &str| {
        url::form_urlencoded::parse(format!("a={}", part.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, text)| text.into_owned())
    };
    Some((plain(parts.next()?)?, plain(parts.next()?)?))
}
