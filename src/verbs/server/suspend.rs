//! `suspend`: write a server's memory to disk and power it off.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "suspend",
    group: Group::Servers,
    summary: "Write a server's memory to disk and power it off.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"suspend("web").wait_status("SUSPENDED").status"#, gives: "SUSPENDED" }],
    errors: ACTION_ERRORS,
    see: &["resume", "pause"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Suspend).await
        })
    }),
};
