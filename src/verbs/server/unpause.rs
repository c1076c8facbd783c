//! `unpause`: let a paused server run again.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "unpause",
    group: Group::Servers,
    summary: "Let a paused server run again.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"pause("web").wait_status("PAUSED").unpause().wait_active().status"#,
        gives: "ACTIVE",
    }],
    errors: ACTION_ERRORS,
    see: &["pause"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Unpause).await
        })
    }),
};
