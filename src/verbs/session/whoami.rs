//! `whoami`: who the session is to the cloud.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};
use std::collections::BTreeMap;

/// The declaration.
pub static VERB: Verb = Verb {
    name: "whoami",
    group: Group::Clouds,
    summary: "Who the session is: #{user, project, roles, expires}, () where the provider does not tell.",
    forms: &[Form::of(&[])],
    returns: Ty::MapOf(&Ty::Any),
    effect: Effect::Reads,
    examples: &[Example { code: r#"whoami().user"#, gives: r#"demo"# }],
    errors: &[Kind::Unauthorized, Kind::Unsupported],
    see: &["clouds"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let identity = call.cloud()?.whoami().await?;
            let roles = identity.roles.iter().map(Value::text).collect();
            Ok(Value::Map(BTreeMap::from([
                ("user".to_string(), Value::optional_text(identity.user.as_deref())),
                ("project".to_string(), Value::optional_text(identity.project.as_deref())),
                ("roles".to_string(), Value::Array(roles)),
                ("expires".to_string(), identity.expires.map_or(Value::Unit, Value::Time)),
            ])))
        })
    }),
};
