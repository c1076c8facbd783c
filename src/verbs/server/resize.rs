//! `resize`: another flavor; `confirm_resize` or `revert_resize` ends it.

use super::SERVER;
use crate::cloud::{Action, Kind, Ty};
use crate::verbs::argument::FlavorRef;
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FLAVOR: Key<FlavorRef> = Key::required("flavor", "Its new size: a flavor, its id or its name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "resize",
    group: Group::Servers,
    summary: "Give a server another flavor. Then confirm_resize or revert_resize.",
    forms: &[Form::of(&[SERVER.param(), FLAVOR.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[
        Example {
            code: r#"resize("web", "m1.small").confirm_resize().wait_active().flavor"#,
            gives: "m1.small",
        },
        Example { code: r#"servers(#{ name: "web*" }).resize("m1.small").confirm_resize().len"#, gives: "1" },
    ],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::OverQuota, Kind::InvalidArgument, Kind::Unsupported],
    see: &["confirm_resize", "revert_resize", "flavors", "wait_status"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let flavor = call.get(&FLAVOR)?;
            let flavor = call.resolve_flavor(&flavor, FLAVOR.name).await?;
            act(&call, server, Action::Resize { flavor: flavor.id }).await
        })
    }),
};
