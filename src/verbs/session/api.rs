//! `api`: any call of the provider's own API, with the session's credentials.

use super::OPENSTACK;
use crate::cloud::{Error, Kind, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVICE: Key<Name> = Key::required("service", "The catalog's service type: \"compute\", \"image\".");
const METHOD: Key<Name> = Key::required("method", "GET, HEAD, POST, PUT, PATCH or DELETE.");
const PATH: Key<Name> = Key::required("path", "The path without the version prefix: \"/servers?limit=1\".");
const BODY: Key<Value> = Key::optional("body", "What is sent as JSON.");

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The declaration.
pub static VERB: Verb = Verb {
    name: "api",
    group: Group::Clouds,
    summary: "Any REST call with the session's token; gives the decoded body.",
    forms: &[Form::of(&[SERVICE.param(), METHOD.param(), PATH.param(), BODY.param()])],
    returns: Ty::Any,
    effect: Effect::By(effect),
    on: OPENSTACK,
    examples: &[Example {
        code: r#"api("compute", "GET", "/servers?limit=1").servers[0].name"#,
        gives: "web",
    }],
    errors: &[Kind::NotFound, Kind::InvalidArgument, Kind::Forbidden],
    see: &["catalog"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let method = call.get(&METHOD)?.0.to_uppercase();
            if !METHODS.contains(&method.as_str()) {
                return Err(Error::new(Kind::InvalidArgument, format!("`{method}` is no method"))
                    .coded("call::wrong_type")
                    .help(format!("use one of: {}", METHODS.join(", ")))
                    .at(call.place(METHOD.name), "not a method"));
            }
            let body = call.value(BODY.name).map(Value::to_request);
            let (service, path) = (call.get(&SERVICE)?.0, call.get(&PATH)?.0);
            call.cloud()?.api(&service, &method, &path, body.as_ref()).await
        })
    }),
};

/// GET and HEAD read; the rest may change anything.
fn effect(call: &Call) -> Effect {
    match call.get(&METHOD) {
        Ok(Name(method)) if method.eq_ignore_ascii_case("get") || method.eq_ignore_ascii_case("head") => {
            Effect::Reads
        }
        Ok(Name(method)) if method.eq_ignore_ascii_case("delete") => Effect::Destroys,
        _ => Effect::Changes,
    }
}
