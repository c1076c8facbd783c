//! `restore_backup`: a backup written to a volume.

use crate::cloud::{Backup, Kind, Noun, Ty, Value, Volume};
use crate::verbs::argument::Ref;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const BACKUP: Key<Ref<Backup>> =
    Key::required("backup", "A backup, its id or unique name, or an array of them.");
const VOLUME: Key<Ref<Volume>> = Key::optional(
    "volume",
    "The volume to write it to, which loses what it holds; a new one of the backup's size otherwise.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "restore_backup",
    group: Group::Volumes,
    summary: "Ask for a backup to be written to a new volume, or to one that is there; gives the volume.",
    forms: &[Form::of(&[BACKUP.param(), VOLUME.param()])],
    returns: Ty::Of(Noun::Volume),
    effect: Effect::By(|call| match call.value(VOLUME.name) {
        None | Some(Value::Unit) => Effect::Creates,
        Some(_) => Effect::Changes,
    }),
    examples: &[Example {
        code: r#"let v = create_volume("data", 2).wait_ready(); let b = create_backup(v, "monday").wait_ready();
restore_backup(b).wait_ready().size"#,
        gives: "2",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota, Kind::Unsupported],
    see: &["create_backup", "wait_ready", "attach"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let backup = call.one(&BACKUP).await?;
            let volume = call.maybe_one(&VOLUME).await?;
            let cloud = call.host.clouds.get(Some(backup.cloud()))?;
            let id = volume.as_ref().map(|volume| volume.id());
            let now = cloud.restore_backup(backup.id(), id).await?;
            call.changed(&backup);
            // The object of the volume that was given shows it.
            let given = call.objects().into_iter().find(|object| object.noun() == Noun::Volume);
            Ok(match given {
                Some(object) => {
                    object.update(now.into());
                    Value::Resource(object.clone())
                }
                None => Value::from(now),
            })
        })
    }),
};
