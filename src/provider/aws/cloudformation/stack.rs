//! Stacks: their calls and the noun.

use super::super::call::Call;
use super::super::decode::{int, list, text, time, truth};
use super::super::service::Service;
use crate::cloud::{Stack, StackDeletion, StackResource, StackTags, Time};
use crate::wire::Intent;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A call of CloudFormation.
pub fn call(operation: &'static str, action: &str) -> Call {
    Call::of(operation, Service::CloudFormation, action)
}

/// Ask for every stack.
pub fn all() -> Call {
    call("stack.list", "DescribeStacks")
}

/// Ask for the stack of an id or a name; what is deleted is known by its id alone.
pub fn show(id: &str) -> Call {
    call("stack.show", "DescribeStacks").with("StackName", id)
}

/// Ask for a new stack, or a change of one.
pub fn with(action: &str, operation: &'static str, parts: Map<String, Json>) -> Call {
    let mut call = call(operation, action);
    call.parameters = parts;
    call
}

/// Ask for a deletion.
pub fn delete(id: &str, deletion: &StackDeletion, token: &str) -> Call {
    let retained = match deletion.retain.is_empty() {
        true => Json::Null,
        false => json!(deletion.retain),
    };
    call("stack.delete", "DeleteStack")
        .with("StackName", id)
        .with("RetainResources", retained)
        .with("ClientRequestToken", token)
}

/// Ask for the resources of a stack.
pub fn resources(id: &str) -> Call {
    call("stack.resources", "ListStackResources").with("StackName", id)
}

/// Ask for the template of a stack.
pub fn template(id: &str) -> Call {
    call("stack.template", "GetTemplate").with("StackName", id)
}

/// Ask for what leads an update back; `CancelUpdateStack`, `ContinueUpdateRollback`, `RollbackStack`.
pub fn back(action: &str, id: &str, token: &str) -> Call {
    call("stack.action", action).with("StackName", id).with("ClientRequestToken", token)
}

/// Ask whether the endpoint knows change sets; Heat's does not.
pub fn probe() -> Call {
    call("stack.probe", "ListChangeSets").with("StackName", "rhain-probe")
}

/// Ask for a comparison of a stack with what is there, and how far that is.
pub fn detect_drift(id: &str) -> Call {
    let mut call = call("stack.drift", "DetectStackDrift").with("StackName", id);
    // It changes nothing of the stack's.
    call.intent = Intent::Read;
    call
}

/// See [`detect_drift`].
pub fn drift_status(detection: &str) -> Call {
    call("stack.drift", "DescribeStackDriftDetectionStatus").with("StackDriftDetectionId", detection)
}

/// Ask what differs.
pub fn drifts(id: &str) -> Call {
    call("stack.drift", "DescribeStackResourceDrifts").with("StackName", id)
}

/// A text that is told; Heat writes `None` where there is none.
fn told(object: &Json, key: &str) -> Option<String> {
    text(object, key).filter(|text| text != "None" && text != "No description")
}

/// A stack from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time) -> Option<Stack> {
    let told_status = text(body, "StackStatus")?;
    let status = told_status.clone();
    let pair =
        |one: &Json, key: &str, value: &str| Some((text(one, key)?, text(one, value).unwrap_or_default()));
    let parameters: BTreeMap<String, String> = list(body, "Parameters")
        .iter()
        .filter_map(|one| pair(one, "ParameterKey", "ParameterValue"))
        .collect();
    let outputs = list(body, "Outputs").iter().filter_map(|one| pair(one, "OutputKey", "OutputValue"));
    let tags = list(body, "Tags").iter().filter_map(|one| pair(one, "Key", "Value"));
    let disabled = truth(body, "DisableRollback").or_else(|| Some(text(body, "DisableRollback")? == "True"));
    Some(Stack {
        id: text(body, "StackId")?,
        name: text(body, "StackName")?,
        provider_status: told_status,
        status,
        reason: told(body, "StackStatusReason"),
        description: told(body, "Description"),
        outputs: outputs.map(|(key, value)| (key, Json::from(value))).collect(),
        // What the service itself adds is none of the template's.
        parameters: parameters.into_iter().filter(|(name, _)| !name.contains("::")).collect(),
        tags: StackTags::Pairs(tags.filter(|(key, _)| !key.starts_with("aws:")).collect()),
        timeout: int(body, "TimeoutInMinutes"),
        rollback: disabled.map(|disabled| !disabled),
        parent: told(body, "ParentId"),
        created: time(body, "CreationTime"),
        updated: time(body, "LastUpdatedTime"),
        partial: false,
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

/// A resource from its description.
pub fn resource(body: &Json, stack: &str) -> Option<StackResource> {
    Some(StackResource {
        id: told(body, "PhysicalResourceId").unwrap_or_default(),
        resource: text(body, "LogicalResourceId")?,
        stack: stack.to_string(),
        kind: text(body, "ResourceType").unwrap_or_default(),
        status: text(body, "ResourceStatus").unwrap_or_default(),
        reason: told(body, "ResourceStatusReason"),
        time: time(body, "LastUpdatedTimestamp").or_else(|| time(body, "Timestamp")),
    })
}

/// The id in the answer to a create or an update.
pub fn id(body: &Json) -> Option<String> {
    text(body, "StackId")
}
