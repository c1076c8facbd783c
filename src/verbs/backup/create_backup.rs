//! `create_backup`: a copy of a volume that is kept apart from it.

use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use crate::verbs::volume::VOLUME;

const NAME: Key<Name> = Key::required("name", "The backup's name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_backup",
    group: Group::Volumes,
    summary: "Ask for a backup of a volume, also of one in use; it is AVAILABLE after wait_ready.",
    forms: &[Form::of(&[VOLUME.param(), NAME.param()])],
    returns: Ty::Of(Noun::Backup),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"let v = create_volume("data", 2).wait_ready(); create_backup(v, "monday").wait_ready().status"#,
        gives: "AVAILABLE",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::OverQuota, Kind::Unsupported],
    see: &["wait_ready", "restore_backup", "backups", "snapshot"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let volume = call.one(&VOLUME).await?;
            let name = call.get(&NAME)?.0;
            let cloud = call.host.clouds.get(Some(volume.cloud()))?;
            let made = cloud.create_backup(volume.id(), &name).await?;
            // While it is read its status is another.
            call.changed(&volume);
            Ok(Value::from(made))
        })
    }),
};
