//! Stacks: a change shows its request, and the service's own preview of an update; resources and outputs follow the template, as
//! far as it tells them.

use super::Overlay;
use super::layer::raw;
use super::stack_template::{Template, as_text, story};
use crate::cloud::{
    Ec2Credential, Ec2Credentials, Error, Filter, Kind, Noun, Resource, Result, Stack, StackAccepted,
    StackAction, StackChange, StackDeletion, StackEvent, StackNews, StackResource, StackSpec, StackTags,
    StackTrack, Stacks, TemplateReport, Value,
};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

#[async_trait]
impl Stacks for Overlay {
    async fn stacks(&self, filter: &Filter) -> Result<Vec<Stack>> {
        let all = self.all_others(Noun::Stack, filter).await?;
        Ok(all.into_iter().filter_map(stack_of).collect())
    }

    async fn stack(&self, id: &str) -> Result<Option<Stack>> {
        Ok(self.find(Noun::Stack, id).await?.and_then(stack_of))
    }

    async fn create_stack(&self, spec: &StackSpec) -> Result<Stack> {
        let there = self.stacks(&Filter::named(&spec.name)).await?;
        if self.named(Noun::Stack, &spec.name).is_some() || there.iter().any(|stack| !stack.is_deleted()) {
            return Err(self.conflict(format!("there is a stack `{}` already", spec.name)));
        }
        let words = || format!("create_stack {}", spec.name);
        self.shown(false, words, self.inner.create_stack(spec)).await?;
        let now = self.now();
        let tags = match self.is_openstack() {
            true => StackTags::Words(Vec::new()),
            false => StackTags::Pairs(BTreeMap::new()),
        };
        let template = Template::of(spec);
        let mut stack = Stack {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "CREATE_COMPLETE".to_string(),
            provider_status: "CREATE_COMPLETE".to_string(),
            reason: None,
            description: None,
            outputs: BTreeMap::new(),
            parameters: {
                let mut all = template.as_ref().map(Template::defaults).unwrap_or_default();
                all.extend(as_text(spec, |name| {
                    template.as_ref().is_some_and(|template| template.hides(name))
                }));
                all
            },
            tags: spec.tags.clone().unwrap_or(tags),
            timeout: spec.timeout,
            rollback: Some(spec.rollback.unwrap_or(true)),
            parent: None,
            created: Some(now),
            updated: None,
            partial: false,
            cloud: self.inner.name().clone(),
            read: now,
            raw: raw(),
        };
        self.follow_template(&mut stack, spec, template, Vec::new(), "CREATE");
        self.world().make(stack.clone().into());
        Ok(stack)
    }

    async fn update_stack(&self, id: &str, spec: &StackSpec) -> Result<StackAccepted> {
        let stack = self.stack_now(id).await?;
        let changed = self.is_changed(Noun::Stack, id);
        if !changed {
            self.show_preview(&stack, spec).await?;
        }
        let words = || format!("update_stack {}", stack.name);
        let given = self.shown(changed, words, self.inner.update_stack(id, spec)).await?;
        if given.is_some_and(|given| given.unchanged) {
            return Ok(StackAccepted { unchanged: true, ..StackAccepted::default() });
        }
        let known = self.stack_resources(id).await.unwrap_or_default();
        let before = self.stack_template(id).await.ok().as_ref().and_then(Template::told);
        let template = if spec.template.is_some() { Template::of(spec) } else { before };
        let hides = |name: &str| template.as_ref().is_some_and(|template| template.hides(name));
        let former = stack.parameters.clone();
        self.edit_stack(&stack, |stack| {
            stack.status = "UPDATE_COMPLETE".to_string();
            let asterisks = |text: &String| text.len() >= 4 && text.bytes().all(|byte| byte == b'*');
            let hidden = |name: &str| hides(name) || former.get(name).is_some_and(asterisks);
            stack.parameters.extend(as_text(spec, hidden));
            if let Some(tags) = &spec.tags {
                stack.tags = tags.clone();
            }
            stack.timeout = spec.timeout.or(stack.timeout);
            stack.rollback = spec.rollback.or(stack.rollback);
        });
        let mut now = self.stack_now(id).await?;
        self.follow_template(&mut now, spec, template, known, "UPDATE");
        self.edit_stack(&stack, |stack| stack.outputs = now.outputs);
        Ok(StackAccepted::default())
    }

    async fn preview_stack(&self, existing: Option<&str>, spec: &StackSpec) -> Result<Vec<StackChange>> {
        match existing {
            Some(id) if self.is_changed(Noun::Stack, id) => Err(self.unknown("preview_stack")),
            existing => self.inner.preview_stack(existing, spec).await,
        }
    }

    async fn validate_template(&self, spec: &StackSpec) -> Result<TemplateReport> {
        self.inner.validate_template(spec).await
    }

    async fn act_on_stack(&self, id: &str, action: &StackAction) -> Result<StackAccepted> {
        let stack = self.stack_now(id).await?;
        self.may_take_back(&stack, action)?;
        let words = || format!("{} {}", action.verb(), stack.name);
        self.shown(self.is_changed(Noun::Stack, id), words, self.inner.act_on_stack(id, action)).await?;
        let status = match action {
            StackAction::Suspend => "SUSPEND_COMPLETE",
            StackAction::Resume => "RESUME_COMPLETE",
            StackAction::Check => "CHECK_COMPLETE",
            StackAction::Restore(_) => "RESTORE_COMPLETE",
            StackAction::CancelUpdate | StackAction::Rollback => "UPDATE_ROLLBACK_COMPLETE",
        };
        self.edit_stack(&stack, |stack| stack.status = status.to_string());
        Ok(StackAccepted::default())
    }

    async fn snapshot_stack(&self, id: &str, name: &str) -> Result<(Value, StackAccepted)> {
        let stack = self.stack_now(id).await?;
        let words = || format!("snapshot {} {name}", stack.name);
        self.shown(self.is_changed(Noun::Stack, id), words, self.inner.snapshot_stack(id, name)).await?;
        let told = [("id", self.new_id()), ("name", name.to_string()), ("status", "COMPLETE".to_string())];
        let told = told.into_iter().map(|(key, text)| (key.to_string(), Value::text(text)));
        Ok((Value::Map(told.collect()), StackAccepted::default()))
    }

    async fn stack_drift(&self, id: &str) -> Result<Value> {
        match Self::is_own(id) {
            true => Ok(Value::Map(BTreeMap::new())),
            false => self.inner.stack_drift(id).await,
        }
    }

    async fn stack_resources(&self, id: &str) -> Result<Vec<StackResource>> {
        let known = self.world().stacks.get(id).and_then(|dry| dry.resources.clone());
        match known {
            Some(resources) => Ok(resources),
            None if Self::is_own(id) => Ok(Vec::new()),
            None => self.inner.stack_resources(id).await,
        }
    }

    async fn stack_events(&self, id: &str) -> Result<Vec<StackEvent>> {
        let mut all = match Self::is_own(id) {
            true => Vec::new(),
            false => self.inner.stack_events(id).await?,
        };
        all.extend(self.world().stacks.get(id).into_iter().flat_map(|dry| dry.events.clone()));
        Ok(all)
    }

    async fn stack_template(&self, id: &str) -> Result<Value> {
        let known = self.world().stacks.get(id).and_then(|dry| dry.template.clone());
        match known {
            Some(template) => Ok(template),
            None if Self::is_own(id) => Ok(Value::Unit),
            None => self.inner.stack_template(id).await,
        }
    }

    async fn follow_stack(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        track.begun = true;
        if let Some(dry) = self.world().stacks.get_mut(&stack.id) {
            dry.updating = false;
        }
        Ok(StackNews::default())
    }

    async fn delete_stack(&self, id: &str, deletion: &StackDeletion) -> Result<Option<StackAccepted>> {
        let Some(stack) = self.stack(id).await? else { return Ok(None) };
        let words = || format!("delete {}", stack.name);
        self.shown(self.is_changed(Noun::Stack, id), words, self.inner.delete_stack(id, deletion)).await?;
        self.world().delete(stack.into());
        Ok(Some(StackAccepted::default()))
    }
}

#[async_trait]
impl Ec2Credentials for Overlay {
    async fn ec2_credentials(&self) -> Result<Vec<Ec2Credential>> {
        let mut all = self.inner.ec2_credentials().await?;
        all.extend(self.world().ec2_credentials.clone());
        Ok(all)
    }

    async fn create_ec2_credential(&self) -> Result<Ec2Credential> {
        let words = || "create_ec2_credential".to_string();
        self.shown(false, words, self.inner.create_ec2_credential()).await?;
        let secret = crate::cloud::Secret::new(self.new_id());
        let made = Ec2Credential { access: self.new_id(), secret, project: None };
        self.world().ec2_credentials.push(made.clone());
        Ok(made)
    }
}

impl Overlay {
    async fn stack_now(&self, id: &str) -> Result<Stack> {
        self.stack(id).await?.ok_or_else(|| self.absent(Noun::Stack, id))
    }

    fn edit_stack(&self, base: &Stack, change: impl FnOnce(&mut Stack)) {
        let now = self.now();
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::Stack(stack) = resource {
                let stack = Arc::make_mut(stack);
                stack.updated = Some(now);
                change(stack);
                stack.provider_status.clone_from(&stack.status);
            }
        });
    }

    /// What a stack is by its template, kept for who reads it; of one that cannot be read here, the outputs stay.
    fn follow_template(
        &self,
        stack: &mut Stack,
        spec: &StackSpec,
        template: Option<Template>,
        known: Vec<StackResource>,
        verb: &str,
    ) {
        let now = self.now();
        let mut world = self.world();
        let dry = world.stacks.entry(stack.id.clone()).or_default();
        if let Some(template) = template {
            stack.outputs = template.outputs(stack);
            let resources = template.resources(stack, &known, now);
            if spec.template.is_some() {
                dry.template = Some(template.value(spec, self.is_openstack()));
            }
            dry.resources = Some(resources);
        }
        dry.updating = verb == "UPDATE";
        let resources = dry.resources.clone().unwrap_or_default();
        dry.events.extend(story(stack, verb, &resources, || self.new_id(), now));
    }

    /// Only an update that nobody has waited for is there to be taken back, of a stack that this run has changed.
    fn may_take_back(&self, stack: &Stack, action: &StackAction) -> Result<()> {
        let updating = self.world().stacks.get(&stack.id).is_some_and(|dry| dry.updating);
        let takes_back = matches!(action, StackAction::CancelUpdate | StackAction::Rollback);
        if !takes_back || updating || !self.is_changed(Noun::Stack, &stack.id) {
            return Ok(());
        }
        Err(self.conflict(format!("`{}` is {}: no update is in progress", stack.name, stack.status)))
    }

    /// What the service says that an update would change, a line each.
    async fn show_preview(&self, stack: &Stack, spec: &StackSpec) -> Result<()> {
        let changes = match self.inner.preview_stack(Some(&stack.id), spec).await {
            Ok(changes) => changes,
            // Only the request is shown where the service tells no more; what is wrong with the update, it says itself.
            Err(error) if error.kept || error.kind == Kind::Unsupported => return Ok(()),
            Err(error) => return Err(error),
        };
        for change in changes.iter().filter(|change| change.action != "none") {
            (self.show)(&format!(
                "update_stack {}: {} {} ({})",
                stack.name, change.action, change.resource, change.kind
            ));
        }
        Ok(())
    }

    fn unknown(&self, verb: &str) -> Error {
        Error::new(
            Kind::Unsupported,
            format!("`{verb}` of a stack that this dry run changed cannot be known"),
        )
    }
}

fn stack_of(resource: Resource) -> Option<Stack> {
    match resource {
        Resource::Stack(stack) => Some(Arc::unwrap_or_clone(stack)),
        _ => None,
    }
}
