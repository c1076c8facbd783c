//! `revert_resize`: ends a resize, once the cloud says that it can be ended.

use super::resizing::{Ending, can_be_ended};
use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Error, Kind, Span, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const TIMEOUT: Key<Span> = Key::optional("timeout", "How long to wait until it can be ended; 10m.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "revert_resize",
    group: Group::Servers,
    summary: "Go back to the flavor before a resize; waits first until that can be said.",
    forms: &[Form::of(&[SERVER.param(), TIMEOUT.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"resize("web", "m1.small").revert_resize().wait_active().flavor"#,
        gives: "m1.tiny",
    }],
    errors: ACTION_ERRORS,
    see: &["resize", "confirm_resize"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            match can_be_ended(&call, server, call.find(&TIMEOUT)?).await? {
                Ending::Open(server) => act(&call, server, Action::RevertResize).await,
                Ending::Confirmed(server) => {
                    let message =
                        format!("the resize of `{}` is confirmed already, by the cloud", server.name);
                    let help = format!("call `resize(\"{}\", flavor)` with the former flavor", server.name);
                    Err(Error::new(Kind::Conflict, message).coded("cloud::conflict").help(help))
                }
            }
        })
    }),
};
