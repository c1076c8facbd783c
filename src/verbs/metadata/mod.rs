//! Metadata of servers, images, volumes and snapshots, and the tags of servers.

pub mod delete_meta;
pub mod meta;
pub mod replace_meta;
pub mod set_meta;
pub mod tags;

use super::argument::HolderRef;
use super::call::Call;
use super::run::reread;
use super::verb::Key;
use crate::cloud::{Cloud, Error, Holder, Kind, Resource, Result, Value};
use std::sync::Arc;

/// What has the metadata.
pub const HOLDER: Key<HolderRef> = Key::required(
    "resource",
    "A server, an image, a volume or a snapshot, or an array of them; text names a server.",
);

/// What metadata calls can meet.
pub const META_ERRORS: &[Kind] = &[Kind::NotFound, Kind::Conflict, Kind::OverQuota, Kind::InvalidArgument];

/// The cloud of what has the metadata, the thing itself, and how the cloud names it.
async fn open(call: &Call) -> Result<(Arc<dyn Cloud>, Resource, Holder)> {
    let (resource, holder) = call.holder(&HOLDER).await?;
    Ok((call.host.clouds.get(Some(resource.cloud()))?, resource, holder))
}

/// The resource as the cloud describes it after the change.
async fn changed(call: &Call, cloud: &Arc<dyn Cloud>, old: Resource) -> Result<Value> {
    if matches!(old, Resource::Server(_)) && call.reads_later(old.id()) {
        return Ok(Value::from(old));
    }
    reread(call, cloud, old, HOLDER.name).await
}

/// A key that is no script's to change.
fn check_keys<'a>(call: &Call, argument: &str, keys: impl Iterator<Item = &'a str>) -> Result<()> {
    for key in keys {
        if key == crate::cloud::MARKER {
            return Err(Error::new(Kind::InvalidArgument, format!("`{key}` is kept for rhain's own marker"))
                .coded("call::wrong_type")
                .at(call.place(argument), "choose another key"));
        }
    }
    Ok(())
}
