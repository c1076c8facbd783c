//! `add_security_group`: a server's firewall rules come in groups.

use super::{ACTION_ERRORS, OPENSTACK, SERVER};
use crate::cloud::{Action, Ty};
use crate::verbs::argument::Name;
use crate::verbs::dispatch::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SECURITY_GROUP: Key<Name> = Key::required("security_group", "The group's name or id.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "add_security_group",
    group: Group::Servers,
    summary: "Put a server into a security group.",
    forms: &[Form::of(&[SERVER.param(), SECURITY_GROUP.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    on: OPENSTACK,
    examples: &[Example {
        code: r#"remove_security_group("web", "default").add_security_group("default").security_groups"#,
        gives: r#"["default"]"#,
    }],
    errors: ACTION_ERRORS,
    see: &["boot"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let group = call.get(&SECURITY_GROUP)?.0;
            act(&call, server, Action::AddSecurityGroup(group)).await
        })
    }),
};
