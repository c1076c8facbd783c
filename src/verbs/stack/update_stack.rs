//! `update_stack`: change a stack; what is not given is kept.

use super::spec::{self, OPTIONS};
use super::{STACK, STACK_ERRORS, asked};
use crate::cloud::{Result, Ty, Value};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "update_stack",
    group: Group::Stacks,
    summary: "Ask for a change of a stack; template, parameters, tags, timeout and rollback that are not given are kept.",
    forms: &[Form::with(&[STACK.param()], OPTIONS)],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().update_stack(#{ tags: ["blue"] }).wait_ready().status"#,
        gives: "UPDATE_COMPLETE",
    }],
    errors: STACK_ERRORS,
    see: &["preview_stack", "wait_ready", "cancel_update", "rollback_stack"],
    run: Run::Each(|call| Box::pin(update(call))),
};

async fn update(call: Call) -> Result<Value> {
    let stack = call.one(&STACK).await?;
    let spec = spec::of(&call, stack.name())?;
    let cloud = call.host.clouds.get(Some(stack.cloud()))?;
    let accepted = cloud.update_stack(stack.id(), &spec).await?;
    Ok(asked(&call, stack, accepted))
}
