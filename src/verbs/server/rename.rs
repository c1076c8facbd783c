//! `rename`: a new name.

use super::ACTION_ERRORS;
use super::update::{SUBJECT, apply};
use crate::cloud::{ServerUpdate, Ty};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::required("name", "The new name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rename",
    group: Group::Servers,
    summary: "Give a server or a port another name.",
    forms: &[Form::of(&[SUBJECT.param(), NAME.param()]).made_of(&["update"])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"rename("web", "www").name"#, gives: "www" }],
    errors: ACTION_ERRORS,
    see: &["update"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let update = ServerUpdate { name: Some(call.get(&NAME)?.0), ..ServerUpdate::default() };
            apply(&call, update).await
        })
    }),
};
