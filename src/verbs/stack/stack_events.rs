//! `stack_events`: what happened in a stack.

use super::{STACK, STACK_ERRORS};
use crate::cloud::{StackEvent, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "stack_events",
    group: Group::Stacks,
    summary: "What happened in a stack and in those nested in it, oldest first: time, resource, type, status and reason. Heat's CloudFormation endpoint tells none: there the present state of each resource stands for its events.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::ArrayOf(&Ty::Record(StackEvent::RECORD)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().stack_events()[0].status"#,
        gives: "CREATE_IN_PROGRESS",
    }],
    errors: STACK_ERRORS,
    see: &["stack_resources", "wait_ready"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let stack = call.one(&STACK).await?;
            let cloud = call.host.clouds.get(Some(stack.cloud()))?;
            Ok(Value::Array(cloud.stack_events(stack.id()).await?.iter().map(StackEvent::value).collect()))
        })
    }),
};
