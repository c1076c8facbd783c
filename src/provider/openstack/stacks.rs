//! Stacks: reading them, and asking for what is made of templates. What a request holds is put together in `stack_request`, what happens
//! in a stack is followed in `stack_events`.

use super::OpenStack;
use super::heat::{action, resource, stack};
use super::recover::{Attempt, quoted};
use super::resources::is_named;
use super::send::found;
use crate::cloud::{
    Account, Filter, Result, Stack, StackAccepted, StackAction, StackChange, StackDeletion, StackEvent,
    StackNews, StackResource, StackSpec, StackTrack, Stacks, TemplateReport, Value,
};
use crate::provider::recover::Seen;
use crate::provider::stacks::guard;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Stacks for OpenStack {
    async fn stacks(&self, filter: &Filter) -> Result<Vec<Stack>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let names = |body: &Json| stack::decode(body, cloud, now, true);
        let mut all = Vec::new();
        if filter.limit == Some(0) {
            return Ok(all);
        }
        // A status is judged in the words that both services share, which some events tell.
        self.every(stack::first(filter), "stacks", |entry| {
            all.extend(names(entry));
            false
        })
        .await?;
        let mut out = Vec::with_capacity(all.len());
        for one in all {
            let one = self.in_shared_words(one).await?;
            if filter.matches(&one) && !one.is_deleted() {
                out.push(one);
            }
        }
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(out)
    }

    async fn stack(&self, id: &str) -> Result<Option<Stack>> {
        match self.identity_of(id).await? {
            Some(identity) => self.shown_stack(&identity, stack::show, false).await,
            None => Ok(None),
        }
    }

    async fn stack_status(&self, id: &str) -> Result<Option<Stack>> {
        match self.identity_of(id).await? {
            Some(identity) => self.shown_stack(&identity, stack::status, true).await,
            None => Ok(None),
        }
    }

    async fn create_stack(&self, spec: &StackSpec) -> Result<Stack> {
        let marker = crate::cloud::call_scope::token();
        let request = self.request(spec, None)?;
        self.hide_of_address(spec, &request).await?;
        let call = stack::create(self.body_of_create(spec, &request, &marker)?);
        let attempt = Attempt {
            verb: "create_stack",
            sought: "a stack of this name with this call's marker".to_string(),
            list: format!("stacks(#{{ name: {} }})", quoted(&spec.name)),
        };
        let find = || async {
            let mut out = None;
            self.every(stack::first(&Filter::named(&spec.name)), "stacks", |entry| {
                let ours = is_named(entry, &spec.name) || stack::is_marked(entry, &marker);
                out = Some(entry)
                    .filter(|entry| ours && stack::is_marked(entry, &marker))
                    .and_then(|entry| entry.get("id")?.as_str().map(str::to_string));
                out.is_some()
            })
            .await?;
            Ok(out)
        };
        let made = self.create(&call, &attempt, stack::created, find).await;
        let id = match made {
            Ok(id) => id,
            Err(error) => return Err(self.of_template(spec.template.as_ref(), error).await),
        };
        self.remember_stack_of(&id, &spec.name).await;
        self.remember_types(&id, &request).await;
        Ok(self.just_made(id, spec))
    }

    async fn update_stack(&self, id: &str, spec: &StackSpec) -> Result<StackAccepted> {
        let (identity, before) = self.stack_now(id, "update_stack").await?;
        guard::may_update(&before, false).map_err(|error| self.own(error))?;
        if spec.is_empty() && crate::cloud::stack::noun::GOOD.contains(&before.status.as_str()) {
            return Ok(StackAccepted { unchanged: true, ..StackAccepted::default() });
        }
        let request = self.request(spec, Some(&before))?;
        self.hide_of_address(spec, &request).await?;
        let call = stack::update(&identity, self.body(spec, &request)?);
        let mark = self.last_event(&identity).await?;
        let moved = |now: &Stack| now.status != before.status || now.updated != before.updated;
        match self.asked_once(&identity, &call, "update_stack", Some(mark.as_deref()), moved).await {
            Ok(()) => {
                self.remember_types(&before.id, &request).await;
                Ok(StackAccepted { mark, ..StackAccepted::default() })
            }
            Err(error) => Err(self.of_template(spec.template.as_ref(), error).await),
        }
    }

    async fn preview_stack(&self, existing: Option<&str>, spec: &StackSpec) -> Result<Vec<StackChange>> {
        let (call, read): (_, fn(&Json) -> Option<Vec<StackChange>>) = match existing {
            Some(id) => {
                let (identity, before) = self.stack_now(id, "preview_stack").await?;
                let request = self.request(spec, Some(&before))?;
                self.hide_of_address(spec, &request).await?;
                (stack::preview_update(&identity, self.body(spec, &request)?), resource::changes)
            }
            None => {
                let request = self.request(spec, None)?;
                self.hide_of_address(spec, &request).await?;
                let mut body = self.body(spec, &request)?;
                body.insert("stack_name".to_string(), Json::from(spec.name.as_str()));
                (stack::preview(body), resource::made)
            }
        };
        let check = |body: &Json| match read(body) {
            Some(_) => Ok(()),
            None => Err("it says nothing of changes".to_string()),
        };
        match self.whole(&call, check).await {
            Ok((_, body)) => Ok(read(&body).unwrap_or_default()),
            Err(error) => Err(self.of_template(spec.template.as_ref(), error).await),
        }
    }

    async fn validate_template(&self, spec: &StackSpec) -> Result<TemplateReport> {
        self.report_of_template(spec).await
    }

    async fn act_on_stack(&self, id: &str, asked: &StackAction) -> Result<StackAccepted> {
        let verb = asked.verb();
        let (identity, before) = self.stack_now(id, verb).await?;
        match asked {
            StackAction::CancelUpdate => guard::may_cancel(&before).map_err(|error| self.own(error))?,
            StackAction::Rollback if before.status == "UPDATE_IN_PROGRESS" => {}
            StackAction::Rollback => return Err(self.own(self.no_rollback(&before))),
            _ => guard::at_rest(&before, verb).map_err(|error| self.own(error))?,
        }
        let asked = match asked {
            StackAction::Restore(wanted) => {
                StackAction::Restore(self.snapshot_named(&identity, wanted).await?)
            }
            other => other.clone(),
        };
        let mark = self.last_event(&identity).await?;
        let moved = |now: &Stack| now.status != before.status || now.updated != before.updated;
        let call = action::act(&identity, &asked);
        // What is under way has news of its own.
        let behind = if before.is_busy() { None } else { Some(mark.as_deref()) };
        self.asked_once(&identity, &call, verb, behind, moved).await?;
        Ok(StackAccepted { mark, ..StackAccepted::default() })
    }

    async fn snapshot_stack(&self, id: &str, name: &str) -> Result<(Value, StackAccepted)> {
        let (identity, before) = self.stack_now(id, "snapshot").await?;
        guard::at_rest(&before, "snapshot").map_err(|error| self.own(error))?;
        let mark = self.last_event(&identity).await?;
        let attempt = Attempt {
            verb: "snapshot",
            sought: format!("a snapshot `{name}` of this stack"),
            list: format!("api(\"orchestration\", \"GET\", {})", quoted(&identity.path("/snapshots"))),
        };
        let known = self.snapshots_of(&identity).await?.len();
        let find = || async {
            let mut all = self.snapshots_of(&identity).await?;
            Ok((all.len() > known).then(|| all.pop()).flatten().and_then(|one| action::snapshot_value(&one)))
        };
        let call = action::snapshot(&identity, name);
        let value = self.create(&call, &attempt, action::snapshot_value, find).await?;
        Ok((value, StackAccepted { mark, ..StackAccepted::default() }))
    }

    async fn stack_drift(&self, _id: &str) -> Result<Value> {
        Err(self
            .unsupported("stack_drift")
            .help("call `check_stack(x)`: Heat compares resources with what is there"))
    }

    async fn stack_resources(&self, id: &str) -> Result<Vec<StackResource>> {
        self.resources_of(&self.existing_stack(id).await?).await
    }

    async fn stack_events(&self, id: &str) -> Result<Vec<StackEvent>> {
        let identity = self.existing_stack(id).await?;
        let mut events = self.events_of(&identity).await?;
        let kinds = self.resources_of(&identity).await?;
        for event in &mut events {
            let of_it = |one: &&StackResource| one.resource == event.resource && one.stack == event.stack.0;
            event.kind = event.kind.take().or_else(|| kinds.iter().find(of_it).map(|one| one.kind.clone()));
        }
        Ok(events)
    }

    async fn stack_template(&self, id: &str) -> Result<Value> {
        let identity = self.existing_stack(id).await?;
        Ok(Value::from_json(&self.json(&stack::template(&identity)).await?))
    }

    async fn follow_stack(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        self.follow(stack, track).await
    }

    async fn delete_stack(&self, id: &str, deletion: &StackDeletion) -> Result<Option<StackAccepted>> {
        if !deletion.retain.is_empty() {
            return Err(self
                .unsupported("delete(stack, #{ retain })")
                .help("write `deletion_policy: retain` into the template's resource, and update the stack"));
        }
        let Some(identity) = self.identity_of(id).await? else { return Ok(None) };
        let mark = found(self.last_event(&identity).await)?.flatten();
        let look = || async {
            let now = self.shown_stack(&identity, stack::status, true).await?;
            Ok(match now {
                Some(now) if !now.status.starts_with("DELETE") => Seen::Nothing,
                _ => Seen::Effect(true),
            })
        };
        let taken = self.take_away_seen(&stack::delete(&identity), look).await?;
        Ok(taken.then(|| StackAccepted { mark, ..StackAccepted::default() }))
    }
}
