//! `attach`: give a server a volume.

use super::VOLUME;
use crate::cloud::{Kind, Ty};
use crate::verbs::argument::Name;
use crate::verbs::run::changed;
use crate::verbs::server::SERVER;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const DEVICE: Key<Name> = Key::optional(
    "device",
    "Where the server sees it, such as \"/dev/vdb\", where the cloud lets one choose.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "attach",
    group: Group::Volumes,
    summary: "Attach a volume to a server; wait_status(volume, \"IN-USE\") waits until it is there.",
    forms: &[Form::with(&[SERVER.param(), VOLUME.param()], &[DEVICE.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let v = create_volume("data", 2).wait_ready(); attach("web", v); v.wait_status("IN-USE").server == server("web").id"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict],
    see: &["detach", "volumes", "wait_status"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let volume = call.one(&VOLUME).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let device = call.find(&DEVICE)?.map(|device| device.0);
            cloud.attach(&server.id, volume.id(), device.as_deref()).await?;
            call.changed(&volume);
            changed(&call, &cloud, server).await
        })
    }),
};
