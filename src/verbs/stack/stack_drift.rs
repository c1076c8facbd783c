//! `stack_drift`: what was changed behind the template.

use super::{STACK, STACK_ERRORS};
use crate::cloud::Ty;
use crate::verbs::verb::{Effect, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "stack_drift",
    group: Group::Stacks,
    summary: "What differs between a stack and the resources that are there: #{ status, resources }.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::MapOf(&Ty::Any),
    effect: Effect::Reads,
    examples: &[],
    errors: STACK_ERRORS,
    see: &["check_stack", "stack_resources"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let stack = call.one(&STACK).await?;
            let cloud = call.host.clouds.get(Some(stack.cloud()))?;
            cloud.stack_drift(stack.id()).await
        })
    }),
};
