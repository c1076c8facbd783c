//! What happens in a stack: its events and resources, and following an operation.

use super::OpenStack;
use super::decode::{list, text};
use super::heat::template::{is_template, types};
use super::heat::{Identity, action, event, resource, stack};
use crate::cloud::{Error, Kind, Result, Stack, StackEvent, StackNews, StackResource, StackTrack};
use crate::provider::stacks::order::in_order;
use crate::provider::stacks::{guard, tracker, under_way};
use serde_json::Value as Json;
use std::collections::HashSet;

/// The most pages of events of one stack.
const PAGES: usize = 1000;

/// How often the types of resources are asked for in one wait; what comes later is told without.
const ASKED: u32 = 6;

impl OpenStack {
    /// Every event of a stack and of those nested in it, oldest first. Heat tells nothing at all of a stack whose nested ones are
    /// gone when it is asked for those too: then the stack's own are asked for.
    pub(super) async fn events_of(&self, identity: &Identity) -> Result<Vec<StackEvent>> {
        let all = self.pages_of_events(identity, true).await?;
        match all.is_empty() {
            true => self.pages_of_events(identity, false).await,
            false => Ok(all),
        }
    }

    async fn pages_of_events(&self, identity: &Identity, nested: bool) -> Result<Vec<StackEvent>> {
        let (mut all, mut seen): (Vec<StackEvent>, HashSet<String>) = (Vec::new(), HashSet::new());
        for _ in 0..PAGES {
            let last = all.last().map(|event: &StackEvent| event.id.clone());
            let call = event::page(identity, nested, last.as_deref());
            let check = |body: &Json| match event::decode(body) {
                Some(_) => Ok(()),
                None => Err("it lists no events".to_string()),
            };
            let (_, body) = self.whole(&call, check).await?;
            let page = event::decode(&body).unwrap_or_default();
            let (held, before) = (page.len(), all.len());
            all.extend(page.into_iter().filter(|event| seen.insert(event.id.clone())));
            // A marker that Heat does not know gives the first page again.
            if held < 1000 || all.len() == before {
                break;
            }
        }
        Ok(in_order(all))
    }

    /// The id of the newest event of a stack, behind which an operation begins.
    pub(super) async fn last_event(&self, identity: &Identity) -> Result<Option<String>> {
        let body = self.json(&event::last(identity)).await?;
        Ok(event::decode(&body).unwrap_or_default().first().map(|event| event.id.clone()))
    }

    /// The resources of a stack and of those nested in it.
    pub(super) async fn resources_of(&self, identity: &Identity) -> Result<Vec<StackResource>> {
        let check = |body: &Json| match resource::decode(body) {
            Some(_) => Ok(()),
            None => Err("it lists no resources".to_string()),
        };
        let (_, body) = self.whole(&resource::all(identity), check).await?;
        Ok(resource::decode(&body).unwrap_or_default())
    }

    /// Look how an operation goes.
    pub(super) async fn follow(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        let identity = Identity { name: stack.name.clone(), id: stack.id.clone() };
        let events = self.events_of(&identity).await?;
        let mut fresh = tracker::take(track, stack, events);
        let unknown = |event: &StackEvent| {
            let key = (event.stack.0.clone(), event.resource.clone());
            event.kind.is_none() && !event.is_of_stack() && !track.kinds.contains_key(&key)
        };
        if track.asked_kinds < ASKED && track.events.iter().any(unknown) {
            track.asked_kinds += 1;
            // What they are is told beside what happened: a stack that is all but gone has none to tell.
            for one in self.resources_of(&identity).await.unwrap_or_default() {
                track.kinds.insert((one.stack, one.resource), one.kind);
            }
        }
        self.types_of_templates(stack, &identity, track).await;
        self.kind_of_failure(track).await;
        for event in fresh.iter_mut().filter(|event| !event.is_of_stack()) {
            let key = (event.stack.0.clone(), event.resource.clone());
            event.kind = event.kind.take().or_else(|| track.kinds.get(&key).cloned());
        }
        Ok(StackNews {
            events: fresh,
            open: under_way::open(track),
            failure: tracker::failure(track, stack),
            stopped: tracker::stopped(track, stack),
            help: help(stack, track),
        })
    }

    /// The types of what nested templates hold, by their ways, for a rollback takes templates and events along: those of this
    /// run's own request, or else read once while the stack is under way.
    async fn types_of_templates(&self, stack: &Stack, identity: &Identity, track: &mut StackTrack) {
        if !track.types.is_empty() {
            return;
        }
        if let Some(known) = self.stack_types.lock().await.get(&stack.id) {
            track.types.clone_from(known);
            return;
        }
        if !stack.is_busy() || !track.kinds.values().any(|kind| is_template(kind)) {
            return;
        }
        let Ok(template) = self.json(&stack::template(identity)).await else { return };
        let Ok(files) = self.json(&stack::files(identity)).await else { return };
        track.types = types(template, |name| text(&files, name));
    }

    /// The type of what failed, of its event, where the resource is gone already.
    async fn kind_of_failure(&self, track: &mut StackTrack) {
        let Some(failure) = track.failure.clone().filter(|failure| failure.kind.is_none()) else { return };
        let event = track
            .events
            .iter()
            .find(|event| event.place() == failure.place && event.status.ends_with("_FAILED"));
        let Some(event) = event.cloned() else { return };
        let key = (event.stack.0.clone(), event.resource.clone());
        if track.kinds.contains_key(&key) {
            return;
        }
        if let Ok(body) = self.json(&event::show(&event)).await
            && let Some(kind) = event::kind(&body)
        {
            track.kinds.insert(key, kind);
        }
    }

    /// The snapshots of a stack, oldest first.
    pub(super) async fn snapshots_of(&self, identity: &Identity) -> Result<Vec<Json>> {
        let body = self.json(&action::snapshots(identity)).await?;
        let mut all = list(&body, "snapshots").cloned().unwrap_or_default();
        all.sort_by_key(|one| one.get("creation_time").map(Json::to_string));
        Ok(all)
    }

    /// The id of the snapshot that a script names.
    pub(super) async fn snapshot_named(&self, identity: &Identity, wanted: &str) -> Result<String> {
        let body = self.json(&action::snapshots(identity)).await?;
        action::named(&body, wanted).ok_or_else(|| {
            let message = format!("`{}` has no snapshot `{wanted}`", identity.name);
            self.own(
                Error::new(Kind::NotFound, message)
                    .coded("cloud::not_found")
                    .help("give what `snapshot(stack, name)` gave, its id or its name"),
            )
        })
    }

    /// There is nothing that a rollback would undo.
    pub(super) fn no_rollback(&self, stack: &Stack) -> Error {
        let message = format!(
            "`{}` is {}: Heat rolls back an update only while it is in progress",
            stack.name, stack.status
        );
        guard::conflict(message)
            .help("update it with the former template: `update_stack(x, #{ template: … })`")
    }
}

/// What to do about a stack that ended badly.
fn help(stack: &Stack, track: &StackTrack) -> Option<String> {
    let failure = tracker::failure(track, stack);
    let words = failure.map(|failure| failure.reason.to_ascii_lowercase()).unwrap_or_default();
    if words.contains("401") || words.contains("requires authentication") || words.contains("unauthorized") {
        return Some(
            "the service's own login for the stack has ended: let Heat use trusts \
             (`reauthentication_auth_method = trusts` in heat.conf), or update the stack with a new login"
                .to_string(),
        );
    }
    guard::way_out(stack, false)
}
