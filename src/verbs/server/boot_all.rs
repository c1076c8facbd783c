//! `boot_all`: many different servers at once.

use super::boot;
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::Map;
use crate::verbs::arguments::{ON_ERROR, prepare};
use crate::verbs::call::Call;
use crate::verbs::run::{self, gather};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use std::future::Future;

const SPECS: Key<Vec<Map>> =
    Key::required("specs", "An array of maps: the options of boot, each with `name`.").hashed();

/// The declaration.
pub static VERB: Verb = Verb {
    name: "boot_all",
    group: Group::Servers,
    summary: "Request many different servers, concurrently.",
    forms: &[Form::with(&[SPECS.param()], &[ON_ERROR.param()]).made_of(&["boot"])],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Server)),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"boot_all([#{ name: "a", like: "web" }, #{ name: "b", like: "web" }]).wait_active().map(|s| s.name)"#,
        gives: r#"["a", "b"]"#,
    }],
    errors: &[Kind::InvalidArgument, Kind::NotFound, Kind::OverQuota, Kind::Failed],
    see: &["boot", "wait_active"],
    run: Run::Once(|call| Box::pin(boot_all(call))),
};

async fn boot_all(call: Call) -> Result<Value> {
    // All specs are checked before the first request leaves.
    let mut calls = Vec::new();
    for (index, mut spec) in call.get(&SPECS)?.into_iter().enumerate() {
        let name = spec.remove("name").unwrap_or(Value::Unit);
        let values = match (&name, call.named_cloud()) {
            (Value::Unit, _) => {
                return Err(Error::new(
                    Kind::InvalidArgument,
                    format!("spec {index} of `boot_all` has no `name`"),
                )
                .coded("call::missing_argument")
                .at(Place::Argument(0), "a map here has no `name`"));
            }
            (_, Some(cloud)) => vec![Value::Cloud(cloud.clone()), name, Value::Map(spec)],
            (_, None) => vec![name, Value::Map(spec)],
        };
        calls.push(prepare(&boot::VERB, &call.host, values).map_err(|mut error| {
            error.message = format!("spec {index}: {}", error.message);
            error
        })?);
    }
    let work = |one| Box::pin(run::run(one)) as std::pin::Pin<Box<dyn Future<Output = Result<Value>> + Send>>;
    let results = run::each(&call, &calls, work).await;
    gather(&call, results).map_err(|mut error| {
        error.verb = Some(VERB.name);
        error
    })
}
