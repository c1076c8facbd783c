//! Stacks: what is made together from a template.

use super::Account;
use crate::cloud::{
    Filter, Result, Stack, StackAccepted, StackAction, StackChange, StackDeletion, StackEvent, StackNews,
    StackResource, StackSpec, StackTrack, TemplateReport, Value,
};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "stacks",
    "stacks(all_projects)",
    "stack",
    "create_stack",
    "update_stack",
    "preview_stack",
    "validate_template",
    "suspend(stack)",
    "resume(stack)",
    "check_stack",
    "restore_stack",
    "cancel_update",
    "rollback_stack",
    "snapshot(stack)",
    "stack_drift",
    "stack_resources",
    "stack_events",
    "stack_template",
    "delete(stack)",
    "delete(stack, retain)",
];

/// A cloud's stacks.
#[async_trait]
pub trait Stacks: Account {
    /// Every one that the listing lets through, all pages; nested ones are left out.
    async fn stacks(&self, _listing: &Filter) -> Result<Vec<Stack>> {
        Err(self.unsupported("stacks"))
    }
    /// One by id or name; `None` where there is none, or it is deleted.
    async fn stack(&self, _id: &str) -> Result<Option<Stack>> {
        Err(self.unsupported("stack"))
    }
    /// The same as far as a wait needs it: outputs and parameters may be left out.
    async fn stack_status(&self, id: &str) -> Result<Option<Stack>> {
        self.stack(id).await
    }
    /// Ask for a stack.
    async fn create_stack(&self, _spec: &StackSpec) -> Result<Stack> {
        Err(self.unsupported("create_stack"))
    }
    /// Ask for a change of one; what is not given is kept.
    async fn update_stack(&self, _id: &str, _spec: &StackSpec) -> Result<StackAccepted> {
        Err(self.unsupported("update_stack"))
    }
    /// What making a stack would make, or an update of `existing` would change.
    async fn preview_stack(&self, _existing: Option<&str>, _spec: &StackSpec) -> Result<Vec<StackChange>> {
        Err(self.unsupported("preview_stack"))
    }
    /// What a template asks for, and what the cloud refuses of it.
    async fn validate_template(&self, _spec: &StackSpec) -> Result<TemplateReport> {
        Err(self.unsupported("validate_template"))
    }
    /// Ask for one of the actions.
    async fn act_on_stack(&self, _id: &str, action: &StackAction) -> Result<StackAccepted> {
        Err(self.unsupported(action.verb()))
    }
    /// Ask for a snapshot; gives what the cloud tells of it.
    async fn snapshot_stack(&self, _id: &str, _name: &str) -> Result<(Value, StackAccepted)> {
        Err(self.unsupported("snapshot(stack)"))
    }
    /// What differs between the resources and the template.
    async fn stack_drift(&self, _id: &str) -> Result<Value> {
        Err(self.unsupported("stack_drift"))
    }
    /// Its resources, those of nested stacks behind the resource that is one.
    async fn stack_resources(&self, _id: &str) -> Result<Vec<StackResource>> {
        Err(self.unsupported("stack_resources"))
    }
    /// What happened in it, oldest first.
    async fn stack_events(&self, _id: &str) -> Result<Vec<StackEvent>> {
        Err(self.unsupported("stack_events"))
    }
    /// Its template.
    async fn stack_template(&self, _id: &str) -> Result<Value> {
        Err(self.unsupported("stack_template"))
    }
    /// Look how its operation goes.
    async fn follow_stack(&self, _stack: &Stack, _track: &mut StackTrack) -> Result<StackNews> {
        Ok(StackNews::default())
    }
    /// Delete one; `None` where it was gone already.
    async fn delete_stack(&self, _id: &str, _deletion: &StackDeletion) -> Result<Option<StackAccepted>> {
        Err(self.unsupported("delete(stack)"))
    }
}
