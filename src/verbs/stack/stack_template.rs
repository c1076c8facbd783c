//! `stack_template`: the template that a stack was made from.

use super::{STACK, STACK_ERRORS};
use crate::cloud::Ty;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "stack_template",
    group: Group::Stacks,
    summary: "The template of a stack: a map, or text where the service keeps it as it was written.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::Any,
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().stack_template().resources.r.type"#,
        gives: "OS::Heat::None",
    }],
    errors: STACK_ERRORS,
    see: &["stack_resources", "update_stack"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let stack = call.one(&STACK).await?;
            let cloud = call.host.clouds.get(Some(stack.cloud()))?;
            cloud.stack_template(stack.id()).await
        })
    }),
};
