//! `stack_resources`: what a stack consists of.

use super::{STACK, STACK_ERRORS};
use crate::cloud::{StackResource, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "stack_resources",
    group: Group::Stacks,
    summary: "The resources of a stack and of those nested in it: id, resource, type, status, reason and time.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::ArrayOf(&Ty::Record(StackResource::RECORD)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().stack_resources().map(|r| r.resource)"#,
        gives: "[\"r\"]",
    }],
    errors: STACK_ERRORS,
    see: &["stack_events", "stack"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let stack = call.one(&STACK).await?;
            let cloud = call.host.clouds.get(Some(stack.cloud()))?;
            Ok(Value::Array(
                cloud.stack_resources(stack.id()).await?.iter().map(StackResource::value).collect(),
            ))
        })
    }),
};
