//! `addresses`: by network, or of one network.

use super::SERVER;
use crate::cloud::server::{address_list, addresses_value};
use crate::cloud::{Error, Kind, Ty};
use crate::verbs::argument::Name;
use crate::verbs::resolve::closest;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NETWORK: Key<Name> = Key::optional("network", "Only the addresses in this network: an array.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "addresses",
    group: Group::Servers,
    summary: "A server's addresses, read now: network to array of #{version, addr, type}, or one network's array.",
    forms: &[Form::of(&[SERVER.param(), NETWORK.param()]).made_of(&["server"])],
    returns: Ty::Either(&Ty::MapOf(&Ty::Any), &Ty::ArrayOf(&Ty::Any)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"addresses("web", "private")[0].version"#, gives: "4" }],
    errors: &[Kind::NotFound],
    see: &["server"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let old = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&old.cloud))?;
            let server = cloud.server(&old.id).await?.unwrap_or(old);
            let Some(Name(network)) = call.find(&NETWORK)? else {
                return Ok(addresses_value(&server.addresses));
            };
            match server.addresses.iter().find(|(name, _)| *name == network) {
                Some((_, list)) => Ok(address_list(list)),
                None => {
                    let names: Vec<&str> = server.addresses.iter().map(|(name, _)| name.as_str()).collect();
                    let near = closest(&network, names.iter().copied());
                    let known = if near.is_empty() { names.join(", ") } else { near.join(", ") };
                    Err(Error::new(
                        Kind::NotFound,
                        format!("`{}` has no address in a network `{network}`", server.name),
                    )
                    .coded("cloud::not_found")
                    .at(call.place(NETWORK.name), format!("it is in: {known}")))
                }
            }
        })
    }),
};
