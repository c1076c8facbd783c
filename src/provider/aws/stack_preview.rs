//! What an update or a create would do, by a change set that is looked at and deleted, with the empty stack that one for a create leaves.

use super::Aws;
use super::cloudformation::change_set::{self, is_without_changes};
use super::cloudformation::is_of_heat;
use super::decode::text;
use super::page::is_absent;
use crate::cloud::{Account, Error, Kind, Result, Stack, StackChange, StackSpec};
use crate::provider::stacks::guard;
use serde_json::json;
use std::time::Duration;

/// How long a change set is waited for, and how often it is looked at.
const LONGEST: Duration = Duration::from_secs(300);
const EVERY: Duration = Duration::from_secs(1);

/// What a preview has made, to be deleted.
struct Made {
    /// By its name, which is this preview's own, where the answer told no id.
    change_set: String,
    /// The stack that it is of.
    stack: String,
    /// Whether that stack holds nothing else.
    placeholder: bool,
}

impl Aws {
    /// See [`crate::cloud::Stacks::preview_stack`].
    pub(super) async fn previewed(
        &self,
        existing: Option<&str>,
        spec: &StackSpec,
    ) -> Result<Vec<StackChange>> {
        let before = match existing {
            Some(id) => Some(self.stack_now(id).await?),
            None => None,
        };
        let before = before.filter(|stack| stack.status != "REVIEW_IN_PROGRESS");
        if let Some(stack) = &before {
            if is_of_heat(&stack.id) {
                return Err(self.no_previews());
            }
            guard::at_rest(stack, "preview_stack").map_err(|error| self.session.own(error))?;
        }
        let name = format!("rhain-{}", crate::cloud::call_scope::token());
        let mut made = Made {
            change_set: name,
            stack: before.as_ref().map_or_else(|| spec.name.clone(), |stack| stack.name.clone()),
            placeholder: before.is_none() && existing.is_none(),
        };
        let asked = self.ask_for(&mut made, spec, before.as_ref()).await;
        let seen = match asked {
            Ok(()) => self.look_at(&made, spec, before.as_ref()).await,
            Err(error) if is_without_changes(error.answer.as_deref().unwrap_or_default()) => {
                return self.unchanged(before.as_ref()).await;
            }
            // The answer was lost, or a repeat finds what the first one made: it is looked at by its name.
            Err(error) if error.maybe || error.code.as_deref() == Some("AlreadyExistsException") => {
                let seen = self.look_at(&made, spec, before.as_ref()).await;
                seen.map_err(|other| if is_absent(&other) { error } else { other })
            }
            Err(error) => return Err(self.of_template(spec, error)),
        };
        let cleaned = self.clean_up(&made).await;
        match (seen, cleaned) {
            (Ok(changes), cleaned) => cleaned.map(|()| changes),
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(_)) => Err(self.left_over(error, &made)),
        }
    }

    /// Ask for the change set.
    async fn ask_for(&self, made: &mut Made, spec: &StackSpec, before: Option<&Stack>) -> Result<()> {
        let mut parts = match before {
            Some(stack) => self.parts_of_update(spec, stack, None).await?,
            None => self.parts_of_create(spec, &made.change_set).await?,
        };
        for own in ["ClientRequestToken", "DisableRollback", "TimeoutInMinutes"] {
            parts.shift_remove(own);
        }
        parts.insert("ChangeSetName".to_string(), json!(made.change_set));
        let kind = if before.is_some() { "UPDATE" } else { "CREATE" };
        parts.insert("ChangeSetType".to_string(), json!(kind));
        let body = match self.ask(&change_set::create(parts)).await {
            Err(error) if error.code.as_deref() == Some("InvalidAction") => return Err(self.no_previews()),
            other => other?,
        };
        if let (Some(id), Some(stack)) = (text(&body, "Id"), text(&body, "StackId")) {
            (made.change_set, made.stack) = (id, stack);
        }
        Ok(())
    }

    /// Wait for a change set and read it.
    async fn look_at(
        &self,
        made: &Made,
        spec: &StackSpec,
        before: Option<&Stack>,
    ) -> Result<Vec<StackChange>> {
        let call = change_set::show(&made.change_set, &made.stack);
        let until = self.clock.elapsed().saturating_add(LONGEST);
        loop {
            let body = self.ask(&call).await?;
            let reason = text(&body, "StatusReason").unwrap_or_default();
            match text(&body, "Status").as_deref() {
                Some("CREATE_COMPLETE") => break,
                Some("FAILED") if is_without_changes(&reason) => return self.unchanged(before).await,
                Some("CREATE_PENDING" | "CREATE_IN_PROGRESS") if self.clock.elapsed() < until => {
                    self.clock.sleep(EVERY).await;
                }
                status => {
                    let what = status.unwrap_or("without a status");
                    let message = format!("the change set for `{}` is {what}", spec.name);
                    let error = self.session.error(Kind::InvalidArgument, message).answer(reason);
                    return Err(self.of_template(spec, error));
                }
            }
        }
        let mut changes = Vec::new();
        self.pages(call, |body| {
            changes.extend(change_set::changes(body));
            false
        })
        .await?;
        Ok(changes)
    }

    /// Every resource of a stack in which nothing would change.
    async fn unchanged(&self, before: Option<&Stack>) -> Result<Vec<StackChange>> {
        let Some(stack) = before else { return Ok(Vec::new()) };
        let resources = self.resources_of(stack).await?.into_iter();
        let none = |one: crate::cloud::StackResource| StackChange {
            action: "none",
            resource: one.resource,
            kind: one.kind,
            replacement: Some(false),
        };
        Ok(resources.map(none).collect())
    }

    /// Delete what the preview made.
    async fn clean_up(&self, made: &Made) -> Result<()> {
        let gone = |result: Result<serde_json::Value>| match result {
            Err(error) if !is_absent(&error) => Err(error),
            _ => Ok(()),
        };
        let set = gone(self.ask(&change_set::delete(&made.change_set, &made.stack)).await);
        let stack = match made.placeholder {
            true => self.take_placeholder(made).await,
            false => Ok(()),
        };
        set.and(stack).map_err(|error| self.left_over(error, made))
    }

    /// Delete the stack in which there is nothing, and wait until it is gone. One that holds more by now, or a change set that
    /// this preview did not make, is somebody's.
    async fn take_placeholder(&self, made: &Made) -> Result<()> {
        let stack = made.stack.as_str();
        match self.described_stack(stack).await? {
            Some(there) if there.status == "REVIEW_IN_PROGRESS" => {}
            _ => return Ok(()),
        }
        let own = |one: &serde_json::Value| {
            ["ChangeSetId", "ChangeSetName"]
                .iter()
                .any(|key| text(one, key).as_ref() == Some(&made.change_set))
        };
        let others = self.every(change_set::all(stack), "Summaries", |one| Some(!own(one))).await;
        match others {
            Ok(others) if others.contains(&true) => return Ok(()),
            Err(error) if !is_absent(&error) => return Err(error),
            _ => {}
        }
        match self.ask(&change_set::delete_placeholder(stack)).await {
            Err(error) if !is_absent(&error) => return Err(error),
            _ => {}
        }
        let until = self.clock.elapsed().saturating_add(LONGEST);
        while self.described_stack(stack).await?.is_some_and(|there| !there.is_deleted()) {
            if self.clock.elapsed() >= until {
                return Err(self.session.error(Kind::Timeout, format!("`{stack}` is not gone yet")));
            }
            self.clock.sleep(EVERY).await;
        }
        Ok(())
    }

    fn left_over(&self, error: Error, made: &Made) -> Error {
        let what = if made.placeholder { &made.stack } else { &made.change_set };
        let error = error.fact("exists", format!("what the preview was made with: {what}"));
        error.help(format!("delete what the preview leaves behind: {what}"))
    }

    fn no_previews(&self) -> Error {
        self.unsupported("preview_stack").help(
            "log in to the OpenStack cloud itself: Heat's own API previews, its CloudFormation endpoint does not",
        )
    }
}
