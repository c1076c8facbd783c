//! `snapshot`: an image of a server.

use super::OPENSTACK;
use crate::cloud::{Error, Kind, Noun, Ty, Value};
use crate::verbs::argument::{Meta, Name, ServerRef};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVER: Key<ServerRef> =
    Key::required("server", "A server, its id or unique name, or an array of them.");
/// The image's name.
pub const NAME: Key<Name> = Key::required("name", "The image's name.");
/// The image's metadata.
pub const META: Key<Meta> = Key::optional("meta", "The image's metadata.");
const CONSISTENT: Key<bool> = Key::optional(
    "consistent",
    "Allow the server to be stopped for it; where the cloud snapshots a running server it has no effect.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "snapshot",
    group: Group::Images,
    summary: "Make an image of a server; it is ready after wait_active.",
    forms: &[Form::with(&[SERVER.param(), NAME.param()], &[META.param(), CONSISTENT.param()])],
    returns: Ty::Of(Noun::Image),
    effect: Effect::Creates,
    on: OPENSTACK,
    examples: &[Example {
        code: r#"snapshot("web", "web-backup", #{ meta: #{ kind: "nightly" } }).wait_active().name"#,
        gives: "web-backup",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::OverQuota, Kind::Unsupported],
    see: &["images", "wait_active", "rebuild"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let name = call.get(&NAME)?.0;
            let meta = call.find(&META)?.map(|meta| meta.0).unwrap_or_default();
            call.find(&CONSISTENT)?;
            let id = cloud.snapshot_server(&server.id, &name, &meta).await?;
            match cloud.image(&id).await? {
                Some(image) => Ok(Value::from(image)),
                None => Err(Error::new(
                    Kind::Protocol,
                    format!(
                        "the snapshot of `{}` was accepted as image {id}, which the cloud does not show",
                        server.name
                    ),
                )
                .help("look for it with `images()`")),
            }
        })
    }),
};
