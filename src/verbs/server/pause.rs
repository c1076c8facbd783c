//! `pause`: freeze a server in memory.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "pause",
    group: Group::Servers,
    summary: "Freeze a server in memory.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"pause("web").wait_status("PAUSED").status"#, gives: "PAUSED" }],
    errors: ACTION_ERRORS,
    see: &["unpause", "suspend"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Pause).await
        })
    }),
};
