//! What a job is to do: a look, a beginning, what it waits for, and an end.

use std::time::Duration;

use serde_json::Value;

use super::refused::Outcome;
use super::scope::Cloud;

pub(super) type Step = Box<dyn FnOnce(&mut Cloud<'_>) -> Outcome<()> + Send>;
pub(super) type Finish = Box<dyn FnOnce(&mut Cloud<'_>) -> Outcome<Value> + Send>;

/// What a begun job waits for.
#[derive(Debug, Clone)]
pub(super) enum Wait {
    /// This long.
    For(Duration),
    /// The world is done with this server.
    Server(String),
    /// The first, and this long after that.
    Both(String, Duration),
}

/// A job that is to be done.
pub(super) struct Plan {
    /// What it is about: its type and id.
    pub(super) thing: Option<(&'static str, String)>,
    /// Jobs on one machine follow each other: that machine.
    pub(super) queue: Option<String>,
    pub(super) check: Option<Step>,
    pub(super) begin: Option<Step>,
    pub(super) wait: Wait,
    pub(super) finish: Finish,
    /// What was planned to go wrong goes wrong in the machine itself.
    pub(super) inherits: bool,
    /// What is done when the first wait is over, and what is waited for then.
    pub(super) then: Option<(Step, Wait)>,
}

impl Plan {
    /// A job that takes this long and then does what it does.
    pub(super) fn after(
        millis: u64,
        finish: impl FnOnce(&mut Cloud<'_>) -> Outcome<Value> + Send + 'static,
    ) -> Self {
        Self {
            thing: None,
            queue: None,
            check: None,
            begin: None,
            wait: Wait::For(Duration::from_millis(millis)),
            finish: Box::new(finish),
            inherits: false,
            then: None,
        }
    }

    /// Says what it is about.
    pub(super) fn on(mut self, kind: &'static str, id: &str) -> Self {
        self.thing = Some((kind, id.to_owned()));
        self
    }

    /// It waits for the other jobs on this machine.
    pub(super) fn queued(mut self, server: &str) -> Self {
        self.queue = Some(server.to_owned());
        self
    }

    /// Looked at when it is taken up, not when its turn comes.
    pub(super) fn checked(
        mut self,
        check: impl FnOnce(&mut Cloud<'_>) -> Outcome<()> + Send + 'static,
    ) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// Done when its turn comes.
    pub(super) fn begins(
        mut self,
        begin: impl FnOnce(&mut Cloud<'_>) -> Outcome<()> + Send + 'static,
    ) -> Self {
        self.begin = Some(Box::new(begin));
        self
    }

    /// A second step, after what is waited for first.
    pub(super) fn then(
        mut self,
        step: impl FnOnce(&mut Cloud<'_>) -> Outcome<()> + Send + 'static,
        wait: Wait,
    ) -> Self {
        self.then = Some((Box::new(step), wait));
        self
    }

    /// It ends when the world is done with its machine.
    pub(super) fn waits(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }
}
