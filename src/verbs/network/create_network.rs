//! `create_network`: a network, with a subnet where a range is given.

use crate::cloud::{Kind, NetworkSpec, Noun, Ty, Value};
use crate::verbs::argument::{Map, Name};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// The network's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
/// Its address range.
pub const CIDR: Key<Name> =
    Key::optional("cidr", "Its address range, \"10.0.0.0/24\"; without one it has no subnet.");

const PROVIDER: Key<Map> = Key::optional("provider", "Merged into the provider's own request.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_network",
    group: Group::Networks,
    summary: "Make a network, with a subnet of this range; on EC2 a subnet of the default VPC.",
    forms: &[Form::with(&[NAME.param()], &[CIDR.param(), PROVIDER.param()])],
    returns: Ty::Of(Noun::Network),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"create_network("backend", #{ cidr: "10.9.0.0/24" }).cidrs"#,
        gives: r#"["10.9.0.0/24"]"#,
    }],
    errors: &[Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota],
    see: &["networks", "subnets", "create_router"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let spec = NetworkSpec {
                name: call.get(&NAME)?.0,
                cidr: call.find(&CIDR)?.map(|cidr| cidr.0),
                provider: call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request()),
            };
            Ok(Value::from(call.cloud()?.create_network(&spec).await?))
        })
    }),
};
