//! `ports`, `port`, `find_port`: reading ports.

use crate::cloud::{Filter, Kind, Network, Noun, Port, Result, Ty, Value};
use crate::verbs::argument::{Name, Ref, ServerRef};
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Port>> =
    Key::required("port", "Its id or unique name, or the object itself, which is read again.");
const NETWORK: Key<Ref<Network>> = Key::filter("network", "Those in this network.");
const SERVER: Key<ServerRef> = Key::filter("server", "Those of this server.");
const IP: Key<Name> = Key::filter("ip", "Those with this address.");

/// The declaration of `ports`.
pub static PORTS: Verb = Verb {
    name: "ports",
    group: Group::Networks,
    summary: "The ports, all of them or those that match a filter; on EC2 the network interfaces.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            NETWORK.param(),
            SERVER.param(),
            IP.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Port)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"ports(#{ server: "web" }).map(|p| p.ip) == [server("web").private_ip]"#,
        gives: "true",
    }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["port", "create_port"],
    run: Run::Once(|call| Box::pin(ports(call))),
};

/// The declaration of `port`.
pub static PORT: Verb = Verb {
    name: "port",
    group: Group::Networks,
    summary: "The port of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Port),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"port(ports(#{ server: "web" })[0].id).server == server("web").id"#,
        gives: "true",
    }],
    errors: read::ERRORS,
    see: &["ports"],
    run: Run::Each(read::one),
};

/// The declaration of `find_port`.
pub static FIND_PORT: Verb = Verb {
    name: "find_port",
    group: Group::Networks,
    summary: "The port of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["ports"])],
    returns: Ty::Of(Noun::Port),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_port("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["ports"],
    run: Run::Each(read::maybe),
};

async fn ports(call: Call) -> Result<Value> {
    let id = |found: crate::cloud::Resource| found.id().to_string();
    let filter = Filter {
        network: call.maybe_one(&NETWORK).await?.map(id),
        server: call.maybe_one(&SERVER).await?.map(id),
        ip: call.find(&IP)?.map(|ip| ip.0),
        ..read::filter(&call)?
    };
    read::list(&call, &filter).await
}
