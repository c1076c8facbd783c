//! Which stack is meant, and how it is: by its id, in the words that both services share.

use super::OpenStack;
use super::call::is_segment;
use super::heat::{Identity, event, stack};
use super::send::found;
use super::session::Call;
use crate::cloud::{Account, Error, Kind, Noun, Result, Stack};
use crate::provider::fault::LOOK_AT_EXCHANGE;
use crate::provider::stacks::guard;
use serde_json::Value as Json;

impl OpenStack {
    /// Name and id of the stack of this id; `None` where there is none.
    pub(super) async fn identity_of(&self, id: &str) -> Result<Option<Identity>> {
        if let Some(name) = self.stack_names.lock().await.get(id) {
            return Ok(Some(Identity { name: name.clone(), id: id.to_string() }));
        }
        if !is_segment(id) || !self.is_id(Noun::Stack, id) {
            return Ok(None);
        }
        let mut name = None;
        self.every(stack::by_id(id), "stacks", |entry| {
            let same = entry.get("id").and_then(Json::as_str) == Some(id);
            name = entry.get("stack_name").filter(|_| same).and_then(Json::as_str).map(str::to_string);
            name.is_some()
        })
        .await?;
        if let Some(name) = &name {
            self.remember_stack_of(id, name).await;
        }
        Ok(name.map(|name| Identity { name, id: id.to_string() }))
    }

    pub(super) async fn remember_stack_of(&self, id: &str, name: &str) {
        self.stack_names.lock().await.insert(id.to_string(), name.to_string());
    }

    /// The same of one that must be there.
    pub(super) async fn existing_stack(&self, id: &str) -> Result<Identity> {
        self.identity_of(id).await?.ok_or_else(|| self.no_stack(id))
    }

    pub(super) fn no_stack(&self, id: &str) -> Error {
        let message = format!("{} has no stack `{id}`", self.session.name());
        self.own(Error::new(Kind::NotFound, message).coded("cloud::not_found"))
    }

    /// A stack as an answer describes it; `None` where it is gone.
    pub(super) async fn shown_stack(
        &self,
        identity: &Identity,
        call: fn(&Identity) -> Call,
        partial: bool,
    ) -> Result<Option<Stack>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let shown =
            self.shown(&call(identity), "stack", |body| stack::decode(body, cloud, now, partial)).await?;
        match shown {
            // What is told of another says nothing of this one.
            Some(stack) if stack.id != identity.id => {
                let message = format!(
                    "the answer about the stack `{}` is about another one, `{}` ({})",
                    identity.name, stack.name, stack.id
                );
                Err(self
                    .own(Error::new(Kind::Protocol, message).coded("cloud::protocol").help(LOOK_AT_EXCHANGE)))
            }
            Some(stack) if !stack.is_deleted() => self.in_shared_words(stack).await.map(Some),
            _ => Ok(None),
        }
    }

    /// A stack and how it is now, before something is asked of it.
    pub(super) async fn stack_now(&self, id: &str, verb: &str) -> Result<(Identity, Stack)> {
        let identity = self.existing_stack(id).await?;
        match self.shown_stack(&identity, stack::status, false).await? {
            Some(stack) => Ok((identity, guard::as_before(stack))),
            None => Err(self.no_stack(&identity.name).help(format!("`{verb}` needs a stack that is there"))),
        }
    }

    /// Heat says ROLLBACK of a create and of an update alike; a stack that was ever updated has had an update rolled back.
    pub(super) async fn in_shared_words(&self, mut stack: Stack) -> Result<Stack> {
        self.remember_stack_of(&stack.id, &stack.name).await;
        let Some(rest) = stack.provider_status.strip_prefix("ROLLBACK_") else { return Ok(stack) };
        let key = (stack.id.clone(), stack.updated);
        let known = self.rolled_updates.lock().await.get(&key).copied();
        let of_update = match known {
            Some(known) => known,
            None => {
                let identity = Identity { name: stack.name.clone(), id: stack.id.clone() };
                let body = found(self.json(&event::was_updated(&identity)).await)?;
                let told = body.as_ref().and_then(event::decode).unwrap_or_default();
                let of_update = told.iter().any(|event| event.status == "UPDATE_IN_PROGRESS");
                self.rolled_updates.lock().await.insert(key, of_update);
                of_update
            }
        };
        if of_update {
            stack.status = format!("UPDATE_ROLLBACK_{rest}");
        }
        Ok(stack)
    }
}
