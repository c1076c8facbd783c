//! `console_url`: where a person sees the console in a browser.

use super::SERVER;
use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "console_url",
    group: Group::Servers,
    summary: "The address of a server's console for a browser; it holds a one-time token.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Text,
    effect: Effect::Reads,
    examples: &[Example { code: r#"console_url("web").starts_with("http")"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::Unsupported],
    see: &["console_log"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let text = cloud.console_url(&server.id).await?;
            Ok(text.map_or(Value::Unit, Value::text))
        })
    }),
};
