//! `create_security_group`: a new group that lets nothing in.

use crate::cloud::{Kind, Network, Noun, Ty, Value};
use crate::verbs::argument::{Name, Ref};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// The group's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
/// What it is for.
pub const DESCRIPTION: Key<String> = Key::optional("description", "What it is for.");
const NETWORK: Key<Ref<Network>> =
    Key::optional("network", "A network of the VPC that it belongs to (EC2); the default VPC otherwise.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_security_group",
    group: Group::Networks,
    summary: "Make a security group; it lets nothing in until `authorize` says what.",
    forms: &[Form::with(&[NAME.param(), DESCRIPTION.param()], &[NETWORK.param()])],
    returns: Ty::Of(Noun::SecurityGroup),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"create_security_group("web", "Web servers").description"#,
        gives: "Web servers",
    }],
    errors: &[Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota],
    see: &["authorize", "security_groups", "add_security_group"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let Name(name) = call.get(&NAME)?;
            let description = call.find(&DESCRIPTION)?.unwrap_or_default();
            let network = call.maybe_one(&NETWORK).await?;
            let network = network.as_ref().map(|network| network.id());
            Ok(Value::from(call.cloud()?.create_security_group(&name, &description, network).await?))
        })
    }),
};
