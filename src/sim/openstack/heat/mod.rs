//! Heat's table: stacks, their resources, events, outputs and snapshots, with the words of Heat 27. What its templates are made
//! of is in [`kinds`].

mod asked;
mod entry;
mod events;
mod extras;
pub(crate) mod kinds;
mod list;
mod refuse;
mod resources;
mod snapshots;
mod stacks;
mod view;

use serde_json::Value;

use super::answer::framed;
use super::{Act, Answer, Call, Cut, Outcome, Route, Service, act, json, on, time};
pub(crate) use refuse::told as flaw_told;

pub(super) static SERVICE: Service = Service {
    prefix: "/orchestration",
    routes: &[ROUTES, LOOKUPS, STACK],
    cut: |path| Cut::versioned(&path.replace("%2F", "/"), &["v1"]),
    enter: entry::enter,
    unknown: |_| Answer { plain: true, ..framed(404, "The resource could not be found.") },
    error: |code, message| refuse::fault(code, refuse::usual(code), message),
    stamp: |_, _| {},
};

static ROUTES: &[Route] = &[
    on("GET", "", "stack.versions", entry::versions),
    on("GET", "v1", "stack.versions", entry::versions),
    on("POST", "+/validate", "stack.validate", extras::validate).asking(),
    on("GET", "+/build_info", "stack.build", extras::build),
    on("GET", "+/services", "stack.services", extras::services),
    on("GET", "+/resource_types", "stack.types", extras::types),
    on("GET", "+/resource_types/{}", "stack.type", extras::kind),
    on("GET", "+/template_versions", "stack.template_versions", extras::template_versions),
    on("GET", "+/template_versions/{}/functions", "stack.functions", extras::functions),
    on("GET", "+/stacks", "stack.list", list::list),
    on("GET", "+/stacks/detail", "stack.list", list::list),
    on("POST", "+/stacks", "stack.create", stacks::create),
    on("POST", "+/stacks/preview", "stack.preview", stacks::preview_create).asking(),
];

static LOOKUPS: &[Route] = &[
    on("GET", "+/stacks/{}", "stack.find", entry::find),
    on("DELETE", "+/stacks/{}", "stack.find", entry::find).asking(),
    on("PUT", "+/stacks/{}", "stack.find", entry::find).asking(),
    on("PATCH", "+/stacks/{}", "stack.find", entry::find).asking(),
    on("GET", "+/stacks/{}/resources", "stack.find", entry::find_resources),
    on("GET", "+/stacks/{}/events", "stack.find", entry::find_events),
    on("GET", "+/stacks/{}/template", "stack.find", entry::find_template),
    on("GET", "+/stacks/{}/environment", "stack.find", entry::find_environment),
    on("GET", "+/stacks/{}/files", "stack.find", entry::find_files),
    on("POST", "+/stacks/{}/actions", "stack.find", entry::find_actions).asking(),
];

static STACK: &[Route] = &[
    on("GET", "+/stacks/{}/{}", "stack.show", stacks::show),
    on("PUT", "+/stacks/{}/{}", "stack.update", stacks::replace),
    on("PATCH", "+/stacks/{}/{}", "stack.update", stacks::patch),
    on("DELETE", "+/stacks/{}/{}", "stack.delete", stacks::delete),
    on("PUT", "+/stacks/{}/{}/preview", "stack.preview_update", stacks::preview_replace).asking(),
    on("PATCH", "+/stacks/{}/{}/preview", "stack.preview_update", stacks::preview_patch).asking(),
    on("DELETE", "+/stacks/{}/{}/abandon", "stack.abandon", extras::no_abandon),
    on("GET", "+/stacks/{}/{}/export", "stack.export", extras::no_abandon),
    on("GET", "+/stacks/{}/{}/template", "stack.template", extras::template),
    on("GET", "+/stacks/{}/{}/environment", "stack.environment", extras::environment),
    on("GET", "+/stacks/{}/{}/files", "stack.files", extras::files),
    Route { acts: ACTS, ..on("POST", "+/stacks/{}/{}/actions", "stack.action", stacks::no_action) },
    on("GET", "+/stacks/{}/{}/snapshots", "stack.snapshots", snapshots::list),
    on("POST", "+/stacks/{}/{}/snapshots", "stack.snapshot", snapshots::create),
    on("GET", "+/stacks/{}/{}/snapshots/{}", "stack.snapshot_show", snapshots::show),
    on("DELETE", "+/stacks/{}/{}/snapshots/{}", "stack.snapshot_delete", snapshots::delete),
    on("POST", "+/stacks/{}/{}/snapshots/{}/restore", "stack.restore", snapshots::restore),
    on("GET", "+/stacks/{}/{}/outputs", "stack.outputs", extras::outputs),
    on("GET", "+/stacks/{}/{}/outputs/{}", "stack.output", extras::output),
    on("GET", "+/stacks/{}/{}/resources", "stack.resources", resources::list),
    on("GET", "+/stacks/{}/{}/resources/{}", "stack.resource", resources::show),
    on("PATCH", "+/stacks/{}/{}/resources/{}", "stack.mark_unhealthy", resources::mark),
    on("GET", "+/stacks/{}/{}/resources/{}/metadata", "stack.metadata", resources::metadata),
    on("POST", "+/stacks/{}/{}/resources/{}/signal", "stack.signal", resources::signal),
    on("GET", "+/stacks/{}/{}/events", "stack.events", events::list),
    on("GET", "+/stacks/{}/{}/resources/{}/events", "stack.events", events::of_resource),
    on("GET", "+/stacks/{}/{}/resources/{}/events/{}", "stack.event", events::show),
];

static ACTS: &[Act] = &[
    act("suspend", "stack.suspend", stacks::act),
    act("resume", "stack.resume", stacks::act),
    act("check", "stack.check", stacks::act),
    act("cancel_update", "stack.cancel_update", stacks::cancel),
    act("cancel_without_rollback", "stack.cancel_without_rollback", stacks::cancel),
];

/// A value as text.
fn as_text(value: &Value) -> String {
    crate::world::stack::as_text(value)
}

/// Lays the fields of one object over those of another.
fn lay(data: &mut Value, over: &Value) {
    if let (Some(data), Some(over)) = (data.as_object_mut(), over.as_object()) {
        data.extend(over.clone());
    }
}
