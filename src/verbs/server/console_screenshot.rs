//! `console_screenshot`: what a server's screen shows, as a picture.

use super::SERVER;
use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "console_screenshot",
    group: Group::Servers,
    summary: "A picture (JPEG) of what a server's screen shows, as a blob; `()` where only the cloud could know it. EC2 has it.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Data,
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"!cloud().supports("console_screenshot") || console_screenshot("web").len > 0"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::Unsupported],
    see: &["console_log", "console_url"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let picture = cloud.console_screenshot(&server.id).await?;
            Ok(picture.map_or(Value::Unit, Value::Blob))
        })
    }),
};
