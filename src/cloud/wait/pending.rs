//! What this run last asked of a server, and what the server was like before: by these a wait knows a result of it from what
//! was there already.

use crate::cloud::server::Named;
use crate::cloud::{Server, Time};

/// What a server was like before a request.
#[derive(Debug, Clone)]
pub struct Before {
    /// Its status.
    pub status: String,
    /// Its task.
    pub task: Option<String>,
    /// When the cloud had last changed it.
    pub updated: Option<Time>,
    /// Its flavor.
    pub flavor: Named,
}

impl From<&Server> for Before {
    fn from(server: &Server) -> Before {
        Before {
            status: server.status.clone(),
            task: server.task.clone(),
            updated: server.updated,
            flavor: server.flavor.clone(),
        }
    }
}

/// What this run last asked of a server, and the cloud accepted.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The verb.
    pub verb: &'static str,
    /// By what the cloud is asked about it.
    pub request_id: Option<String>,
    /// When it was accepted, by the session's clock.
    pub at: Time,
    /// What the server was like before, where it was read.
    pub before: Option<Before>,
}

/// What stands for the request of a change that left everything as it was.
pub const NOTHING: &str = "nothing to change";

impl Pending {
    /// Whether nothing was to change: there is nothing to wait for.
    pub fn is_nothing(&self) -> bool {
        self.request_id.as_deref() == Some(NOTHING)
    }

    /// The statuses at rest that the request leads to; none where it ends in the status it began with.
    pub(super) fn leads_to(&self) -> &'static [&'static str] {
        match self.verb {
            "start" | "unpause" | "resume" | "unshelve" | "unrescue" => &["ACTIVE"],
            "stop" => &["SHUTOFF"],
            "pause" => &["PAUSED"],
            "suspend" => &["SUSPENDED"],
            "shelve" => &["SHELVED", "SHELVED_OFFLOADED"],
            "rescue" => &["RESCUE"],
            "resize" | "migrate" => &["VERIFY_RESIZE"],
            "confirm_resize" | "revert_resize" => &["ACTIVE", "SHUTOFF"],
            "delete" => &["DELETED"],
            _ => &[],
        }
    }

    /// Whether it was done when it was accepted: no status ever tells of it.
    pub(super) fn is_instant(&self) -> bool {
        matches!(
            self.verb,
            "lock" | "unlock" | "add_security_group" | "remove_security_group" | "rename" | "update"
        )
    }
}
