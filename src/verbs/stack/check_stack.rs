//! `check_stack`: compare a stack with what is there.

use super::{STACK, STACK_ERRORS, act};
use crate::cloud::{StackAction, Ty};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "check_stack",
    group: Group::Stacks,
    summary: "Ask the service whether the resources of a stack are still there and well.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().check_stack().wait_ready().status"#,
        gives: "CHECK_COMPLETE",
    }],
    errors: STACK_ERRORS,
    see: &["stack_drift", "stack_resources"],
    run: Run::Each(|call| Box::pin(async move { act(&call, StackAction::Check).await })),
};
