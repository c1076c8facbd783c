//! `start`: power a server on.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "start",
    group: Group::Servers,
    summary: "Power a server on.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"start(stop("web").wait_status("SHUTOFF")).wait_active().status"#,
        gives: "ACTIVE",
    }],
    errors: ACTION_ERRORS,
    see: &["stop", "wait_active"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Start).await
        })
    }),
};
