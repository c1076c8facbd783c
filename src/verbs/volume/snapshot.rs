//! `snapshot`: an image of a server, a snapshot of a volume; with one argument, that snapshot.

use crate::cloud::{Error, Image, Kind, Noun, Resource, Result, Snapshot, Ty, Value};
use crate::verbs::argument::{Map, Meta, Name, Ref, SourceRef};
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::stack;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SNAPSHOT: Key<Ref<Snapshot>> = Key::required(
    "snapshot",
    "A volume's snapshot, its id or unique name, or the object, which is read again.",
);
/// What it is made of.
pub const SOURCE: Key<SourceRef> =
    Key::required("source", "A server, a volume or a stack, or an array of them; text names a server.");
/// The image's or snapshot's name.
pub const NAME: Key<Name> = Key::required("name", "The image's or snapshot's name.");
/// Its metadata.
pub const META: Key<Meta> = Key::optional("meta", "The image's or snapshot's metadata.");
const CONSISTENT: Key<bool> = Key::optional(
    "consistent",
    "Allow the server to be stopped for it; where the cloud snapshots a running server it has no effect.",
);
const PROVIDER: Key<Map> = Key::optional(
    "provider",
    "Of a server, where the provider snapshots whole machines: its own request; it gives a snapshot, and no image.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "snapshot",
    group: Group::Images,
    summary: "Make an image of a server, or a snapshot of a volume or a stack; with one argument, read that snapshot.",
    forms: &[
        Form::with(&[SOURCE.param(), NAME.param()], &[META.param(), CONSISTENT.param(), PROVIDER.param()])
            .made_of(&["snapshot(server)", "snapshot(volume)"]),
        Form::of(&[SNAPSHOT.param()]).made_of(&["snapshot"]),
    ],
    returns: Ty::Either(&Ty::Of(Noun::Image), &Ty::Either(&Ty::Of(Noun::Snapshot), &Ty::MapOf(&Ty::Any))),
    effect: Effect::AloneReads(&Effect::Creates),
    examples: &[
        Example {
            code: r#"snapshot("web", "web-backup", #{ meta: #{ kind: "nightly" } }).wait_active().name"#,
            gives: "web-backup",
        },
        Example {
            code: r#"let v = create_volume("data", 2).wait_ready(); snapshot(v, "monday").wait_ready().status"#,
            gives: "AVAILABLE",
        },
    ],
    errors: &[Kind::NotFound, Kind::Conflict, Kind::OverQuota, Kind::Unsupported],
    see: &["images", "snapshots", "wait_active", "rebuild"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.value(NAME.name) {
                None => read::existing(&call, Noun::Snapshot).await,
                Some(_) => make(&call).await,
            }
        })
    }),
};

async fn make(call: &Call) -> Result<Value> {
    let source = call.any(&call.get(&SOURCE)?.0, SOURCE.name).await?;
    let cloud = call.host.clouds.get(Some(source.cloud()))?;
    let name = call.get(&NAME)?.0;
    let meta = call.find(&META)?.map(|meta| meta.0).unwrap_or_default();
    let consistent = call.find(&CONSISTENT)?.unwrap_or(false);
    if let Some(request) = call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request()) {
        if source.noun() != Noun::Server || consistent || !meta.is_empty() {
            let message = "`provider` is for a snapshot of a whole server, and goes with no other option";
            return Err(Error::new(Kind::InvalidArgument, message)
                .help("leave it out: a server is made an image of then, a volume a snapshot")
                .at(call.place(PROVIDER.name), "this one"));
        }
        return Ok(Value::from(cloud.snapshot_machine(source.id(), &name, &request).await?));
    }
    if let Resource::Volume(volume) = &source {
        return Ok(Value::from(cloud.snapshot_volume(&volume.id, &name, &meta).await?));
    }
    if let Resource::Stack(_) = &source {
        let (value, accepted) = cloud.snapshot_stack(source.id(), &name).await?;
        stack::asked(call, source, accepted);
        return Ok(value);
    }
    let id = cloud.snapshot_server(source.id(), &name, &meta, consistent).await?;
    let mut error = match cloud.image(&id).await {
        Ok(Some(image)) => return Ok(Value::from(image)),
        Ok(None) => {
            let of = source.name();
            let what =
                format!("the snapshot of `{of}` was accepted as image {id}, which the cloud does not show");
            Error::new(Kind::Protocol, what).help("look for it with `images()`")
        }
        Err(error) => error,
    };
    // It was made; that it cannot be read at this moment does not unmake it.
    error.accepted = true;
    error.exists =
        vec![Value::from(Image::accepted(id, name, meta, cloud.name().clone(), call.host.clock.now()))];
    Err(error)
}
