//! `remove_security_group`: a server's firewall rules come in groups.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, SecurityGroup, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SECURITY_GROUP: Key<Ref<SecurityGroup>> =
    Key::required("security_group", "The group, its id or its name.").as_written();

/// The declaration.
pub static VERB: Verb = Verb {
    name: "remove_security_group",
    group: Group::Servers,
    summary: "Take a server out of a security group.",
    forms: &[Form::of(&[SERVER.param(), SECURITY_GROUP.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"remove_security_group("web", "default").name"#, gives: "web" }],
    errors: ACTION_ERRORS,
    see: &["security_groups", "boot"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let group = call.get(&SECURITY_GROUP)?.id_or_text();
            act(&call, server, Action::RemoveSecurityGroup(group)).await
        })
    }),
};
