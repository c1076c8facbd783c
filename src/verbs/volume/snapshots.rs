//! `snapshots`, `find_snapshot`: reading snapshots of volumes. `snapshot` makes them too: see [`super::snapshot`].

use crate::cloud::{Filter, Kind, Noun, Result, Snapshot, Ty, Value, Volume};
use crate::verbs::argument::Ref;
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Snapshot>> =
    Key::required("snapshot", "Its id or unique name, or the object itself, which is read again.");
const VOLUME: Key<Ref<Volume>> = Key::filter("volume", "Those of this volume.");

/// The declaration of `snapshots`.
pub static SNAPSHOTS: Verb = Verb {
    name: "snapshots",
    group: Group::Volumes,
    summary: "The snapshots of volumes, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            read::META.param(),
            VOLUME.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Snapshot)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"snapshots().len"#, gives: "0" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["snapshot"],
    run: Run::Once(|call| Box::pin(snapshots(call))),
};

/// The declaration of `find_snapshot`.
pub static FIND_SNAPSHOT: Verb = Verb {
    name: "find_snapshot",
    group: Group::Volumes,
    summary: "The snapshot of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["snapshots"])],
    returns: Ty::Of(Noun::Snapshot),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_snapshot("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["snapshots"],
    run: Run::Each(read::maybe),
};

async fn snapshots(call: Call) -> Result<Value> {
    let volume = call.maybe_one(&VOLUME).await?.map(|volume| volume.id().to_string());
    let filter = Filter { volume, ..read::filter(&call)? };
    read::list(&call, &filter).await
}
