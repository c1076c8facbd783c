//! Whether an action took effect, by what its server shows: for actions whose answer was lost.

use crate::cloud::{Accepted, Action, Secret, Server};
use crate::wire::Answer;
use serde_json::Value as Json;

/// What the answer to an action tells.
pub fn accepted(action: &Action, answer: &Answer) -> Accepted {
    let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    let told = body.get("server").unwrap_or(&body).get("adminPass").and_then(Json::as_str);
    let admin_pass = matches!(action, Action::Rebuild(_) | Action::Rescue { .. })
        .then(|| told.filter(|password| !password.is_empty()).map(Secret::new))
        .flatten();
    Accepted { request_id: answer.request_id().map(str::to_string), admin_pass }
}

/// Whether a server shows that an action took effect; `None` for what leaves it as it was (`reboot`, `rebuild`, a password), and
/// for a server in ERROR, which may have been so before.
pub fn shows(action: &Action, server: &Server) -> Option<bool> {
    if let Some(known) = of_settings(action, server) {
        return known;
    }
    let (statuses, tasks): (&[&str], &[&str]) = match action {
        Action::Start => (&["ACTIVE"], &["powering-on", "starting"]),
        Action::Stop { .. } => (&["SHUTOFF"], &["powering-off", "stopping"]),
        Action::Pause => (&["PAUSED"], &["pausing"]),
        Action::Unpause => (&["ACTIVE"], &["unpausing"]),
        Action::Suspend => (&["SUSPENDED"], &["suspending"]),
        Action::Resume => (&["ACTIVE"], &["resuming"]),
        Action::Shelve => (&["SHELVED", "SHELVED_OFFLOADED"], &["shelving"]),
        Action::Unshelve => (&["ACTIVE"], &["unshelving", "spawning"]),
        Action::Rescue { .. } => (&["RESCUE"], &["rescuing"]),
        Action::Unrescue => (&["ACTIVE"], &["unrescuing"]),
        Action::Resize { .. } | Action::Migrate { live: false, .. } => {
            (&["RESIZE", "VERIFY_RESIZE"], &["resize_"])
        }
        Action::RevertResize => (&["ACTIVE", "SHUTOFF", "REVERT_RESIZE"], &["resize_reverting"]),
        _ => return None,
    };
    if server.status == "ERROR" {
        return None;
    }
    let task = server.task.as_deref().unwrap_or_default();
    Some(statuses.contains(&server.status.as_str()) || tasks.iter().any(|begin| task.starts_with(begin)))
}

/// The same of actions that change what a server has, not what it does; `None` for the others.
fn of_settings(action: &Action, server: &Server) -> Option<Option<bool>> {
    let locked = || server.raw.get("locked").and_then(Json::as_bool);
    let is_in = |group: &String| server.security_groups.contains(group);
    Some(match action {
        Action::Lock => locked(),
        Action::Unlock => locked().map(|locked| !locked),
        // What is not waiting for it any more has had it.
        Action::ConfirmResize => Some(server.status != "VERIFY_RESIZE" || server.task.is_some()),
        Action::AddSecurityGroup(group) => Some(is_in(group)),
        Action::RemoveSecurityGroup(group) => Some(!is_in(group)),
        _ => return None,
    })
}

/// What Nova calls an action in its list of what was asked of a server; `None` for what it does not list.
pub fn recorded_as(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::Migrate { live: true, .. } => "live-migration",
        Action::ConfirmResize => "confirmResize",
        Action::RevertResize => "revertResize",
        Action::SetPassword(_) => "changePassword",
        Action::AddSecurityGroup(_) | Action::RemoveSecurityGroup(_) => return None,
        other => other.verb(),
    })
}
