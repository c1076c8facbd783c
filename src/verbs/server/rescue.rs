//! `rescue`: boot a server from another image, its own disk attached.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Secret, Ty};
use crate::verbs::argument::ImageRef;
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> = Key::optional("image", "The image to rescue with; its own where not given.");
const ADMIN_PASS: Key<Secret> = Key::optional("admin_pass", "The password of the rescue system.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rescue",
    group: Group::Servers,
    summary: "Boot a server from a rescue image, its own disk attached; `.admin_pass` tells the password.",
    forms: &[Form::with(&[SERVER.param()], &[IMAGE.param(), ADMIN_PASS.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"rescue("web").wait_status("RESCUE").status"#, gives: "RESCUE" }],
    errors: ACTION_ERRORS,
    see: &["unrescue"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let image = match call.find(&IMAGE)? {
                Some(image) => Some(call.resolve_image(&image, IMAGE.name).await?.id),
                None => None,
            };
            let admin_pass = call.find(&ADMIN_PASS)?;
            act(&call, server, Action::Rescue { image, admin_pass }).await
        })
    }),
};
