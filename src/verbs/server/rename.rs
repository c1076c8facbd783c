//! `rename`: a new name.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Accepted, ServerUpdate, Ty};
use crate::verbs::argument::Name;
use crate::verbs::run::again;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::required("name", "The new name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rename",
    group: Group::Servers,
    summary: "Give a server another name.",
    forms: &[Form::of(&[SERVER.param(), NAME.param()]).made_of(&["update"])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"rename("web", "www").name"#, gives: "www" }],
    errors: ACTION_ERRORS,
    see: &["update"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let update = ServerUpdate { name: Some(call.get(&NAME)?.0), ..ServerUpdate::default() };
            cloud.update_server(&server.id, &update).await?;
            Ok(again(&call, &cloud, server, Accepted::default()).await?.into())
        })
    }),
};
