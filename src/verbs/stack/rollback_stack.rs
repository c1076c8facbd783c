//! `rollback_stack`: take back an update.

use super::{STACK, STACK_ERRORS, act};
use crate::cloud::{StackAction, Ty};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rollback_stack",
    group: Group::Stacks,
    summary: "Cancel an update in progress, or undo the last failed one; it never deletes a stack.",
    forms: &[Form::of(&[STACK.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let s = create_stack("app", #{ template: "heat_template_version: rocky" }).wait_ready(); try { rollback_stack(s); } catch (e) { print(e.kind); }"#,
        gives: "",
    }],
    errors: STACK_ERRORS,
    see: &["cancel_update", "update_stack"],
    run: Run::Each(|call| Box::pin(async move { act(&call, StackAction::Rollback).await })),
};
