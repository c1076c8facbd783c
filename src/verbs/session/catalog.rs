//! `catalog`: where each service is.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "catalog",
    group: Group::Clouds,
    summary: "Service type to endpoint URL.",
    forms: &[Form::of(&[])],
    returns: Ty::MapOf(&Ty::Text),
    effect: Effect::Reads,
    examples: &[Example { code: r#"catalog().compute.contains("/compute")"#, gives: r#"true"# }],
    errors: &[Kind::Unauthorized, Kind::Unsupported],
    see: &["api", "whoami"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let catalog = call.cloud()?.catalog().await?;
            Ok(Value::Map(catalog.into_iter().map(|(service, url)| (service, Value::text(url))).collect()))
        })
    }),
};
