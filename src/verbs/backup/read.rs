//! `backups`, `backup`, `find_backup`: reading backups of volumes.

use crate::cloud::{Backup, Filter, Kind, Noun, Result, Ty, Value, Volume};
use crate::verbs::argument::Ref;
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Backup>> =
    Key::required("backup", "Its id or unique name, or the object itself, which is read again.");
const VOLUME: Key<Ref<Volume>> = Key::filter("volume", "Those of this volume.");

/// The declaration of `backups`.
pub static BACKUPS: Verb = Verb {
    name: "backups",
    group: Group::Volumes,
    summary: "The backups of volumes, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            VOLUME.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Backup)),
    effect: Effect::Reads,
    examples: &[Example { code: "backups().len", gives: "0" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["backup", "create_backup"],
    run: Run::Once(|call| Box::pin(backups(call))),
};

/// The declaration of `backup`.
pub static BACKUP: Verb = Verb {
    name: "backup",
    group: Group::Volumes,
    summary: "The backup of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Backup),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let v = create_volume("data", 2).wait_ready(); create_backup(v, "monday"); backup("monday").size"#,
        gives: "2",
    }],
    errors: read::ERRORS,
    see: &["backups"],
    run: Run::Each(read::one),
};

/// The declaration of `find_backup`.
pub static FIND_BACKUP: Verb = Verb {
    name: "find_backup",
    group: Group::Volumes,
    summary: "The backup of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["backups"])],
    returns: Ty::Of(Noun::Backup),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_backup("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["backups"],
    run: Run::Each(read::maybe),
};

async fn backups(call: Call) -> Result<Value> {
    let volume = call.maybe_one(&VOLUME).await?.map(|volume| volume.id().to_string());
    let filter = Filter { volume, ..read::filter(&call)? };
    read::list(&call, &filter).await
}
