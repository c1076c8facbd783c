//! `update`: what a server is called and described by.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Accepted, Error, Kind, ServerUpdate, Ty};
use crate::verbs::argument::Name;
use crate::verbs::run::again;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::optional("name", "A new name.");
const DESCRIPTION: Key<String> = Key::optional("description", "A new description.");
const ACCESS_IPV4: Key<String> =
    Key::optional("access_ipv4", "The address shown as its IPv4 access address; \"\" clears it.");
const ACCESS_IPV6: Key<String> =
    Key::optional("access_ipv6", "The address shown as its IPv6 access address; \"\" clears it.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "update",
    group: Group::Servers,
    summary: "Change a server's name, description or access addresses.",
    forms: &[Form::with(
        &[SERVER.param()],
        &[NAME.param(), DESCRIPTION.param(), ACCESS_IPV4.param(), ACCESS_IPV6.param()],
    )],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"update("web", #{ name: "front" }).name"#, gives: "front" }],
    errors: ACTION_ERRORS,
    see: &["rename", "set_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let update = ServerUpdate {
                name: call.find(&NAME)?.map(|name| name.0),
                description: call.find(&DESCRIPTION)?,
                access_ipv4: call.find(&ACCESS_IPV4)?,
                access_ipv6: call.find(&ACCESS_IPV6)?,
            };
            if update == ServerUpdate::default() {
                return Err(Error::new(Kind::InvalidArgument, "`update` is given nothing to change")
                    .coded("call::missing_argument")
                    .help("give one of: name, description, access_ipv4, access_ipv6"));
            }
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            cloud.update_server(&server.id, &update).await?;
            Ok(again(&call, &cloud, server, Accepted::default()).await?.into())
        })
    }),
};
