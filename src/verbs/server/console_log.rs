//! `console_log`: what the server wrote to its console.

use super::SERVER;
use crate::cloud::{Kind, Ty, Value};
use crate::verbs::argument::Positive;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const LINES: Key<Positive> = Key::optional("lines", "Only the last so many lines.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "console_log",
    group: Group::Servers,
    summary: "What a server wrote to its console.",
    forms: &[Form::of(&[SERVER.param(), LINES.param()])],
    returns: Ty::Text,
    effect: Effect::Reads,
    examples: &[Example { code: r#"console_log("web").len > 0"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::Unsupported],
    see: &["console_url"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let lines = call.find(&LINES)?.map(|lines| lines.0);
            let text = cloud.console_log(&server.id, lines).await?;
            Ok(text.map_or(Value::Unit, Value::text))
        })
    }),
};
