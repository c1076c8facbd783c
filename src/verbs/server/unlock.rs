//! `unlock`: let a locked server be changed again.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "unlock",
    group: Group::Servers,
    summary: "Let a locked server be changed again.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"lock("web").unlock().name"#, gives: "web" }],
    errors: ACTION_ERRORS,
    see: &["lock"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Unlock).await
        })
    }),
};
