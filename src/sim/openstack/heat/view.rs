//! A stack as Heat shows it.

use serde_json::{Map, Value, json as v};

use super::entry::address;
use super::refuse::told;
use super::{Call, time};
use crate::world::World;
use crate::world::stack::{Failing, Form, Stack, Told};

/// The name of who made it.
pub(super) fn owner(world: &World, stack: &Stack) -> String {
    world.user(&stack.user).map(|user| user.name.clone()).unwrap_or_default()
}

pub(super) fn links(call: &Call<'_>, stack: &Stack) -> Value {
    v!([{"href": address(call, stack), "rel": "self"}])
}

/// The parameters as text, those that every stack has before the others.
pub(super) fn parameters(stack: &Stack) -> Map<String, Value> {
    let mut rows: Vec<(String, String)> = match stack.definition.template.form {
        Form::Hot => vec![
            ("OS::stack_id".into(), stack.id.clone()),
            ("OS::project_id".into(), stack.project.clone()),
            ("OS::stack_name".into(), stack.name.clone()),
        ],
        _ => vec![
            ("AWS::StackId".into(), stack.arn()),
            ("AWS::StackName".into(), stack.name.clone()),
            ("AWS::Region".into(), "ap-southeast-1".into()),
        ],
    };
    rows.extend(stack.definition.shown());
    rows.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// An output, with its value.
pub(super) fn output(output: &Told) -> Value {
    let description = output.description.clone().unwrap_or_else(|| "No description given".to_owned());
    let mut row = v!({"output_key": output.name, "description": description, "output_value": output.value});
    if let Some(flaw) = &output.flaw {
        row["output_error"] = told(flaw).2.into();
    }
    row
}

fn description(stack: &Stack) -> String {
    stack.definition.template.description.clone().unwrap_or_else(|| "No description".to_owned())
}

/// The whole of a stack.
pub(super) fn full(world: &World, call: &Call<'_>, stack: &Stack, with_outputs: bool) -> Value {
    let mut row = v!({
        "stack_name": stack.name, "id": stack.id, "links": links(call, stack),
        "creation_time": time::second(stack.created),
        "updated_time": stack.updated.map(time::second), "deletion_time": stack.deleted.map(time::second),
        "notification_topics": [], "parameters": parameters(stack),
        "description": description(stack), "template_description": description(stack), "capabilities": [],
        "disable_rollback": stack.failing != Failing::RollBack, "timeout_mins": stack.timeout_mins,
        "stack_owner": owner(world, stack), "parent": stack.parent.as_ref().map(|(id, _)| id),
        "stack_user_project_id": stack.user_project, "tags": stack.tags.clone().unwrap_or_default(),
        "stack_status": stack.state(), "stack_status_reason": stack.reason,
    });
    if with_outputs && !stack.is_gone() {
        row["outputs"] = world.outputs(stack).iter().map(output).collect();
    }
    row
}

/// A stack in a list.
pub(super) fn brief(world: &World, call: &Call<'_>, stack: &Stack) -> Value {
    let description = stack.definition.template.description.clone().unwrap_or_default();
    v!({
        "id": stack.id, "links": links(call, stack), "stack_name": stack.name, "description": description,
        "stack_status": stack.state(), "stack_status_reason": stack.reason,
        "creation_time": time::second(stack.created),
        "updated_time": stack.updated.map(time::second), "deletion_time": stack.deleted.map(time::second),
        "stack_owner": owner(world, stack), "parent": stack.parent.as_ref().map(|(id, _)| id),
        "stack_user_project_id": stack.user_project, "tags": stack.tags.clone().filter(|tags| !tags.is_empty()),
    })
}
