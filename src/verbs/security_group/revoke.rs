//! `revoke`: no longer let something through.

use super::{CIDR, FROM_PORT, GROUP, PROTOCOL, RULE, TO_PORT, lacks, open, refused_before};
use crate::cloud::{Kind, Ty};
use crate::verbs::run::reread;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "revoke",
    group: Group::Networks,
    summary: "No longer let something through a security group; what is not allowed is error `not_found`.",
    forms: &[
        Form::of(&[GROUP.param(), RULE.param()]),
        Form::of(&[GROUP.param(), PROTOCOL.param(), FROM_PORT.param(), TO_PORT.param(), CIDR.param()]),
    ],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let g = create_security_group("web", "Web servers"); g.authorize("tcp", 80, 80, "0.0.0.0/0"); g.revoke("tcp", 80, 80, "0.0.0.0/0"); g.rules.filter(|r| r.from_port == 80).len"#,
        gives: "0",
    }],
    errors: &[Kind::NotFound, Kind::InvalidArgument],
    see: &["authorize", "security_groups", "add_security_group"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let (cloud, group, rule) = open(&call).await?;
            refused_before(lacks(&group, &rule));
            cloud.revoke(group.id(), &rule).await?;
            reread(&call, &cloud, group, GROUP.name).await
        })
    }),
};
