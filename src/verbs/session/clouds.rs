//! `clouds`: every cloud that was found.

use crate::cloud::{Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};
use std::collections::BTreeMap;

/// The declaration.
pub static VERB: Verb = Verb {
    name: "clouds",
    group: Group::Clouds,
    summary: "Every cloud found in the configuration: #{name, provider, found, default, regions}.",
    forms: &[Form::of(&[])],
    returns: Ty::ArrayOf(&Ty::MapOf(&Ty::Any)),
    effect: Effect::Nothing,
    examples: &[Example { code: r#"clouds().some(|c| c.name == "sim")"#, gives: "true" }],
    errors: &[],
    see: &["cloud"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let known = call.host.clouds.known().into_iter().map(|known| {
                Value::Map(BTreeMap::from([
                    ("name".to_string(), Value::text(known.name)),
                    ("provider".to_string(), Value::text(known.provider)),
                    ("found".to_string(), Value::text(known.found)),
                    ("default".to_string(), Value::Bool(known.default)),
                    ("regions".to_string(), Value::Array(known.regions.iter().map(Value::text).collect())),
                ]))
            });
            Ok(Value::Array(known.collect()))
        })
    }),
};
