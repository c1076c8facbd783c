//! `unrescue`: boot a rescued server from its own disk again.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "unrescue",
    group: Group::Servers,
    summary: "Boot a rescued server from its own disk again.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"rescue("web").wait_status("RESCUE").unrescue().wait_active().status"#,
        gives: "ACTIVE",
    }],
    errors: ACTION_ERRORS,
    see: &["rescue"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            act(&call, server, Action::Unrescue).await
        })
    }),
};
