//! `rename`: a new name.

use super::ACTION_ERRORS;
use super::changes::{Changes, MADE_OF, RENAMED, apply};
use crate::cloud::{Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Name, Reference, one_of};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// What can be renamed; text names a server.
#[derive(Debug, Clone, PartialEq)]
struct Renamed(Reference);

impl Argument for Renamed {
    const TY: Ty = Ty::AnyRef(RENAMED);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const WHAT: &str = "a server, its id or its name, or an image, a volume, a snapshot, a backup, a network, a subnet, a \
                            router, a port or a security group (text names a server: write volume(\"…\"))";
        one_of(value, RENAMED, WHAT).map(Renamed)
    }
}

const SUBJECT: Key<Renamed> = Key::required(
    "resource",
    "A server, its id or unique name, or another resource that has a name, or an array of them.",
);
const NAME: Key<Name> = Key::required("name", "The new name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "rename",
    group: Group::Servers,
    summary: "Give a resource another name.",
    forms: &[Form::of(&[SUBJECT.param(), NAME.param()]).made_of(&MADE_OF)],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"rename("web", "www").name"#, gives: "www" }],
    errors: ACTION_ERRORS,
    see: &["update"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let resource = call.any(&call.get(&SUBJECT)?.0, SUBJECT.name).await?;
            let changes = Changes { name: Some(call.get(&NAME)?.0), ..Changes::default() };
            apply(&call, resource, SUBJECT.name, changes).await
        })
    }),
};
