//! `zones`: where servers can be.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "zones",
    group: Group::Clouds,
    summary: "The names of the availability zones.",
    forms: &[Form::of(&[])],
    returns: Ty::ArrayOf(&Ty::Text),
    effect: Effect::Reads,
    examples: &[Example { code: r#"zones()"#, gives: r#"["nova"]"# }],
    errors: &[Kind::Unauthorized, Kind::Unsupported],
    see: &["boot"],
    run: Run::Once(|call| {
        Box::pin(
            async move { Ok(Value::Array(call.cloud()?.zones().await?.iter().map(Value::text).collect())) },
        )
    }),
};
