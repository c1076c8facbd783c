//! What is done to a server: one table, action to body; and what became of it.
//!
//! Nova has no forced stop: `stop(s, #{force: true})` sends `os-stop` like the plain one, which powers the guest
//! off after its grace period.

use super::super::call::{With, get, json, segment};
use super::super::decode::{list, text};
use super::super::session::{Call, Range, Service, Version};
use super::{files, server, version};
use crate::cloud::server::RebuildSpec;
use crate::cloud::{Action, RequestState, Result};
use crate::wire::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json as value};
use std::collections::BTreeMap;

/// Ask for an action.
pub fn act(id: &str, action: &Action, range: &Range) -> Result<Call> {
    let usual = version::usual(range);
    let (body, version) = match action {
        Action::Start => (value!({"os-start": null}), usual),
        Action::Stop { .. } => (value!({"os-stop": null}), usual),
        Action::Reboot { hard } => (value!({"reboot": {"type": if *hard { "HARD" } else { "SOFT" }}}), usual),
        Action::Pause => (value!({"pause": null}), usual),
        Action::Unpause => (value!({"unpause": null}), usual),
        Action::Suspend => (value!({"suspend": null}), usual),
        Action::Resume => (value!({"resume": null}), usual),
        Action::Shelve => (value!({"shelve": null}), usual),
        Action::Unshelve => (value!({"unshelve": null}), usual),
        Action::Lock => (value!({"lock": null}), usual),
        Action::Unlock => (value!({"unlock": null}), usual),
        Action::Unrescue => (value!({"unrescue": null}), usual),
        Action::ConfirmResize => (value!({"confirmResize": null}), usual),
        Action::RevertResize => (value!({"revertResize": null}), usual),
        Action::Resize { flavor } => (value!({"resize": {"flavorRef": flavor}}), usual),
        Action::Migrate { live: false, host } => migrate(host.as_ref(), range)?,
        Action::Migrate { live: true, host } => migrate_live(host.as_ref(), range),
        Action::SetPassword(password) => {
            (value!({"changePassword": {"adminPass": password.reveal()}}), usual)
        }
        Action::AddSecurityGroup(group) => (value!({"addSecurityGroup": {"name": group}}), usual),
        Action::RemoveSecurityGroup(group) => (value!({"removeSecurityGroup": {"name": group}}), usual),
        Action::Rescue { image, admin_pass } => {
            let mut rescue = Map::new();
            if let Some(password) = admin_pass {
                rescue.insert("adminPass".to_string(), value!(password.reveal()));
            }
            if let Some(image) = image {
                rescue.insert("rescue_image_ref".to_string(), value!(image));
            }
            let body = if rescue.is_empty() { Json::Null } else { Json::Object(rescue) };
            (value!({ "rescue": body }), usual)
        }
        Action::Rebuild(spec) => rebuild(spec, range)?,
    };
    Ok(post(operation(action), id, body).version(version))
}

/// Ask for any action by its body.
pub fn post(operation: &'static str, id: &str, body: Json) -> Call {
    json(operation, Service::Compute, Method::Post, format!("{}/action", server::path(id)), body)
}

/// The operation's name in traces.
fn operation(action: &Action) -> &'static str {
    match action {
        Action::Start => "server.start",
        Action::Stop { .. } => "server.stop",
        Action::Reboot { .. } => "server.reboot",
        Action::Pause => "server.pause",
        Action::Unpause => "server.unpause",
        Action::Suspend => "server.suspend",
        Action::Resume => "server.resume",
        Action::Shelve => "server.shelve",
        Action::Unshelve => "server.unshelve",
        Action::Lock => "server.lock",
        Action::Unlock => "server.unlock",
        Action::Rescue { .. } => "server.rescue",
        Action::Unrescue => "server.unrescue",
        Action::Rebuild(_) => "server.rebuild",
        Action::Resize { .. } => "server.resize",
        Action::Migrate { live: false, .. } => "server.migrate",
        Action::Migrate { live: true, .. } => "server.migrate_live",
        Action::ConfirmResize => "server.confirm_resize",
        Action::RevertResize => "server.revert_resize",
        Action::SetPassword(_) => "server.set_password",
        Action::AddSecurityGroup(_) => "server.add_security_group",
        Action::RemoveSecurityGroup(_) => "server.remove_security_group",
    }
}

fn migrate(host: Option<&String>, range: &Range) -> Result<(Json, Option<Version>)> {
    let Some(host) = host else {
        return Ok((value!({"migrate": null}), version::usual(range)));
    };
    let version = version::at_least(range, version::MIGRATE_TO)
        .ok_or_else(|| files::too_old("`migrate` with `host`", version::MIGRATE_TO, range))?;
    Ok((value!({"migrate": {"host": host}}), Some(version)))
}

/// Nova finds out whether the disk has to go along, from the version that can; before it, the disk is taken for shared.
fn migrate_live(host: Option<&String>, range: &Range) -> (Json, Option<Version>) {
    match version::at_least(range, version::LIVE_CHECKED) {
        Some(version) => {
            (value!({"os-migrateLive": {"host": host, "block_migration": "auto"}}), Some(version))
        }
        None => {
            let live = value!({"host": host, "block_migration": false, "disk_over_commit": false});
            (value!({ "os-migrateLive": live }), version::usual(range))
        }
    }
}

fn rebuild(spec: &RebuildSpec, range: &Range) -> Result<(Json, Option<Version>)> {
    let mut rebuild = Map::new();
    rebuild.insert("imageRef".to_string(), value!(spec.image));
    if let Some(name) = &spec.name {
        rebuild.insert("name".to_string(), value!(name));
    }
    if let Some(password) = &spec.admin_pass {
        rebuild.insert("adminPass".to_string(), value!(password.reveal()));
    }
    if let Some(meta) = &spec.meta {
        rebuild.insert("metadata".to_string(), value!(meta));
    }
    let mut version = version::usual(range);
    let mut user_data = spec.user_data.clone();
    if !spec.files.is_empty() {
        if files::by_nova(range, user_data.is_some().then_some(version::REBUILD_USER_DATA)) {
            rebuild.insert("personality".to_string(), files::personality(&spec.files));
            version = version::at_most(range, version::FILES);
        } else {
            user_data = Some(files::cloud_config(&spec.files, user_data.as_deref())?);
        }
    }
    if let Some(data) = user_data {
        files::short_enough(&data)?;
        rebuild.insert("user_data".to_string(), value!(BASE64.encode(data)));
        version = Some(version::at_least(range, version::REBUILD_USER_DATA).ok_or_else(|| {
            files::too_old("`rebuild` with `user_data`", version::REBUILD_USER_DATA, range)
        })?);
    }
    Ok((value!({ "rebuild": rebuild }), version))
}

/// Ask for an image of a server.
pub fn snapshot(id: &str, name: &str, meta: &BTreeMap<String, String>, range: &Range) -> Call {
    let body = value!({"createImage": {"name": name, "metadata": meta}});
    post("server.snapshot", id, body).version(version::usual(range))
}

/// Ask for Nova's list of what was asked of a server.
pub fn recorded(id: &str, range: &Range) -> Call {
    let path = format!("{}/os-instance-actions", server::path(id));
    get("server.actions", Service::Compute, path).version(version::usual(range))
}

/// Ask what became of a request.
pub fn state(id: &str, request: &str, range: &Range) -> Call {
    let path = format!("{}/os-instance-actions/{}", server::path(id), segment(request));
    let version = [version::EVENT_DETAILS, version::ACTION_EVENTS]
        .into_iter()
        .find_map(|wanted| version::at_least(range, wanted))
        .or_else(|| version::usual(range));
    get("server.request_state", Service::Compute, path).version(version)
}

/// What became of a request: Nova writes an event for each step, and the step's end and result into it.
pub fn decode_state(body: &Json) -> RequestState {
    let Some(action) = body.get("instanceAction") else {
        return RequestState::Unknown;
    };
    let events = list(action, "events");
    let failed = events
        .into_iter()
        .flatten()
        .find(|event| text(event, "result").is_some_and(|result| !result.eq_ignore_ascii_case("success")));
    let message = text(action, "message");
    if failed.is_some() || message.as_deref() == Some("Error") {
        let verb = text(action, "action").unwrap_or_else(|| "the request".to_string());
        let details = failed.and_then(|event| text(event, "details"));
        let words = match (details, message.filter(|message| message != "Error")) {
            (Some(words), _) | (None, Some(words)) => words,
            (None, None) => format!("the cloud records that `{verb}` went wrong, and not why"),
        };
        return RequestState::Failed(words);
    }
    match events {
        None => RequestState::Unknown,
        Some(events) if events.is_empty() => RequestState::Running,
        Some(events) if events.iter().all(|event| text(event, "finish_time").is_some()) => {
            RequestState::Finished
        }
        Some(_) => RequestState::Running,
    }
}
