//! `reboot`: soft asks the guest, hard cuts the power.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::argument::RebootKind;
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const HOW: Key<RebootKind> =
    Key::optional("how", "\"soft\" asks the guest to restart (the default), \"hard\" cuts the power.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "reboot",
    group: Group::Servers,
    summary: "Restart a server.",
    forms: &[Form::of(&[SERVER.param(), HOW.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"reboot("web", "hard").wait_active().status"#, gives: "ACTIVE" }],
    errors: ACTION_ERRORS,
    see: &["stop", "start", "wait_active"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let hard = call.find(&HOW)?.is_some_and(|how| how.hard);
            act(&call, server, Action::Reboot { hard }).await
        })
    }),
};
