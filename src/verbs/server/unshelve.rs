//! `unshelve`: put a shelved server back on a host.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "unshelve",
    group: Group::Servers,
    summary: "Put a shelved server back on a host.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"shelve("web").wait_status("SHELVED_OFFLOADED").unshelve().wait_active().status"#,
        gives: "ACTIVE",
    }],
    errors: ACTION_ERRORS,
    see: &["shelve"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Unshelve).await
        })
    }),
};
