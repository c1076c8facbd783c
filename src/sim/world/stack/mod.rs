//! Stacks: templates made into resources of the world, in the order that they need each other, in the world's own time.
//!
//! [`template`] reads what was sent ([`yaml`], [`parameter`]), [`evaluate`] gives its expressions values, [`check`] refuses
//! what cannot be; [`request`] takes what is asked and [`operation`] carries it out, step by step, as the clock brings it.
//! What the types of resources are is told by the protocols ([`kind`]); what waits inside a stack is in [`nested`].

mod cfn_functions;
mod change_set;
mod check;
mod converge;
mod definition;
mod evaluate;
mod finish;
mod flaw;
#[cfg(test)]
mod functions_test;
mod hot_functions;
mod kind;
mod nested;
mod operation;
mod order;
mod parameter;
mod preview;
mod refresh;
mod request;
mod scalar;
mod sight;
mod snapshot;
mod steps;
mod template;
mod words;
mod yaml;

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::Value;

use super::Pairs;
pub(crate) use change_set::ChangeSet;
pub(crate) use definition::{Definition, Environment, Files, spaced};
pub(crate) use flaw::Flaw;
pub(crate) use kind::{Behaviour, Kind, Made, Progress, Property, Shape, Site, live, needed, plain};
pub(crate) use operation::Operation;
pub(crate) use parameter::{Parameter, Type, as_text};
pub(crate) use preview::{Changes, Verdict};
pub(crate) use request::{Asked, Failing};
pub(crate) use sight::Told;
pub(crate) use template::{Declared, Form, HOT_VERSIONS, Template};
pub(crate) use yaml::Unreadable;

/// Whose rules a stack follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Side {
    #[default]
    Heat,
    Aws,
}

/// What is done to a stack or a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Action {
    #[default]
    Init,
    Create,
    Update,
    Delete,
    Rollback,
    /// A rollback to what was before an update; Heat has no word of its own for it.
    UpdateRollback,
    Suspend,
    Resume,
    Check,
    Snapshot,
    Restore,
    /// A change set was made for it, and not executed.
    Review,
}

impl Action {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Init => "INIT",
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Rollback => "ROLLBACK",
            Self::UpdateRollback => "UPDATE_ROLLBACK",
            Self::Suspend => "SUSPEND",
            Self::Resume => "RESUME",
            Self::Check => "CHECK",
            Self::Snapshot => "SNAPSHOT",
            Self::Restore => "RESTORE",
            Self::Review => "REVIEW",
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Status {
    InProgress,
    #[default]
    Complete,
    Failed,
    /// All is made; what is no longer needed is being deleted.
    Cleanup,
    /// It was left where it is.
    Skipped,
}

impl Status {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
            Self::Failed => "FAILED",
            Self::Cleanup => "COMPLETE_CLEANUP_IN_PROGRESS",
            Self::Skipped => "SKIPPED",
        }
    }
}

/// One resource of a stack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resource {
    /// Counts all resources of the world.
    pub(crate) number: u64,
    pub(crate) logical: String,
    pub(crate) kind: String,
    pub(crate) description: String,
    /// What it is called where it is made.
    pub(crate) name: String,
    pub(crate) physical: Option<String>,
    pub(crate) action: Action,
    pub(crate) status: Status,
    pub(crate) reason: String,
    /// As they were evaluated when it was made.
    pub(crate) properties: Value,
    pub(crate) metadata: Value,
    /// What its type remembers of it.
    pub(crate) data: Value,
    /// The resources that it needs, by name.
    pub(crate) needs: Vec<String>,
    pub(crate) deletion: String,
    /// The stack inside it, by id.
    pub(crate) nested: Option<String>,
    pub(crate) created: Option<SystemTime>,
    pub(crate) updated: Option<SystemTime>,
    /// Another one has taken its place; it is to be deleted.
    pub(crate) outdated: bool,
}

/// Something that happened to a stack or to one of its resources.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) at: SystemTime,
    pub(crate) logical: String,
    pub(crate) physical: String,
    pub(crate) kind: String,
    pub(crate) action: Action,
    pub(crate) status: Status,
    pub(crate) reason: String,
    pub(crate) properties: Value,
    pub(crate) token: Option<String>,
}

/// A copy of a stack's definition.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) definition: Definition,
}

/// One stack.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) id: String,
    /// Counts all stacks of the world.
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) side: Side,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) admin: bool,
    /// What Heat keeps for the users that it makes.
    pub(crate) user_project: String,
    pub(crate) definition: Definition,
    /// Heat's tags; none where none were ever given.
    pub(crate) tags: Option<Vec<String>>,
    /// CloudFormation's tags.
    pub(crate) labels: Pairs,
    pub(crate) capabilities: Vec<String>,
    pub(crate) failing: Failing,
    pub(crate) timeout_mins: Option<i64>,
    pub(crate) protected: bool,
    pub(crate) action: Action,
    pub(crate) status: Status,
    pub(crate) reason: String,
    pub(crate) created: SystemTime,
    pub(crate) updated: Option<SystemTime>,
    pub(crate) deleted: Option<SystemTime>,
    /// The stack that it is in, by id, and the resource there.
    pub(crate) parent: Option<(String, String)>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) events: Vec<Event>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) change_sets: Vec<ChangeSet>,
    pub(crate) operation: Option<Operation>,
    /// The client's token of the operation under way.
    pub(crate) token: Option<String>,
    /// What it was before the last update, to go back to.
    pub(crate) previous: Option<Definition>,
    /// The values of its exports, once it is complete.
    pub(crate) exports: BTreeMap<String, Value>,
    /// Resources that a delete leaves where they are.
    pub(crate) retain: Vec<String>,
    /// What failed in the last operation.
    pub(crate) failure: Option<words::Failure>,
    /// Operations of the past no longer matter.
    pub(crate) course: u64,
}

impl Stack {
    /// Such as `CREATE_COMPLETE`, in the words of the one who serves it.
    pub(crate) fn state(&self) -> String {
        let action = match (self.side, self.action) {
            (Side::Heat, Action::UpdateRollback) => "ROLLBACK",
            (_, action) => action.name(),
        };
        let status = match (self.side, self.status) {
            (Side::Heat, Status::Cleanup) => Status::InProgress,
            (_, status) => status,
        };
        format!("{action}_{}", status.name())
    }

    pub(crate) fn busy(&self) -> bool {
        matches!(self.status, Status::InProgress | Status::Cleanup)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.action == Action::Delete && self.status == Status::Complete
    }

    /// The resource of this name that counts.
    pub(crate) fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().rev().find(|resource| resource.logical == name && !resource.outdated)
    }

    pub(crate) fn by_number(&mut self, number: u64) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.number == number)
    }

    /// The names of the resources that need this one.
    pub(crate) fn needed_by(&self, name: &str) -> Vec<String> {
        let needs =
            |resource: &&Resource| !resource.outdated && resource.needs.iter().any(|need| need == name);
        self.resources.iter().filter(needs).map(|resource| resource.logical.clone()).collect()
    }
}

impl Resource {
    /// Such as `CREATE_COMPLETE`.
    pub(crate) fn state(&self) -> String {
        format!("{}_{}", self.action.name(), self.status.name())
    }
}
