//! `resume`: let a suspended server run again.

use super::ACTION_ERRORS;
use crate::cloud::{Action, Resource, StackAction, Ty};
use crate::verbs::run::act;
use crate::verbs::stack::{self, SERVER_OR_STACK};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};
use std::sync::Arc;

/// The declaration.
pub static VERB: Verb = Verb {
    name: "resume",
    group: Group::Servers,
    summary: "Let a suspended server or stack run again.",
    forms: &[Form::of(&[SERVER_OR_STACK.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"suspend("web").wait_status("SUSPENDED").resume().wait_active().status"#,
        gives: "ACTIVE",
    }],
    errors: ACTION_ERRORS,
    see: &["suspend"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.any(&call.get(&SERVER_OR_STACK)?.0, SERVER_OR_STACK.name).await? {
                Resource::Server(server) => act(&call, Arc::unwrap_or_clone(server), Action::Resume).await,
                stack => stack::act_on(&call, stack, StackAction::Resume).await,
            }
        })
    }),
};
