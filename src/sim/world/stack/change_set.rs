//! What CloudFormation alone keeps of a stack: change sets, protection, and which stack uses the exports of which.

use std::time::SystemTime;

use super::evaluate::{Scope as _, evaluate};
use super::flaw::{Flaw, Outcome};
use super::parameter::as_text;
use super::{Action, Asked, Changes, Event, Resource, Side, Stack, Status};
use crate::world::World;

/// A change that was put together and is not made yet.
#[derive(Debug, Clone)]
pub(crate) struct ChangeSet {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) asked: Asked,
    pub(crate) rows: Vec<Changes>,
    pub(crate) executed: bool,
    /// Why it cannot be executed.
    pub(crate) flaw: Option<String>,
}

impl Event {
    /// Such as `CREATE_COMPLETE`.
    pub(crate) fn status_word(&self) -> String {
        format!("{}_{}", self.action.name(), self.status.name())
    }
}

impl World {
    /// Keeps a stack that nothing was made of yet. Gives its id.
    pub(crate) fn review_stack(&mut self, mut stack: Stack) -> String {
        let id = stack.id.clone();
        (stack.action, stack.status) = (Action::Review, Status::InProgress);
        stack.reason = "User Initiated".to_owned();
        self.stacks.push(stack);
        let at = self.stacks.len() - 1;
        self.tell_stack(at);
        id
    }

    pub(crate) fn keep_change_set(&mut self, id: &str, set: ChangeSet) {
        if let Some(at) = self.stack_at(id) {
            self.stacks[at].change_sets.push(set);
        }
    }

    pub(crate) fn drop_change_set(&mut self, id: &str, set: &str) {
        if let Some(at) = self.stack_at(id) {
            self.stacks[at].change_sets.retain(|own| own.id != set);
        }
    }

    /// Begins to make the change of a set; the other sets of the stack go.
    ///
    /// # Errors
    /// When it is wrong by now.
    pub(crate) fn execute_change_set(
        &mut self,
        id: &str,
        set: &ChangeSet,
        token: Option<String>,
    ) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let asked = Asked { token, ..set.asked.clone() };
        let stack = &mut self.stacks[at];
        stack.change_sets.clear();
        if stack.action != Action::Review {
            return self.update_stack(id, asked);
        }
        stack.definition = asked.definition;
        stack.labels = asked.labels;
        stack.capabilities = asked.capabilities;
        stack.failing = asked.failing;
        stack.timeout_mins = asked.timeout_mins;
        stack.token = asked.token;
        let jobs = self.jobs_towards(at)?;
        self.begin_operation(at, Action::Create, jobs);
        Ok(())
    }

    pub(crate) fn protect_stack(&mut self, id: &str, on: bool) {
        if let Some(at) = self.stack_at(id) {
            self.stacks[at].protected = on;
        }
    }

    /// Notes the client's token of the operation that begins.
    pub(crate) fn set_token(&mut self, id: &str, token: Option<&str>) {
        if let Some(at) = self.stack_at(id) {
            self.stacks[at].token = token.map(str::to_owned);
        }
    }

    /// Goes back from a failed create or update that was left as it is.
    pub(crate) fn roll_back_stack(&mut self, id: &str) {
        if let Some(at) = self.stack_at(id) {
            self.roll_back(at, "");
        }
    }

    /// The names of the stacks that import this export.
    pub(crate) fn importers(&self, project: &str, name: &str) -> Vec<String> {
        let own = self
            .stacks
            .iter()
            .filter(|stack| stack.side == Side::Aws && stack.project == project && !stack.is_gone());
        own.filter(|stack| self.imports(stack, name)).map(|stack| stack.name.clone()).collect()
    }

    fn imports(&self, stack: &Stack, name: &str) -> bool {
        let mut found = Vec::new();
        imported(&stack.definition.template.raw, &mut found);
        let sight = stack.sight(self);
        let _ = sight.form();
        found.iter().any(|value| evaluate(value, &sight, "").is_ok_and(|value| as_text(&value) == name))
    }

    /// Why a stack cannot go: another imports from it.
    pub(crate) fn used_exports(&self, id: &str) -> Option<Flaw> {
        let stack = self.stack(id)?;
        stack.exports.keys().find_map(|name| {
            let mut users = self.importers(&stack.project, name);
            users.retain(|user| *user != stack.name);
            (!users.is_empty()).then(|| Flaw::ExportUsed(name.clone(), users))
        })
    }

    /// Whether a resource is no longer where it was made; `None` where that is not looked for.
    pub(crate) fn is_drifted(&self, stack: &Stack, resource: &Resource) -> Option<bool> {
        let made = resource.status == Status::Complete && resource.action != Action::Delete;
        match self.kind(stack.side, &resource.kind).filter(|_| made) {
            Some(kind) => kind.behaviour.is_there(self, resource).map(|there| !there),
            None => Some(false),
        }
    }
}

/// The expressions that imports name.
fn imported(value: &serde_json::Value, found: &mut Vec<serde_json::Value>) {
    match value {
        serde_json::Value::Object(map) => {
            found.extend(map.get("Fn::ImportValue").cloned());
            map.values().for_each(|value| imported(value, found));
        }
        serde_json::Value::Array(rows) => rows.iter().for_each(|row| imported(row, found)),
        _ => {}
    }
}
