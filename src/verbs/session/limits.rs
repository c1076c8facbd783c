//! `limits`: quota and usage.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const PROJECT: Key<String> =
    Key::optional("project", "Another project, by id or name, which takes an administrator.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "limits",
    group: Group::Clouds,
    summary: "Quota and usage: servers, vcpus, ram_mib and so on, each with _used; () where unlimited or untold.",
    forms: &[Form::of(&[PROJECT.param()])],
    returns: Ty::MapOf(&Ty::Int),
    effect: Effect::Reads,
    examples: &[Example { code: r#"limits().servers"#, gives: r#"150"# }],
    errors: &[Kind::Unauthorized, Kind::Forbidden, Kind::NotFound, Kind::Unsupported],
    see: &["flavors", "services"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let cloud = call.cloud()?;
            let limits = match call.find(&PROJECT)? {
                None => cloud.limits().await?,
                Some(project) => cloud.limits_of(&project).await?,
            };
            let value =
                |limit: Option<i64>| limit.filter(|limit| *limit >= 0).map_or(Value::Unit, Value::Int);
            Ok(Value::Map(limits.into_iter().map(|(name, limit)| (name, value(limit))).collect()))
        })
    }),
};
