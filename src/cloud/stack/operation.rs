//! What can be asked of a stack, and how an operation on one goes.

use super::StackEvent;
use crate::cloud::{Error, Kind, Stack};
use std::collections::{BTreeMap, HashSet};

/// What can be asked of a stack beside making, updating and deleting it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StackAction {
    Suspend,
    Resume,
    Check,
    /// Back to a snapshot, by its id.
    Restore(String),
    CancelUpdate,
    Rollback,
}

impl StackAction {
    /// The verb that asks for it.
    pub fn verb(&self) -> &'static str {
        match self {
            StackAction::Suspend => "suspend",
            StackAction::Resume => "resume",
            StackAction::Check => "check_stack",
            StackAction::Restore(_) => "restore_stack",
            StackAction::CancelUpdate => "cancel_update",
            StackAction::Rollback => "rollback_stack",
        }
    }
}

/// How a stack is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StackDeletion {
    /// The resources that are kept, by their names in the template.
    pub retain: Vec<String>,
    /// Whether what could not be deleted the last time is left behind.
    pub force: bool,
}

/// A request about a stack that was accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StackAccepted {
    /// By what the operation is known among the stack's events: what happened last before it, or its token.
    pub mark: Option<String>,
    /// Whether nothing was to change, so that no operation began.
    pub unchanged: bool,
    /// What was left behind, of a deletion.
    pub left: Vec<String>,
    /// The options that the service takes no notice of.
    pub dropped: Vec<&'static str>,
}

/// The resource that failed first, the innermost one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StackFailure {
    /// Its name with those of the nested stacks that lead to it: `outer/inner/boom`.
    pub place: String,
    /// Its type, where it is known.
    pub kind: Option<String>,
    /// The service's words.
    pub reason: String,
    /// Whether nobody told so: it is what was taken back.
    pub supposed: bool,
}

/// What is known of an operation so far: kept from one look to the next.
#[derive(Debug, Clone, Default)]
pub struct StackTrack {
    /// By what the operation is known: what happened last before it, or its token.
    pub mark: Option<String>,
    /// The verb that this run began it with.
    pub verb: Option<&'static str>,
    /// The ids of the events that were seen.
    pub seen: HashSet<String>,
    /// The operation's events so far, oldest first.
    pub events: Vec<StackEvent>,
    /// How many of them were told.
    pub told: usize,
    /// Whether it has been seen to begin.
    pub begun: bool,
    /// Whether another update took its place.
    pub superseded: bool,
    /// How it ended, where another one has begun after that.
    pub ended: Option<String>,
    /// The types of resources, by stack and name.
    pub kinds: BTreeMap<(String, String), String>,
    /// The types of resources by their ways, `outer/inner/boom`, as nested templates have them.
    pub types: BTreeMap<String, String>,
    /// How often types were asked for.
    pub asked_kinds: u32,
    /// The ends of nested stacks whose own events were read, by the ids of the events that tell of them.
    pub read: HashSet<String>,
    /// The failure that was found, kept when its events are gone.
    pub failure: Option<StackFailure>,
}

impl StackTrack {
    /// How this run's own update ended, in the words of a stack's status, where another one came after it: its own end is
    /// what a wait for it tells.
    pub fn own_end(&self) -> Option<String> {
        self.ended.as_ref().map(|end| match end.as_str() {
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => format!("UPDATE_{end}"),
            _ => end.clone(),
        })
    }
}

/// The error of an update that another one took the place of.
pub fn cut_short(stack: &Stack) -> Error {
    let message = format!(
        "the update of `{}` was cut short: another update took its place, and ended {}",
        stack.name, stack.status
    );
    let help = "look at `stack_events(x)`, and update it again if it is not as it should be";
    Error::new(Kind::Failed, message).coded("cloud::failed").help(help)
}

/// What a look at an operation shows.
#[derive(Debug, Clone, Default)]
pub struct StackNews {
    /// What happened since the last look, oldest first.
    pub events: Vec<StackEvent>,
    /// What is still in progress, in words: `sub (OS::Neutron::Subnet) is DELETE_IN_PROGRESS`.
    pub open: Vec<String>,
    /// What failed first.
    pub failure: Option<StackFailure>,
    /// What a rollback stopped at, where that failed too.
    pub stopped: Option<StackFailure>,
    /// The way out of a status that a stack cannot go on from.
    pub help: Option<String>,
}

/// Whether a stack's status tells that an operation ended badly.
pub fn ended_badly(status: &str) -> bool {
    status.ends_with("_FAILED") || status.ends_with("ROLLBACK_COMPLETE")
}

/// Whether a service says that its own time limit has ended an operation.
pub fn is_late(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("timed out") || reason.contains("exceeded the specified timeout")
}

/// What leads on from a status that is none of the good ones though nothing failed, after what a script asked for.
pub fn leads_on(status: &str, asked: Option<&'static str>) -> Option<String> {
    match (status, asked) {
        ("SUSPEND_COMPLETE", Some("suspend")) => Some(
            "this is where `suspend` leads: wait for it with `wait_status(x, \"SUSPEND_COMPLETE\")`"
                .to_string(),
        ),
        ("SUSPEND_COMPLETE", _) => Some("wake it first: `resume(x)`".to_string()),
        ("UPDATE_ROLLBACK_COMPLETE", Some(verb @ ("cancel_update" | "rollback_stack"))) => Some(format!(
            "this is where `{verb}` leads: wait for it with `wait_status(x, \"UPDATE_ROLLBACK_COMPLETE\")`"
        )),
        // Nothing is to be deleted: it stands as it stood.
        ("UPDATE_ROLLBACK_COMPLETE", _) | ("ROLLBACK_COMPLETE", Some("update_stack")) => Some(
            "it is as it was before the update: mend what failed, then call `update_stack` again".to_string(),
        ),
        _ => None,
    }
}

/// What failed first and what a rollback stopped at: words that follow an outcome, and the service's own.
pub fn told(failure: Option<StackFailure>, stopped: Option<StackFailure>) -> Option<(String, String)> {
    let place = |failure: &StackFailure| {
        let kind = failure.kind.as_ref().map(|kind| format!(" ({kind})")).unwrap_or_default();
        format!("`{}`{kind}", failure.place)
    };
    let first = failure.map(|failure| {
        let what = match failure.supposed {
            true => "was taken back, and may be what failed",
            false if is_late(&failure.reason) => "was not done in time",
            false => "failed first",
        };
        match failure.place.is_empty() {
            true => (String::new(), failure.reason),
            false => (format!(": {} {what}", place(&failure)), failure.reason),
        }
    });
    let Some(stopped) = stopped else { return first };
    let (before, reason) = match first {
        Some((words, reason)) => {
            (format!("{words};"), format!("{reason}; {}: {}", stopped.place, stopped.reason))
        }
        None => (":".to_string(), stopped.reason.clone()),
    };
    Some((format!("{before} its rollback stopped at {}", place(&stopped)), reason))
}
