//! `lock`: guard a server against changes by its own project.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "lock",
    group: Group::Servers,
    summary: "Guard a server against changes by its own project.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"lock("web").raw.id == server("web").id"#, gives: "true" }],
    errors: ACTION_ERRORS,
    see: &["unlock"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Lock).await
        })
    }),
};
