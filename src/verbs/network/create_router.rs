//! `create_router`: a router between networks, and to one outside.

use crate::cloud::{Kind, Network, Noun, RouterSpec, Ty, Value};
use crate::verbs::argument::{Name, Ref};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// The router's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
/// The network outside.
pub const EXTERNAL: Key<Ref<Network>> = Key::optional("external", "The external network it leads to.");
const NETWORKS: Key<Vec<Ref<Network>>> =
    Key::optional("networks", "The networks that it joins, by all of their subnets.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_router",
    group: Group::Networks,
    summary: "Make a router that joins networks, and leads to an external one.",
    forms: &[Form::with(&[NAME.param()], &[EXTERNAL.param(), NETWORKS.param()])],
    returns: Ty::Of(Noun::Router),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"create_router("edge", #{ external: "public" }).external == network("public").id"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::OverQuota],
    see: &["routers", "create_network"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let external = call.maybe_one(&EXTERNAL).await?.map(|network| network.id().to_string());
            let mut networks = Vec::new();
            for network in call.find(&NETWORKS)?.unwrap_or_default() {
                let network = call.resolve(&network.0, Noun::Network, NETWORKS.name).await?;
                networks.push(network.id().to_string());
            }
            let spec = RouterSpec { name: call.get(&NAME)?.0, external, networks };
            Ok(Value::from(call.cloud()?.create_router(&spec).await?))
        })
    }),
};
