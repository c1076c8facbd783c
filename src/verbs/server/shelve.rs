//! `shelve`: take a server off its host and keep it, its addresses and its volumes.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "shelve",
    group: Group::Servers,
    summary: "Take a server off its host and keep it, its addresses and its volumes.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"shelve("web").wait_status(["SHELVED", "SHELVED_OFFLOADED"]).task"#,
        gives: "",
    }],
    errors: ACTION_ERRORS,
    see: &["unshelve"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Shelve).await
        })
    }),
};
