//! `associate_ip`: let a public address lead to a server or a port.

use super::address;
use crate::cloud::{Accepted, Error, Kind, Noun, PublicIp, Resource, Ty, Value};
use crate::verbs::argument::{Argument, Map, Mismatch, Ref, Reference, one_of};
use crate::verbs::run::{again, reread};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// What an address can lead to; text names a server.
#[derive(Debug, Clone, PartialEq)]
struct Target(Reference);

impl Target {
    const NOUNS: &'static [Noun] = &[Noun::Server, Noun::Port];
}

impl Argument for Target {
    const TY: Ty = Ty::AnyRef(Target::NOUNS);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const WHAT: &str = "a server, its id or its name, or a port (text names a server: write port(\"…\"))";
        one_of(value, Target::NOUNS, WHAT).map(Target)
    }
}

const SERVER: Key<Target> =
    Key::required("server", "A server, its id or unique name, or a port, or an array of them.");
const IP: Key<Ref<PublicIp>> = Key::required("ip", "A public IP, its id or its address.");

const PROVIDER: Key<Map> = Key::optional(
    "provider",
    "The provider's own request, where it forwards single ports: #{publicport, privateport, protocol}.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "associate_ip",
    group: Group::Networks,
    summary: "Assign a public IP to a server or a port, moving it if it is assigned elsewhere.",
    forms: &[Form::with(&[SERVER.param(), IP.param()], &[PROVIDER.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let ip = allocate_ip(); associate_ip("web", ip).ip == ip.address"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict],
    see: &["allocate_ip", "disassociate_ip", "public_ips", "create_port"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let target = call.any(&call.get(&SERVER)?.0, SERVER.name).await?;
            let ip = address(&call, &IP).await?;
            let cloud = call.host.clouds.get(Some(target.cloud()))?;
            let request = call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request());
            let server = match target {
                Resource::Server(server) => std::sync::Arc::unwrap_or_clone(server),
                Resource::Port(port) if request.is_none() => {
                    cloud.associate_port(&port, &ip).await?;
                    call.changed(&Resource::PublicIp(ip));
                    return reread(&call, &cloud, Resource::Port(port), SERVER.name).await;
                }
                _ => {
                    let message = "`provider` forwards single ports to a server, not to a port";
                    return Err(Error::new(Kind::InvalidArgument, message)
                        .coded("call::invalid_argument")
                        .at(call.place(PROVIDER.name), "of a server alone"));
                }
            };
            match request {
                Some(request) => cloud.forward_ip(&server, &ip, &request).await?,
                None => cloud.associate_ip(&server, &ip).await?,
            }
            call.changed(&Resource::PublicIp(ip));
            Ok(again(&call, &cloud, server, Accepted::default()).await?.into())
        })
    }),
};
