//! `stop`: power a server off.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FORCE: Key<bool> =
    Key::optional("force", "Cut the power where the provider tells a forced stop apart.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "stop",
    group: Group::Servers,
    summary: "Power a server off.",
    forms: &[Form::with(&[SERVER.param()], &[FORCE.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"stop("web").wait_status("SHUTOFF").status"#, gives: "SHUTOFF" }],
    errors: ACTION_ERRORS,
    see: &["start", "suspend", "shelve"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let force = call.find(&FORCE)?.unwrap_or(false);
            act(&call, server, Action::Stop { force }).await
        })
    }),
};
