//! `public_ips`, `public_ip`, `find_public_ip`: reading public IPs.

use crate::cloud::{Filter, Kind, Noun, PublicIp, Result, Ty, Value};
use crate::verbs::argument::{Ref, ServerRef};
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<PublicIp>> =
    Key::required("public_ip", "Its id or address, or the object itself, which is read again.");
const SERVER: Key<ServerRef> = Key::filter("server", "Those that lead to this server.");

/// The declaration of `public_ips`.
pub static PUBLIC_IPS: Verb = Verb {
    name: "public_ips",
    group: Group::Networks,
    summary: "The public IPs, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[read::NAME.param(), SERVER.param(), read::ALL_PROJECTS.param(), read::LIMIT.param()],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::PublicIp)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"allocate_ip(); public_ips().len"#, gives: "1" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["public_ip"],
    run: Run::Once(|call| Box::pin(public_ips(call))),
};

/// The declaration of `public_ip`.
pub static PUBLIC_IP: Verb = Verb {
    name: "public_ip",
    group: Group::Networks,
    summary: "The public IP of this id or address, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::PublicIp),
    effect: Effect::Reads,
    examples: &[Example { code: r#"let ip = allocate_ip(); public_ip(ip.address) == ip"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["public_ips"],
    run: Run::Each(read::one),
};

/// The declaration of `find_public_ip`.
pub static FIND_PUBLIC_IP: Verb = Verb {
    name: "find_public_ip",
    group: Group::Networks,
    summary: "The public IP of this id or address, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["public_ips"])],
    returns: Ty::Of(Noun::PublicIp),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_public_ip("203.0.113.99") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["public_ips"],
    run: Run::Each(read::maybe),
};

async fn public_ips(call: Call) -> Result<Value> {
    let server = call.maybe_one(&SERVER).await?.map(|server| server.id().to_string());
    let filter = Filter { server, ..read::filter(&call)? };
    read::list(&call, &filter).await
}
