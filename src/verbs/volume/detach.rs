//! `detach`: take a volume from a server.

use super::VOLUME;
use crate::cloud::{Kind, Ty};
use crate::verbs::run::changed;
use crate::verbs::server::SERVER;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "detach",
    group: Group::Volumes,
    summary: "Detach a volume from a server; wait_status(volume, \"AVAILABLE\") waits until it is free.",
    forms: &[Form::of(&[SERVER.param(), VOLUME.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let v = create_volume("data", 2).wait_ready(); attach("web", v); v.wait_status("IN-USE"); detach("web", v); v.wait_status("AVAILABLE").server == ()"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict],
    see: &["attach", "volumes", "wait_status"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let volume = call.one(&VOLUME).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            cloud.detach(&server.id, volume.id()).await?;
            call.changed(&volume);
            changed(&call, &cloud, server).await
        })
    }),
};
