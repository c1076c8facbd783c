//! `suspend`: write a server's memory to disk and power it off.

use super::ACTION_ERRORS;
use crate::cloud::{Action, Resource, StackAction, Ty};
use crate::verbs::run::act;
use crate::verbs::stack::{self, SERVER_OR_STACK};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};
use std::sync::Arc;

/// The declaration.
pub static VERB: Verb = Verb {
    name: "suspend",
    group: Group::Servers,
    summary: "Write a server's memory to disk and power it off; of a stack, suspend what is in it.",
    forms: &[Form::of(&[SERVER_OR_STACK.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"suspend("web").wait_status("SUSPENDED").status"#, gives: "SUSPENDED" }],
    errors: ACTION_ERRORS,
    see: &["resume", "pause"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.any(&call.get(&SERVER_OR_STACK)?.0, SERVER_OR_STACK.name).await? {
                Resource::Server(server) => act(&call, Arc::unwrap_or_clone(server), Action::Suspend).await,
                stack => stack::act_on(&call, stack, StackAction::Suspend).await,
            }
        })
    }),
};
