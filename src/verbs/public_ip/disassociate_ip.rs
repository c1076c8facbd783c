//! `disassociate_ip`: let a public address lead nowhere.

use super::{IP, address};
use crate::cloud::{Kind, Resource, Ty};
use crate::verbs::run::reread;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "disassociate_ip",
    group: Group::Networks,
    summary: "Unassign a public IP; it stays allocated until `release_ip`.",
    forms: &[Form::of(&[IP.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let ip = allocate_ip(); associate_ip("web", ip); ip.disassociate_ip().server == ()"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound],
    see: &["associate_ip", "release_ip"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let ip = address(&call, &IP).await?;
            let cloud = call.host.clouds.get(Some(&ip.cloud))?;
            cloud.disassociate_ip(&ip).await?;
            reread(&call, &cloud, Resource::PublicIp(ip), IP.name).await
        })
    }),
};
