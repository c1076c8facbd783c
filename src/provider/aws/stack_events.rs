//! What happens in a stack of CloudFormation: its events and resources, following an operation, and drift. Heat's endpoint tells no
//! events: there the resources themselves say what happened last.

use super::Aws;
use super::cloudformation::{event, is_of_heat, stack};
use super::decode::{list, text};
use super::page::is_absent;
use crate::cloud::{Kind, Result, Stack, StackEvent, StackNews, StackResource, StackTrack, Value};
use crate::provider::stacks::order::in_order;
use crate::provider::stacks::{guard, tracker, under_way};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Of how many nested stacks events are asked for at one look.
const NESTED: usize = 16;

/// How long a detection of drift is waited for, and how often it is looked at.
const DETECTION: Duration = Duration::from_secs(600);
const EVERY: Duration = Duration::from_secs(2);

impl Aws {
    /// The resources of a stack.
    pub(super) async fn resources_of(&self, stack: &Stack) -> Result<Vec<StackResource>> {
        let decode = |body: &Json| stack::resource(body, &stack.name);
        self.every(stack::resources(&stack.id), "StackResourceSummaries", decode).await
    }

    /// Everything that happened in a stack, oldest first.
    pub(super) async fn events_of(&self, stack: &Stack) -> Result<Vec<StackEvent>> {
        if is_of_heat(&stack.id) {
            return Ok(event::made_up(stack, &self.resources_of(stack).await?));
        }
        let mut events = self.every(event::all(&stack.id), "StackEvents", event::decode).await?;
        events.reverse();
        events.sort_by_key(|event| event.time);
        Ok(events)
    }

    /// The same with what happened in nested stacks since the operation began; what has ended is read once.
    async fn events_down(&self, stack: &Stack, track: &mut StackTrack) -> Result<Vec<StackEvent>> {
        let mut all = self.events_of(stack).await?;
        let mut open = nested(&all, &stack.id);
        for _ in 0..NESTED {
            let Some(one) = next_of(&mut open, &track.read) else { break };
            let inner = self.events_inside(stack, &one.id).await?;
            open.extend(nested(&inner, &one.id));
            all.extend(inner);
            if one.ended {
                track.read.insert(one.event);
            }
        }
        Ok(in_order(all))
    }

    /// What happened in a nested stack; one that is gone is still known by its id.
    async fn events_inside(&self, around: &Stack, id: &str) -> Result<Vec<StackEvent>> {
        if is_of_heat(&around.id) {
            let decode = |body: &Json| stack::resource(body, id);
            return match self.every(stack::resources(id), "StackResourceSummaries", decode).await {
                Ok(resources) => Ok(event::made_up_inside(id, &resources)),
                Err(error) if is_absent(&error) => Ok(Vec::new()),
                Err(error) => Err(error),
            };
        }
        let mut inner = self.every(event::all(id), "StackEvents", event::decode).await?;
        inner.reverse();
        Ok(inner)
    }

    /// Look how an operation goes.
    pub(super) async fn follow(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        let events = self.events_down(stack, track).await?;
        let heat = is_of_heat(&stack.id);
        if heat {
            // What is told is the present alone; an operation has begun once the stack says another time.
            let moved = track.mark.as_ref().is_none_or(|mark| *mark != format!("{:?}", stack.updated));
            track.begun |= moved || stack.is_busy();
            if let Some(known) =
                self.stack_types.lock().await.get(&stack.id).filter(|_| track.types.is_empty())
            {
                track.types.clone_from(known);
            }
        }
        let fresh = tracker::take(track, stack, events);
        // Where no event carries a token, what is at rest has been what was asked for.
        track.begun |= !heat && !stack.is_busy() && track.events.iter().all(|event| event.token.is_none());
        let (mut failure, mut stopped) = (tracker::failure(track, stack), tracker::stopped(track, stack));
        if heat && stack.status.ends_with("ROLLBACK_FAILED") {
            // What is told is the present: what failed before the rollback is gone.
            stopped = failure.take();
        }
        Ok(StackNews {
            events: fresh,
            open: under_way::open(track),
            failure,
            stopped,
            help: guard::way_out(stack, !heat),
        })
    }

    /// What differs between a stack and its resources.
    pub(super) async fn drift_of(&self, stack: &Stack) -> Result<Value> {
        let begun = self.ask(&stack::detect_drift(&stack.id)).await?;
        let Some(detection) = text(&begun, "StackDriftDetectionId") else {
            return Err(self.lacking("DetectStackDrift", "StackDriftDetectionId"));
        };
        let until = self.clock.elapsed().saturating_add(DETECTION);
        let status = loop {
            let told = self.ask(&stack::drift_status(&detection)).await?;
            match text(&told, "DetectionStatus").as_deref() {
                Some("DETECTION_IN_PROGRESS") if self.clock.elapsed() < until => {
                    self.clock.sleep(EVERY).await
                }
                Some("DETECTION_COMPLETE") => break text(&told, "StackDriftStatus").unwrap_or_default(),
                other => {
                    let words = text(&told, "DetectionStatusReason").unwrap_or_default();
                    let message = format!(
                        "the drift of `{}` is not known: {}",
                        stack.name,
                        other.unwrap_or("no status")
                    );
                    return Err(self.session.error(Kind::Failed, message).answer(words));
                }
            }
        };
        let drifts =
            self.every(stack::drifts(&stack.id), "StackResourceDrifts", |one| Some(drift(one))).await?;
        let fields =
            [("status".to_string(), Value::text(status)), ("resources".to_string(), Value::Array(drifts))];
        Ok(Value::Map(BTreeMap::from(fields)))
    }
}

/// A nested stack, as the events of the one around it tell.
struct Nested {
    id: String,
    /// The last event of it, and whether it has come to an end.
    event: String,
    ended: bool,
    /// Whether it failed, and not only for another's sake.
    failed: bool,
}

/// Whether a resource of this type is a stack of its own.
fn nests(kind: &str) -> bool {
    const KINDS: [&str; 4] = [
        "AWS::CloudFormation::Stack",
        "OS::Heat::Stack",
        "OS::Heat::ResourceGroup",
        "OS::Heat::ResourceChain",
    ];
    KINDS.contains(&kind) || kind.ends_with(".yaml") || kind.ends_with(".template")
}

/// The nested stacks that something happened to since the last operation of the stack around them began.
fn nested(events: &[StackEvent], owner: &str) -> Vec<Nested> {
    let begins = |event: &StackEvent| {
        event.is_of_stack() && event.status.ends_with("_IN_PROGRESS") && !event.status.contains("ROLLBACK")
    };
    let from = events.iter().rposition(begins).unwrap_or(0);
    let mut all: Vec<Nested> = Vec::new();
    for event in &events[from..] {
        let id = event.physical_id.as_deref().filter(|id| !id.is_empty() && *id != owner);
        let Some(id) = id.filter(|_| event.kind.as_deref().is_some_and(nests)) else { continue };
        let failed = event.status.ends_with("_FAILED") && !tracker::is_cancelled(event);
        let (last, ended) = (event.id.clone(), tracker::is_end(&event.status));
        match all.iter_mut().find(|one| one.id == id) {
            Some(one) => {
                (one.event, one.ended) = (last, ended);
                one.failed |= failed;
            }
            None => all.push(Nested { id: id.to_string(), event: last, ended, failed }),
        }
    }
    all
}

/// The one to be read next: the first that failed, or else the first that was not read since it ended.
fn next_of(open: &mut Vec<Nested>, read: &HashSet<String>) -> Option<Nested> {
    open.retain(|one| !(one.ended && read.contains(&one.event)));
    let at = open.iter().position(|one| one.failed).unwrap_or(0);
    (at < open.len()).then(|| open.remove(at))
}

/// A resource's drift as scripts read it.
fn drift(told: &Json) -> Value {
    let field = |key: &str| Value::optional_text(text(told, key).as_deref());
    let differences = list(told, "PropertyDifferences").iter().map(Value::from_json).collect();
    let fields = [
        ("resource", field("LogicalResourceId")),
        ("type", field("ResourceType")),
        ("id", field("PhysicalResourceId")),
        ("status", field("StackResourceDriftStatus")),
        ("differences", Value::Array(differences)),
    ];
    Value::Map(fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
}
