//! What happens in a stack of CloudFormation: its events and resources, following an operation, and drift. Heat's endpoint tells no
//! events: there the resources themselves say what happened last.

use super::Aws;
use super::cloudformation::{event, is_of_heat, stack};
use super::decode::{list, text};
use crate::cloud::{Kind, Result, Stack, StackEvent, StackNews, StackResource, StackTrack, Value};
use crate::provider::stacks::order::in_order;
use crate::provider::stacks::{guard, tracker};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// How deep nested stacks are followed.
const DEPTH: usize = 8;

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

    /// The same with what happened in nested stacks that failed: their events tell what failed first.
    async fn events_down(&self, stack: &Stack) -> Result<Vec<StackEvent>> {
        let mut all = self.events_of(stack).await?;
        if is_of_heat(&stack.id) {
            return Ok(all);
        }
        let mut open = nested_failures(&all, &stack.id);
        for _ in 0..DEPTH {
            let Some(id) = open.pop() else { break };
            // A nested stack that is gone is still known by its id.
            let mut inner = self.every(event::all(&id), "StackEvents", event::decode).await?;
            inner.reverse();
            open.extend(nested_failures(&inner, &id));
            all.extend(inner);
        }
        Ok(in_order(all))
    }

    /// Look how an operation goes.
    pub(super) async fn follow(&self, stack: &Stack, track: &mut StackTrack) -> Result<StackNews> {
        let events = self.events_down(stack).await?;
        let heat = is_of_heat(&stack.id);
        if heat {
            // What is told is the present alone; an operation has begun once the stack says another time.
            let moved = track.mark.as_ref().is_none_or(|mark| *mark != format!("{:?}", stack.updated));
            track.begun |= moved || stack.is_busy();
        }
        let fresh = tracker::take(track, stack, events);
        // Where no event carries a token, what is at rest has been what was asked for.
        track.begun |= !heat && !stack.is_busy() && track.events.iter().all(|event| event.token.is_none());
        Ok(StackNews {
            events: fresh,
            open: tracker::open(track),
            failure: tracker::failure(track, stack),
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

/// The ids of the nested stacks in which something failed.
fn nested_failures(events: &[StackEvent], owner: &str) -> Vec<String> {
    let nested = events.iter().filter(|event| {
        event.kind.as_deref() == Some("AWS::CloudFormation::Stack")
            && event.status.ends_with("_FAILED")
            && event.physical_id.as_deref().is_some_and(|id| id != owner && !id.is_empty())
    });
    let mut ids: Vec<String> = nested.filter_map(|event| event.physical_id.clone()).collect();
    ids.dedup();
    ids
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
