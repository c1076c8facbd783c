//! `migrate`: to another host; a cold one is then confirmed or reverted, as a resize is.

use super::SERVER;
use crate::cloud::{Action, Kind, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const LIVE: Key<bool> =
    Key::optional("live", "Move it while it runs; without it, it is stopped for the way and started again.");
const HOST: Key<String> = Key::optional("host", "The host to go to; the cloud chooses one otherwise.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "migrate",
    group: Group::Servers,
    summary: "Move a server to another host, which takes an administrator. Confirm or revert it like a resize, a live one excepted.",
    forms: &[Form::with(&[SERVER.param()], &[LIVE.param(), HOST.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"cloud().supports("migrate")"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::Forbidden, Kind::InvalidArgument, Kind::Unsupported],
    see: &["confirm_resize", "revert_resize", "resize"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let action =
                Action::Migrate { live: call.find(&LIVE)?.unwrap_or(false), host: call.find(&HOST)? };
            let server = call.server(&SERVER).await?;
            act(&call, server, action).await
        })
    }),
};
