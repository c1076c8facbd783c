//! `save_image`: an image's bytes in a file.

use super::transfer::WatchedSink;
use crate::cloud::{Error, Kind, Result, Ty, Value};
use crate::verbs::argument::{ImageRef, Name};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Form, Group, Key, Role, Run, Verb};

const IMAGE: Key<ImageRef> = Key::required("image", "An image, its id or unique name.");
const PATH: Key<Name> = Key::required(
    "path",
    "The file, from the working directory; one that is there is replaced when all bytes have come.",
)
.names(Role::WritesFile);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "save_image",
    group: Group::Images,
    summary: "Write an image's bytes to a file, and compare the checksum; needs --allow-write.",
    forms: &[Form::of(&[IMAGE.param(), PATH.param()])],
    returns: Ty::Same,
    effect: Effect::WritesFile,
    examples: &[],
    errors: &[Kind::Denied, Kind::NotFound, Kind::Forbidden, Kind::Network, Kind::Failed, Kind::Unsupported],
    see: &["upload_image", "snapshot"],
    run: Run::Once(|call| Box::pin(save(call))),
};

async fn save(call: Call) -> Result<Value> {
    let image = call.one(&IMAGE).await?;
    let path = call.get(&PATH)?.0;
    let cloud = call.host.clouds.get(Some(image.cloud()))?;
    let unwritten = |why: String| {
        Error::new(Kind::Failed, format!("`{path}` cannot be written: {why}"))
            .coded("language::file")
            .at(call.place(PATH.name), why)
    };
    let file = call.host.outside.new_file(&path).map_err(unwritten)?;
    let sink = WatchedSink::around(&call.host, format!("saving `{}`", image.name()), file.clone());
    let saved = cloud.save_image(image.id(), sink).await;
    call.host.progress.done();
    // What was at this place stays unless all of it came.
    let saved = saved.map_err(|mut error| {
        if call.host.is_stopping() {
            error.kind = Kind::Cancelled;
            error.message = format!("interrupted while `{}` was saved; `{path}` is as it was", image.name());
        }
        error
    })?;
    file.keep().map_err(unwritten)?;
    if !saved.checked {
        let name = image.name();
        let warning = match saved.sized {
            true => format!("the cloud tells no checksum of `{name}`: only its size was compared"),
            false => format!("the cloud tells neither checksum nor size of `{name}`: nothing was compared"),
        };
        call.host.progress.warn(&warning);
    }
    Ok(Value::from(image))
}
