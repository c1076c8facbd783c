//! Stacks: their calls and the noun.

use super::super::call::{With, get, json};
use super::super::decode::{int, list, text, time};
use super::super::session::{Call, Service};
use super::Identity;
use crate::cloud::{Filter, NameMatch, Stack, StackTags, Time};
use crate::wire::{Intent, Method};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What our own marker begins with, among the tags of a stack.
const MARKER: &str = "rhain:marker:";

/// Ask for the first page of what a listing may let through. Heat's own filter by name is exact; others are ours.
pub fn first(filter: &Filter) -> Call {
    let mut query = Vec::new();
    if let Some(NameMatch::Exact(name)) = &filter.name {
        query.push(("name".to_string(), name.clone()));
    }
    if filter.all_projects {
        query.push(("global_tenant".to_string(), "true".to_string()));
    }
    query.push(("limit".to_string(), super::super::page::size(filter)));
    get("stack.list", Service::Orchestration, "/stacks").query(query)
}

/// Ask what the stack of an id is called; with an empty answer there is none.
pub fn by_id(id: &str) -> Call {
    let query = vec![("id".to_string(), id.to_string()), ("show_nested".to_string(), "true".to_string())];
    get("stack.list", Service::Orchestration, "/stacks").query(query)
}

/// Ask for one stack.
pub fn show(stack: &Identity) -> Call {
    get("stack.show", Service::Orchestration, stack.path(""))
}

/// Ask for one stack without what its outputs are, which takes Heat long while it works.
pub fn status(stack: &Identity) -> Call {
    show(stack).query(vec![("resolve_outputs".to_string(), "false".to_string())])
}

/// Ask for a new stack.
pub fn create(body: Map<String, Json>) -> Call {
    json("stack.create", Service::Orchestration, Method::Post, "/stacks", Json::Object(body))
}

/// Ask what a new stack would make.
pub fn preview(body: Map<String, Json>) -> Call {
    json("stack.preview", Service::Orchestration, Method::Post, "/stacks/preview", Json::Object(body))
        .intent(Intent::Read)
}

/// Ask for an update that keeps what it does not name.
pub fn update(stack: &Identity, body: Map<String, Json>) -> Call {
    json("stack.update", Service::Orchestration, Method::Patch, stack.path(""), Json::Object(body))
        .intent(Intent::Once)
}

/// Ask what such an update would change.
pub fn preview_update(stack: &Identity, body: Map<String, Json>) -> Call {
    json("stack.preview", Service::Orchestration, Method::Patch, stack.path("/preview"), Json::Object(body))
        .intent(Intent::Read)
}

/// Ask what a template asks for.
pub fn validate(body: Map<String, Json>) -> Call {
    json("template.validate", Service::Orchestration, Method::Post, "/validate", Json::Object(body))
        .intent(Intent::Read)
}

/// Ask for its template.
pub fn template(stack: &Identity) -> Call {
    get("stack.template", Service::Orchestration, stack.path("/template"))
}

/// Ask for the files that its template names.
pub fn files(stack: &Identity) -> Call {
    get("stack.files", Service::Orchestration, stack.path("/files"))
}

/// Ask for a deletion.
pub fn delete(stack: &Identity) -> Call {
    Call::new("stack.delete", Service::Orchestration, Method::Delete, stack.path(""))
}

/// The tag that carries a marker.
pub fn marked(marker: &str) -> String {
    format!("{MARKER}{marker}")
}

/// Whether it carries this marker.
pub fn is_marked(body: &Json, marker: &str) -> bool {
    let tag = marked(marker);
    list(body, "tags").into_iter().flatten().any(|one| one.as_str() == Some(&tag))
}

/// The id of a stack that was just asked for.
pub fn created(body: &Json) -> Option<String> {
    body.get("stack").and_then(|stack| text(stack, "id"))
}

/// A stack from its description; `partial` of a list. `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time, partial: bool) -> Option<Stack> {
    let told_status = text(body, "stack_status")?;
    // Heat says so a moment before it gives the name free, which the time of the deletion tells.
    let held = told_status == "DELETE_COMPLETE" && body.get("deletion_time").is_some_and(Json::is_null);
    let status = if held { "DELETE_IN_PROGRESS".to_string() } else { told_status.clone() };
    let tags = list(body, "tags").into_iter().flatten().filter_map(Json::as_str);
    let told = |key: &str| text(body, key).filter(|told| told != "No description");
    let outputs = list(body, "outputs").into_iter().flatten().filter_map(|output| {
        Some((text(output, "output_key")?, output.get("output_value").cloned().unwrap_or_default()))
    });
    Some(Stack {
        id: text(body, "id")?,
        name: text(body, "stack_name")?,
        provider_status: told_status,
        status,
        reason: text(body, "stack_status_reason"),
        description: told("description"),
        outputs: outputs.collect(),
        parameters: parameters(body.get("parameters")),
        tags: StackTags::Words(
            tags.filter(|tag| !tag.is_empty() && !tag.starts_with(MARKER)).map(str::to_string).collect(),
        ),
        timeout: int(body, "timeout_mins"),
        rollback: body.get("disable_rollback").and_then(Json::as_bool).map(|disabled| !disabled),
        parent: text(body, "parent"),
        created: time(body, "creation_time"),
        updated: time(body, "updated_time"),
        partial,
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

/// Parameters as text; what Heat itself adds is none of the template's.
fn parameters(told: Option<&Json>) -> BTreeMap<String, String> {
    let told = told.and_then(Json::as_object).into_iter().flatten();
    let own = told.filter(|(name, _)| !name.starts_with("OS::"));
    own.map(|(name, value)| match value {
        Json::String(text) => (name.clone(), text.clone()),
        Json::Null => (name.clone(), String::new()),
        other => (name.clone(), other.to_string()),
    })
    .collect()
}
