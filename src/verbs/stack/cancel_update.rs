//! `cancel_update`: end an update that is in progress.

use super::{STACK, STACK_ERRORS, act};
use crate::cloud::{StackAction, Ty};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "cancel_update",
    group: Group::Stacks,
    summary: "Cancel the update of a stack that is in progress; what it did is rolled back.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let s = create_stack("app", #{ template: "heat_template_version: rocky" }).wait_ready(); try { cancel_update(s); } catch (e) { print(e.kind); }"#,
        gives: "",
    }],
    errors: STACK_ERRORS,
    see: &["rollback_stack", "update_stack"],
    run: Run::Each(|call| Box::pin(async move { act(&call, StackAction::CancelUpdate).await })),
};
