//! `rebuild`: the same server, id and addresses on a fresh disk.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::server::RebuildSpec;
use crate::cloud::{Action, Secret, Ty};
use crate::verbs::argument::{Data, Files, ImageRef, Meta, Name};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> = Key::required("image", "The image to start over from.");
const NAME: Key<Name> = Key::optional("name", "A new name.");
const ADMIN_PASS: Key<Secret> = Key::optional("admin_pass", "The password to set.");
const META: Key<Meta> = Key::optional("meta", "Metadata that replaces what it has.");
const FILES: Key<Files> = Key::optional("files", "Path to text or blob.").hashed();
const USER_DATA: Key<Data> = Key::optional("user_data", "What cloud-init reads.").hashed();

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rebuild",
    group: Group::Servers,
    summary: "Start a server over from an image; id and addresses stay, its disk does not.",
    forms: &[Form::with(
        &[SERVER.param(), IMAGE.param()],
        &[NAME.param(), ADMIN_PASS.param(), META.param(), FILES.param(), USER_DATA.param()],
    )],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"rebuild("web", "cirros", #{ name: "web2" }).wait_active().name"#,
        gives: "web2",
    }],
    errors: ACTION_ERRORS,
    see: &["boot", "snapshot"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let image = call.get(&IMAGE)?;
            let spec = RebuildSpec {
                image: call.resolve_image(&image, IMAGE.name).await?.id,
                name: call.find(&NAME)?.map(|name| name.0),
                admin_pass: call.find(&ADMIN_PASS)?,
                meta: call.find(&META)?.map(|meta| meta.0),
                files: call.find(&FILES)?.map_or_else(Vec::new, |files| files.0),
                user_data: call.find(&USER_DATA)?.map(|data| data.0),
            };
            act(&call, server, Action::Rebuild(Box::new(spec))).await
        })
    }),
};
