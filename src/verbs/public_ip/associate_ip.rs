//! `associate_ip`: let a public address lead to a server.

use super::address;
use crate::cloud::{Accepted, Kind, PublicIp, Resource, Ty, Value};
use crate::verbs::argument::{Map, Ref};
use crate::verbs::run::again;
use crate::verbs::server::SERVER;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IP: Key<Ref<PublicIp>> = Key::required("ip", "A public IP, its id or its address.");

const PROVIDER: Key<Map> = Key::optional(
    "provider",
    "The provider's own request, where it forwards single ports: #{publicport, privateport, protocol}.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "associate_ip",
    group: Group::Networks,
    summary: "Assign a public IP to a server, moving it if it is assigned elsewhere.",
    forms: &[Form::with(&[SERVER.param(), IP.param()], &[PROVIDER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let ip = allocate_ip(); associate_ip("web", ip).ip == ip.address"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict],
    see: &["allocate_ip", "disassociate_ip", "public_ips"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let ip = address(&call, &IP).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            match call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request()) {
                Some(request) => cloud.forward_ip(&server, &ip, &request).await?,
                None => cloud.associate_ip(&server, &ip).await?,
            }
            call.changed(&Resource::PublicIp(ip));
            Ok(again(&call, &cloud, server, Accepted::default()).await?.into())
        })
    }),
};
