//! Events: what happened in a stack.

use super::super::call::Call;
use super::super::decode::{text, time};
use super::stack::call;
use crate::cloud::{Stack, StackEvent, StackResource, Time};
use serde_json::Value as Json;

/// Ask for the events of a stack, newest first.
pub fn all(id: &str) -> Call {
    call("stack.events", "DescribeStackEvents").with("StackName", id)
}

/// An event from its description.
pub fn decode(body: &Json) -> Option<StackEvent> {
    let id = text(body, "StackId")?;
    Some(StackEvent {
        id: text(body, "EventId")?,
        time: time(body, "Timestamp"),
        resource: text(body, "LogicalResourceId")?,
        physical_id: text(body, "PhysicalResourceId"),
        kind: text(body, "ResourceType"),
        status: text(body, "ResourceStatus")?,
        reason: text(body, "ResourceStatusReason"),
        stack: (text(body, "StackName").unwrap_or_default(), id),
        path: Vec::new(),
        token: text(body, "ClientRequestToken"),
    })
}

fn moment(time: Option<Time>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

/// What happened as far as the resources of a stack tell, where no events are to be had: the last thing of each, and of the stack.
pub fn made_up(stack: &Stack, resources: &[StackResource]) -> Vec<StackEvent> {
    let owner = (stack.name.clone(), stack.id.clone());
    let root = StackEvent {
        id: format!("{}:{}:{}", stack.id, stack.provider_status, moment(stack.updated)),
        time: stack.updated.or(stack.created),
        resource: stack.name.clone(),
        physical_id: Some(stack.id.clone()),
        kind: None,
        status: stack.provider_status.clone(),
        reason: stack.reason.clone(),
        stack: owner.clone(),
        path: Vec::new(),
        token: None,
    };
    let mut events: Vec<StackEvent> = resources.iter().map(|one| of_resource(one, &owner)).collect();
    events.push(root);
    events.sort_by_key(|event| event.time);
    events
}

/// The same of a nested stack, of which nothing but its id is known.
pub fn made_up_inside(id: &str, resources: &[StackResource]) -> Vec<StackEvent> {
    let owner = (id.to_string(), id.to_string());
    resources.iter().map(|one| of_resource(one, &owner)).collect()
}

fn of_resource(one: &StackResource, owner: &(String, String)) -> StackEvent {
    StackEvent {
        id: format!("{}/{}:{}:{}", owner.1, one.resource, one.status, moment(one.time)),
        time: one.time,
        resource: one.resource.clone(),
        physical_id: Some(one.id.clone()).filter(|id| !id.is_empty()),
        kind: Some(one.kind.clone()),
        status: one.status.clone(),
        reason: one.reason.clone(),
        stack: owner.clone(),
        path: Vec::new(),
        token: None,
    }
}
