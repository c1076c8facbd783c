//! `services`: the cloud's own daemons.

use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};
use std::collections::BTreeMap;

/// The declaration.
pub static VERB: Verb = Verb {
    name: "services",
    group: Group::Clouds,
    summary: "The cloud's own daemons and hosts, where the roles allow: maps of name, host, zone, state (up, down) and status (enabled, disabled).",
    forms: &[Form::of(&[])],
    returns: Ty::ArrayOf(&Ty::MapOf(&Ty::Any)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"cloud().supports("services")"#, gives: "true" }],
    errors: &[Kind::Forbidden, Kind::Unsupported],
    see: &["whoami", "zones", "migrate"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let daemons = call.cloud()?.services().await?.into_iter().map(|daemon| {
                let zone = Value::optional_text(daemon.zone.as_deref());
                Value::Map(BTreeMap::from([
                    ("name".to_string(), Value::text(daemon.name)),
                    ("host".to_string(), Value::text(daemon.host)),
                    ("zone".to_string(), zone),
                    ("state".to_string(), Value::text(daemon.state)),
                    ("status".to_string(), Value::text(daemon.status)),
                ]))
            });
            Ok(Value::Array(daemons.collect()))
        })
    }),
};
