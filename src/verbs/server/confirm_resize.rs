//! `confirm_resize`: ends a resize, once the cloud says that it can be ended.

use super::resizing::{Ending, can_be_ended};
use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Span, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const TIMEOUT: Key<Span> = Key::optional("timeout", "How long to wait until it can be ended; 10m.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "confirm_resize",
    group: Group::Servers,
    summary: "Keep the new flavor of a resized server; waits first until that can be said.",
    forms: &[Form::of(&[SERVER.param(), TIMEOUT.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"resize("web", "m1.small").confirm_resize().wait_active().flavor"#,
        gives: "m1.small",
    }],
    errors: ACTION_ERRORS,
    see: &["resize", "revert_resize"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            match can_be_ended(&call, server, call.find(&TIMEOUT)?).await? {
                Ending::Open(server) => act(&call, server, Action::ConfirmResize).await,
                Ending::Confirmed(server) => {
                    call.host.settled(&server.cloud, &server.id);
                    Ok(server.into())
                }
            }
        })
    }),
};
