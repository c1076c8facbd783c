//! `create_volume`: ask for a volume.

use crate::cloud::{Image, Kind, Noun, Snapshot, Ty, Value, VolumeSpec};
use crate::verbs::argument::{Meta, Name, Positive, Ref};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// The volume's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
/// Its size.
pub const GIB: Key<Positive> = Key::required("gib", "Its size, GiB.");
/// Its type of storage.
pub const TYPE: Key<Name> = Key::optional("type", "The cloud's type of storage.");
const IMAGE: Key<Ref<Image>> = Key::optional("image", "The image it is filled from.");
const SNAPSHOT: Key<Ref<Snapshot>> = Key::optional("snapshot", "The snapshot it is filled from.");
const ZONE: Key<Name> = Key::optional("zone", "The availability zone.");
/// Its metadata.
pub const META: Key<Meta> = Key::optional("meta", "Metadata: a map of text.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_volume",
    group: Group::Volumes,
    summary: "Ask for a volume; it is AVAILABLE after wait_ready.",
    forms: &[Form::with(
        &[NAME.param(), GIB.param()],
        &[TYPE.param(), IMAGE.param(), SNAPSHOT.param(), ZONE.param(), META.param()],
    )],
    returns: Ty::Of(Noun::Volume),
    effect: Effect::Creates,
    examples: &[Example { code: r#"create_volume("data", 2).wait_ready().status"#, gives: "AVAILABLE" }],
    errors: &[Kind::OverQuota, Kind::InvalidArgument, Kind::NotFound],
    see: &["wait_ready", "attach", "extend", "snapshot"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let spec = VolumeSpec {
                name: call.get(&NAME)?.0,
                size: call.get(&GIB)?.0,
                kind: call.find(&TYPE)?.map(|kind| kind.0),
                image: call.maybe_one(&IMAGE).await?.map(|image| image.id().to_string()),
                snapshot: call.maybe_one(&SNAPSHOT).await?.map(|snapshot| snapshot.id().to_string()),
                zone: call.find(&ZONE)?.map(|zone| zone.0),
                meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
            };
            Ok(Value::from(call.cloud()?.create_volume(&spec).await?))
        })
    }),
};
