//! Copies of a stack's definition, to go back to.

use super::flaw::{Flaw, Outcome};
use super::{Action, Asked, Snapshot, Status};
use crate::world::{World, fresh_id};

impl World {
    /// Begins to copy a stack's definition. Gives the copy's id.
    ///
    /// # Errors
    /// When there is none of this id, or it is busy.
    pub(crate) fn snapshot_stack(&mut self, id: &str, name: Option<String>) -> Outcome<String> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let now = self.now();
        let stack = &mut self.stacks[at];
        if stack.busy() {
            return Err(Flaw::State("SNAPSHOT", stack.state()));
        }
        let copy = Snapshot {
            id: fresh_id(),
            name,
            status: Status::InProgress,
            reason: None,
            created: now,
            definition: stack.definition.clone(),
        };
        let made = copy.id.clone();
        stack.snapshots.push(copy);
        self.act_on_stack(id, Action::Snapshot)?;
        Ok(made)
    }

    pub(super) fn snapshot_done(&mut self, at: usize) {
        let stack = &mut self.stacks[at];
        let reason = stack.reason.clone();
        for copy in stack.snapshots.iter_mut().filter(|copy| copy.status == Status::InProgress) {
            (copy.status, copy.reason) = (Status::Complete, Some(reason.clone()));
        }
    }

    /// Begins to make a stack what it was when it was copied.
    ///
    /// # Errors
    /// When the stack or the copy is not there.
    pub(crate) fn restore_stack(&mut self, id: &str, copy: &str) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let stack = &self.stacks[at];
        let found = stack.snapshots.iter().find(|own| own.id == copy);
        let found = found.ok_or_else(|| Flaw::NoSnapshot(copy.to_owned()))?;
        let asked = Asked {
            definition: found.definition.clone(),
            tags: stack.tags.clone(),
            labels: stack.labels.clone(),
            failing: stack.failing,
            timeout_mins: stack.timeout_mins,
            ..Asked::default()
        };
        self.update_stack(id, asked)?;
        let stack = &mut self.stacks[at];
        stack.action = Action::Restore;
        stack.reason = "Stack RESTORE started".to_owned();
        if let Some(operation) = &mut stack.operation {
            operation.action = Action::Restore;
        }
        if let Some(event) = stack.events.last_mut() {
            (event.action, event.reason) = (Action::Restore, stack.reason.clone());
        }
        Ok(())
    }

    /// Deletes a copy.
    ///
    /// # Errors
    /// When the stack or the copy is not there.
    pub(crate) fn delete_snapshot_of(&mut self, id: &str, copy: &str) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let copies = &mut self.stacks[at].snapshots;
        let place = copies.iter().position(|own| own.id == copy);
        let place = place.ok_or_else(|| Flaw::NoSnapshot(copy.to_owned()))?;
        copies.remove(place);
        Ok(())
    }
}
