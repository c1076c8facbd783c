//! `update`: what a server or a port is called and described by.

use super::ACTION_ERRORS;
use crate::cloud::{Accepted, Error, Kind, NameUpdate, Noun, Resource, Result, ServerUpdate, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Name, Reference, one_of};
use crate::verbs::call::Call;
use crate::verbs::run::{again, reread};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// What can be renamed and updated; text names a server.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Updated(pub(super) Reference);

impl Updated {
    const NOUNS: &'static [Noun] = &[Noun::Server, Noun::Port];
}

impl Argument for Updated {
    const TY: Ty = Ty::AnyRef(Updated::NOUNS);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const WHAT: &str = "a server, its id or its name, or a port (text names a server: write port(\"…\"))";
        one_of(value, Updated::NOUNS, WHAT).map(Updated)
    }
}

/// What is renamed or updated.
pub(super) const SUBJECT: Key<Updated> =
    Key::required("resource", "A server, its id or unique name, or a port, or an array of them.");

const NAME: Key<Name> = Key::optional("name", "A new name.");
const DESCRIPTION: Key<String> = Key::optional("description", "A new description.");
const ACCESS_IPV4: Key<String> = Key::optional(
    "access_ipv4",
    "Of a server: the address shown as its IPv4 access address; \"\" clears it.",
);
const ACCESS_IPV6: Key<String> = Key::optional(
    "access_ipv6",
    "Of a server: the address shown as its IPv6 access address; \"\" clears it.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "update",
    group: Group::Servers,
    summary: "Change the name or description of a server or a port, or a server's access addresses.",
    forms: &[Form::with(
        &[SUBJECT.param()],
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
            apply(&call, update).await
        })
    }),
};

/// Change what the call is about, and give it as the cloud then describes it.
pub(super) async fn apply(call: &Call, update: ServerUpdate) -> Result<Value> {
    let resource = call.any(&call.get(&SUBJECT)?.0, SUBJECT.name).await?;
    let cloud = call.host.clouds.get(Some(resource.cloud()))?;
    if let Resource::Server(server) = resource {
        cloud.update_server(&server.id, &update).await?;
        let server = std::sync::Arc::unwrap_or_clone(server);
        return Ok(again(call, &cloud, server, Accepted::default()).await?.into());
    }
    for (key, given) in [(ACCESS_IPV4, &update.access_ipv4), (ACCESS_IPV6, &update.access_ipv6)] {
        if given.is_some() {
            let what = resource.noun().with_article();
            return Err(Error::new(Kind::InvalidArgument, format!("{what} has no `{}`", key.name))
                .coded("call::invalid_argument")
                .help("give one of: name, description")
                .at(call.place(key.name), "of a server alone"));
        }
    }
    let names = NameUpdate { name: update.name, description: update.description };
    cloud.update_port(resource.id(), &names).await?;
    reread(call, &cloud, resource, SUBJECT.name).await
}
