//! What `root_disk` of a new server can be.

use super::boot::COUNT;
use crate::cloud::server::RootDisk;
use crate::cloud::{Error, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Reference};
use crate::verbs::call::Call;
use crate::verbs::verb::Key;

/// A size, a volume or a snapshot; text names a volume.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RootDiskRef {
    Size(i64),
    Disk(Noun, Reference),
}

impl Argument for RootDiskRef {
    const TY: Ty = Ty::Either(&Ty::Int, &Ty::Either(&Ty::Ref(Noun::Volume), &Ty::Ref(Noun::Snapshot)));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "GiB, 1 or more, or a volume, its id or its name, or a snapshot";
        let because = |why: &str| Mismatch { give: GIVE.to_string(), because: Some(why.to_string()) };
        match value {
            Value::Int(gib) if *gib > 0 => Ok(RootDiskRef::Size(*gib)),
            Value::Int(gib) => Err(because(&format!("it is {gib}"))),
            Value::Text(text) if !text.trim().is_empty() => {
                Ok(RootDiskRef::Disk(Noun::Volume, Reference::Text(text.clone())))
            }
            Value::Text(_) => Err(because("it is empty")),
            Value::Resource(object) if matches!(object.noun(), Noun::Volume | Noun::Snapshot) => {
                Ok(RootDiskRef::Disk(object.noun(), Reference::Object(object.clone())))
            }
            _ => Err(Mismatch { give: GIVE.to_string(), because: None }),
        }
    }
}

/// What a call says of the disk, by id. An id needs no look: the cloud itself says when there is none of it.
pub(super) async fn root_disk(call: &Call, key: &Key<RootDiskRef>) -> Result<Option<RootDisk>> {
    let (noun, reference) = match call.find(key)? {
        None => return Ok(None),
        Some(RootDiskRef::Size(gib)) => return Ok(Some(RootDisk::Size(gib))),
        Some(RootDiskRef::Disk(noun, reference)) => (noun, reference),
    };
    let id = match &reference {
        Reference::Text(text) if call.cloud()?.is_id(noun, text) => text.to_string(),
        other => call.resolve(other, noun, key.name).await?.id().to_string(),
    };
    if noun == Noun::Snapshot {
        return Ok(Some(RootDisk::Snapshot(id)));
    }
    if call.find(&COUNT)?.is_some_and(|count| count.0 > 1) {
        return Err(Error::new(
            Kind::InvalidArgument,
            "a volume is for one server, and `count` asks for several",
        )
        .coded("call::invalid_argument")
        .help("make a snapshot of it and give that: each server gets a volume of its own")
        .at(call.place(key.name), "one volume"));
    }
    Ok(Some(RootDisk::Volume(id)))
}
