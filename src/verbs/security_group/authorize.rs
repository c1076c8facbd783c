//! `authorize`: let something through a security group.

use super::rule::says_where;
use super::{CIDR, FROM_PORT, GROUP, PROTOCOL, RULE, TO_PORT, holds, open, refused_before};
use crate::cloud::{Kind, Ty};
use crate::verbs::run::reread;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "authorize",
    group: Group::Networks,
    summary: "Let something through a security group; what is allowed already is error `conflict`.",
    forms: &[
        Form::of(&[GROUP.param(), RULE.param()]),
        Form::of(&[GROUP.param(), PROTOCOL.param(), FROM_PORT.param(), TO_PORT.param(), CIDR.param()]),
    ],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"create_security_group("web", "Web servers").authorize(#{ protocol: "tcp", ports: 80, cidr: "0.0.0.0/0" }).rules.filter(|r| r.from_port == 80).len"#,
        gives: "1",
    }],
    errors: &[Kind::Conflict, Kind::NotFound, Kind::InvalidArgument, Kind::OverQuota],
    see: &["revoke", "security_groups", "add_security_group"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let (cloud, group, rule) = open(&call).await?;
            says_where(&call, &rule)?;
            refused_before(holds(&group, &rule));
            cloud.authorize(group.id(), &rule).await?;
            reread(&call, &cloud, group, GROUP.name).await
        })
    }),
};
