//! `extend`: more room on a volume.

use crate::cloud::{Kind, Ty, Volume};
use crate::verbs::argument::{Positive, Ref};
use crate::verbs::run::reread;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const VOLUME: Key<Ref<Volume>> =
    Key::required("volume", "A volume, its id or unique name, or an array of them.");
const GIB: Key<Positive> = Key::required("gib", "Its new size in all, GiB; more than it has.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "extend",
    group: Group::Volumes,
    summary: "Make a volume larger; what is on it stays. The file system is grown in the server.",
    forms: &[Form::of(&[VOLUME.param(), GIB.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"create_volume("data", 2).wait_ready().extend(4).wait_ready().size"#,
        gives: "4",
    }],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::InvalidArgument, Kind::OverQuota],
    see: &["wait_ready", "volumes"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let volume = call.one(&VOLUME).await?;
            let cloud = call.host.clouds.get(Some(volume.cloud()))?;
            cloud.extend(volume.id(), call.get(&GIB)?.0).await?;
            reread(&call, &cloud, volume, VOLUME.name).await
        })
    }),
};
