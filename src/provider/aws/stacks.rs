//! Stacks of CloudFormation, Amazon's and Heat's. What a request holds is put together in `stack_request`, what happens in a stack is
//! followed in `stack_events`, and a change set is looked at in `stack_preview`.

use super::Aws;
use super::cloudformation::change_set::is_without_changes;
use super::cloudformation::{is_of_heat, stack};
use super::decode::{list, text};
use super::page::is_absent;
use super::recover::quoted;
use crate::cloud::stack::noun::GOOD;
use crate::cloud::{
    Account, Error, Filter, Kind, NameMatch, Result, Stack, StackAccepted, StackAction, StackChange,
    StackDeletion, StackEvent, StackNews, StackResource, StackSpec, StackTrack, Stacks, TemplateReport,
    Value,
};
use crate::provider::fault::LOOK_AT_EXCHANGE;
use crate::provider::recover::{Looked, Seen};
use crate::provider::stacks::guard;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Stacks for Aws {
    async fn stacks(&self, filter: &Filter) -> Result<Vec<Stack>> {
        if filter.all_projects {
            return Err(self.cannot("a list with `all_projects`", "name another cloud for another account"));
        }
        let found = match &filter.name {
            // A name is there once.
            Some(NameMatch::Exact(name)) => self.described_stack(name).await?.into_iter().collect(),
            _ => self.every(stack::all(), "Stacks", |one| self.stack_of(one)).await?,
        };
        let mut out = Vec::with_capacity(found.len());
        for one in found {
            let one = self.in_shared_words(one).await?;
            if filter.matches(&one) && !one.is_deleted() && one.parent.is_none() {
                out.push(one);
            }
        }
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(out)
    }

    async fn stack(&self, id: &str) -> Result<Option<Stack>> {
        match self.described_stack(id).await? {
            Some(stack) if stack.is_deleted() => self.held_by_name(stack).await,
            Some(stack) => self.in_shared_words(stack).await.map(Some),
            None => Ok(None),
        }
    }

    async fn create_stack(&self, spec: &StackSpec) -> Result<Stack> {
        let token = crate::cloud::call_scope::token();
        let begun = self.clock.now();
        let parts = self.parts_of_create(spec, &token).await?;
        let call = stack::with("CreateStack", "stack.create", parts.clone());
        let send = || async {
            let body = self.ask(&call).await?;
            stack::id(&body).ok_or_else(|| self.untold("the answer names no stack"))
        };
        let look = || async {
            Ok(match self.described_stack(&spec.name).await? {
                Some(there) if self.is_ours(&there, spec, &token, begun).await? => Seen::Effect(there.id),
                _ => Seen::Nothing,
            })
        };
        let unknown = |error, looked: Looked| {
            let words = looked
                .words("a stack of this name with this request's token, or its template and parameters");
            let exists = "nothing of this call that the cloud shows; it could still appear";
            let list = format!("stacks(#{{ name: {} }})", quoted(&spec.name));
            self.unresolved(error, "create_stack", words, exists, &list)
        };
        match self.once(send, look, unknown).await {
            Ok(id) => {
                self.learn_dialect(&id);
                self.remember_types(&id, &parts).await;
                Ok(self.just_made(id, spec))
            }
            Err(error) => Err(self.of_template(spec, error)),
        }
    }

    async fn update_stack(&self, id: &str, spec: &StackSpec) -> Result<StackAccepted> {
        let before = self.stack_now(id).await?;
        let heat = is_of_heat(&before.id);
        guard::may_update(&before, !heat).map_err(|error| self.session.own(error))?;
        // Heat would run an update that changes nothing, with hidden values that it does not tell.
        if heat && spec.is_empty() && GOOD.contains(&before.status.as_str()) {
            return Ok(StackAccepted { unchanged: true, ..StackAccepted::default() });
        }
        let token = crate::cloud::call_scope::token();
        let parts = self.parts_of_update(spec, &before, Some(&token)).await?;
        let call = stack::with("UpdateStack", "stack.update", parts.clone());
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            let moved =
                |now: Stack| now.provider_status != before.provider_status || now.updated != before.updated;
            let moved = self.described_stack(&before.id).await?.is_some_and(moved);
            Ok(if moved { Seen::Effect(()) } else { Seen::Nothing })
        };
        let unknown = |error, looked: Looked| self.unsure(error, "update_stack", &before, looked);
        match self.once(send, look, unknown).await {
            Ok(()) => {
                self.remember_types(&before.id, &parts).await;
                Ok(StackAccepted {
                    mark: Some(mark_of(&before, token)),
                    dropped: if heat && spec.tags.is_some() { vec!["tags"] } else { Vec::new() },
                    ..StackAccepted::default()
                })
            }
            Err(error) if is_without_changes(error.answer.as_deref().unwrap_or_default()) => {
                Ok(StackAccepted { unchanged: true, ..StackAccepted::default() })
            }
            Err(error) => Err(self.of_template(spec, error)),
        }
    }

    async fn preview_stack(&self, existing: Option<&str>, spec: &StackSpec) -> Result<Vec<StackChange>> {
        self.previewed(existing, spec).await
    }

    async fn validate_template(&self, spec: &StackSpec) -> Result<TemplateReport> {
        self.report_of_template(spec).await
    }

    async fn act_on_stack(&self, id: &str, action: &StackAction) -> Result<StackAccepted> {
        if !matches!(action, StackAction::CancelUpdate | StackAction::Rollback) {
            return Err(self.unsupported(action.verb()));
        }
        let before = self.stack_now(id).await?;
        let asked = match (action, before.status.as_str()) {
            (_, "UPDATE_IN_PROGRESS") => "CancelUpdateStack",
            (StackAction::CancelUpdate, _) => {
                return Err(guard::may_cancel(&before)
                    .err()
                    .map_or_else(|| self.unsupported(action.verb()), |error| self.session.own(error)));
            }
            (_, "UPDATE_ROLLBACK_FAILED") => "ContinueUpdateRollback",
            (_, "UPDATE_FAILED" | "CREATE_FAILED") if !is_of_heat(&before.id) => "RollbackStack",
            (_, status) => {
                let message = format!("`{}` is {status}: there is no update to roll back", before.name);
                return Err(self.session.own(guard::conflict(message)));
            }
        };
        let token = crate::cloud::call_scope::token();
        let call = stack::back(asked, &before.id, &token);
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            let now = self.described_stack(&before.id).await?;
            let moved = now.is_some_and(|now| now.provider_status != before.provider_status);
            Ok(if moved { Seen::Effect(()) } else { Seen::Nothing })
        };
        self.once(send, look, |error, looked| self.unsure(error, action.verb(), &before, looked)).await?;
        Ok(StackAccepted { mark: Some(mark_of(&before, token)), ..StackAccepted::default() })
    }

    async fn stack_drift(&self, id: &str) -> Result<Value> {
        self.drift_of(&self.stack_now(id).await?).await
    }

    async fn stack_resources(&self, id: &str) -> Result<Vec<StackResource>> {
        self.resources_of(&self.stack_now(id).await?).await
    }

    async fn stack_events(&self, id: &str) -> Result<Vec<StackEvent>> {
        self.events_of(&self.stack_now(id).await?).await
    }

    async fn stack_template(&self, id: &str) -> Result<Value> {
        let body = self.ask(&stack::template(id)).await?;
        Ok(Value::optional_text(text(&body, "TemplateBody").as_deref()))
    }

    async fn follow_stack(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        self.follow(stack, track).await
    }

    async fn delete_stack(&self, id: &str, deletion: &StackDeletion) -> Result<Option<StackAccepted>> {
        let Some(before) = self.stack(id).await? else { return Ok(None) };
        let mut deletion = deletion.clone();
        let mut left = Vec::new();
        if is_of_heat(&before.id) && (deletion.force || !deletion.retain.is_empty()) {
            let what =
                if deletion.force { "delete(stack, #{ force })" } else { "delete(stack, #{ retain })" };
            return Err(self
                .unsupported(what)
                .help("write `DeletionPolicy: Retain` into the template's resource, and update the stack"));
        }
        if !deletion.force && !deletion.retain.is_empty() && before.status != "DELETE_FAILED" {
            let message = format!(
                "`{}` is {}: CloudFormation retains resources of a stack in DELETE_FAILED alone",
                before.name, before.status
            );
            return Err(self.session.own(guard::conflict(message)).help(
                "write `DeletionPolicy: Retain` into the template's resource, and update the stack before it is deleted",
            ));
        }
        if deletion.force {
            deletion.retain = self.undeletable(&before).await?;
            left.clone_from(&deletion.retain);
        }
        let token = crate::cloud::call_scope::token();
        let call = stack::delete(&before.id, &deletion, &token);
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            Ok(match self.described_stack(&before.id).await? {
                Some(now) if !now.status.starts_with("DELETE") || now.status == "DELETE_FAILED" => {
                    Seen::Nothing
                }
                _ => Seen::Effect(()),
            })
        };
        match self.once(send, look, |error, looked| self.unsure(error, "delete", &before, looked)).await {
            Err(error) if !is_absent(&error) => Err(error),
            _ => Ok(Some(StackAccepted {
                left,
                mark: Some(mark_of(&before, token)),
                ..StackAccepted::default()
            })),
        }
    }
}

/// By what an operation is known: its token among the events, or, of Heat, another time than the stack's last one.
fn mark_of(before: &Stack, token: String) -> String {
    if is_of_heat(&before.id) { format!("{:?}", before.updated) } else { token }
}

impl Aws {
    /// A stack from its description.
    pub(super) fn stack_of(&self, body: &Json) -> Option<Stack> {
        stack::decode(body, self.session.name(), self.clock.now())
    }

    /// The stack of an id or a name, as the service tells it; also one that is deleted, by its id.
    pub(super) async fn described_stack(&self, id: &str) -> Result<Option<Stack>> {
        let call = stack::show(id);
        let body = match self.ask(&call).await {
            Err(error) if is_absent(&error) => return Ok(None),
            told => told?,
        };
        // That there is none the service says by an error: an empty list, or a member that is no stack, says nothing.
        match list(&body, "Stacks").first().and_then(|one| self.stack_of(one)) {
            Some(stack) if stack.id == id || stack.name == id => Ok(Some(stack)),
            // What is told of another says nothing of this one, not even that it is gone.
            Some(stack) => {
                let message = format!(
                    "the answer about the stack `{id}` is about another one, `{}` ({})",
                    stack.name, stack.id
                );
                Err(self.session.error(Kind::Protocol, message).help(LOOK_AT_EXCHANGE))
            }
            None => Err(self.lacking(&call.action, "StackStatus")),
        }
    }

    /// The same of one that must be there.
    pub(super) async fn stack_now(&self, id: &str) -> Result<Stack> {
        match self.stack(id).await? {
            Some(stack) => Ok(guard::as_before(stack)),
            None => Err(self
                .session
                .error(Kind::NotFound, format!("{} has no stack `{id}`", self.session.name()))),
        }
    }

    /// What could not be deleted the last time, which is all that may be left behind.
    async fn undeletable(&self, stack: &Stack) -> Result<Vec<String>> {
        if stack.status != "DELETE_FAILED" {
            let message =
                format!("`{}` is {}: `force` is for a stack in DELETE_FAILED", stack.name, stack.status);
            let error = guard::conflict(message);
            return Err(self.session.own(
                error.help("delete it without `force` first; what must stay has `DeletionPolicy: Retain` in its template"),
            ));
        }
        let resources = self.resources_of(stack).await?;
        let failed =
            resources.into_iter().filter(|one| one.status == "DELETE_FAILED").map(|one| one.resource);
        Ok(failed.collect())
    }

    /// The error of a request about a stack of which nobody knows.
    pub(super) fn unsure(&self, error: Error, verb: &str, stack: &Stack, looked: Looked) -> Error {
        let words = looked.words("a sign of it in the stack");
        let list = format!("stack({})", quoted(&stack.name));
        self.unresolved(error, verb, words, "the stack; it could still change", &list)
    }
}
