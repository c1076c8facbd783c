//! `volumes`, `volume`, `find_volume`: reading volumes.

use crate::cloud::{Filter, Kind, Noun, Result, Ty, Value, Volume};
use crate::verbs::argument::{Name, Ref, ServerRef};
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Volume>> =
    Key::required("volume", "Its id or unique name, or the object itself, which is read again.");
const SERVER: Key<ServerRef> = Key::filter("server", "Those attached to this server.");
const TYPE: Key<Name> = Key::filter("type", "Those of this type of storage.");

/// The declaration of `volumes`.
pub static VOLUMES: Verb = Verb {
    name: "volumes",
    group: Group::Volumes,
    summary: "The volumes, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            read::META.param(),
            SERVER.param(),
            TYPE.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Volume)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"create_volume("data", 2); volumes(#{ name: "da*" }).map(|v| v.size)"#,
        gives: "[2]",
    }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["volume"],
    run: Run::Once(|call| Box::pin(volumes(call))),
};

/// The declaration of `volume`.
pub static VOLUME: Verb = Verb {
    name: "volume",
    group: Group::Volumes,
    summary: "The volume of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Volume),
    effect: Effect::Reads,
    examples: &[Example { code: r#"create_volume("data", 2); volume("data").size"#, gives: "2" }],
    errors: read::ERRORS,
    see: &["volumes"],
    run: Run::Each(read::one),
};

/// The declaration of `find_volume`.
pub static FIND_VOLUME: Verb = Verb {
    name: "find_volume",
    group: Group::Volumes,
    summary: "The volume of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["volumes"])],
    returns: Ty::Of(Noun::Volume),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_volume("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["volumes"],
    run: Run::Each(read::maybe),
};

async fn volumes(call: Call) -> Result<Value> {
    let server = call.maybe_one(&SERVER).await?.map(|server| server.id().to_string());
    let kind = call.find(&TYPE)?.map(|kind| kind.0);
    let filter = Filter { server, kind, ..read::filter(&call)? };
    read::list(&call, &filter).await
}
