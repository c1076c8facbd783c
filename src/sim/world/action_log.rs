//! The record of what was done to a server: one logged a request that was accepted.

use std::time::SystemTime;

use super::World;

/// Something that was asked of a server, and how it went.
#[derive(Debug, Clone)]
pub(crate) struct LoggedAction {
    pub(crate) action: &'static str,
    pub(crate) request: String,
    pub(crate) user: String,
    pub(crate) project: String,
    pub(crate) start: SystemTime,
    pub(crate) finish: Option<SystemTime>,
    pub(crate) error: Option<String>,
}

/// Who asks, in which request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker {
    pub(crate) request: String,
    pub(crate) user: String,
    pub(crate) project: String,
    pub(crate) admin: bool,
}

impl World {
    /// Writes down that something was accepted; it is finished at once unless a course follows.
    pub(crate) fn record(&mut self, at: usize, action: &'static str, asker: &Asker) {
        let start = self.now();
        self.servers[at].action_log.push(LoggedAction {
            action,
            request: asker.request.clone(),
            user: asker.user.clone(),
            project: asker.project.clone(),
            start,
            finish: Some(start),
            error: None,
        });
    }
}
