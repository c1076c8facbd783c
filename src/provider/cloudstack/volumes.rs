//! Volumes: disks of a disk offering, which is their type. A volume is on a storage only once it was attached.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, meta_and_tags, text, time, truth};
use super::resources::Making;
use crate::cloud::{Error, Filter, Holder, Kind, Result, Volume, VolumeSpec, Volumes};
use crate::provider::recover::{Seen, quoted};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

/// The bytes of a GiB.
pub(super) const GIB: i64 = 1 << 30;

#[async_trait]
impl Volumes for CloudStack {
    async fn volumes(&self, filter: &Filter) -> Result<Vec<Volume>> {
        let call = Call::read("volume.list", "listVolumes").with("virtualmachineid", filter.server.as_ref());
        let call = CloudStack::narrowed(call, "name", filter);
        self.gather(call, "volume", filter, |row| self.volume_of(row)).await
    }

    async fn volume(&self, id: &str) -> Result<Option<Volume>> {
        let row = self.row("volume.show", "listVolumes", "volume", id).await?;
        Ok(row.and_then(|row| self.volume_of(&row)).filter(|volume| volume.status != "DELETED"))
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        if spec.image.is_some() {
            return Err(self.cannot(
                "a volume filled from an image",
                "boot a server from it, or fill it from a snapshot",
            ));
        }
        let zone = self.zone_for(spec.zone.as_deref(), &format!("the volume `{}`", spec.name)).await?;
        let mut call = Call::once("volume.create", "createVolume")
            .with("name", &spec.name)
            .with("zoneid", &zone.id)
            .with("snapshotid", spec.snapshot.as_ref());
        if spec.snapshot.is_none() || spec.kind.is_some() {
            let (id, custom) = self.disk_offering(spec).await?;
            call = call.with("diskofferingid", id).with("size", custom.then_some(spec.size));
        }
        let made = self.make_volume(spec, &call).await?;
        if !spec.meta.is_empty() {
            let tagged = self.first_tags(&Holder::Volume(made.id.clone()), &spec.meta).await;
            tagged.map_err(|mut error: Error| {
                error.exists = vec![made.clone().into()];
                error
            })?;
        }
        Ok(Volume { meta: spec.meta.clone(), ..made })
    }

    async fn extend(&self, id: &str, size: i64) -> Result<()> {
        let row = self.volume_row(id).await?;
        let mut call = Call::idempotent("volume.extend", "resizeVolume").with("id", id);
        // Of a fixed size is what its offering says: another one must be found.
        let offering = text(&row, "diskofferingid");
        let custom = self.disk_offerings().await?.into_iter().find(|one| text(one, "id") == offering);
        let custom = custom.is_none_or(|one| truth(&one, "iscustomized") == Some(true));
        call = match custom {
            true => call.with("size", size),
            false => {
                let spec = VolumeSpec { size, ..VolumeSpec::default() };
                let (id, custom) = self.disk_offering(&spec).await?;
                call.with("diskofferingid", id).with("size", custom.then_some(size))
            }
        };
        self.run(&call).await.map(drop)
    }

    async fn attach(&self, server: &str, volume: &str, device: Option<&str>) -> Result<()> {
        let mut call =
            Call::once("volume.attach", "attachVolume").with("id", volume).with("virtualmachineid", server);
        if let Some(device) = device {
            let number = device_id(device).ok_or_else(|| {
                let message = format!("`{device}` is no device of a server");
                self.session
                    .error(Kind::InvalidArgument, message)
                    .help("write it as \"/dev/vdb\", or a number")
            })?;
            call = call.with("deviceid", number);
        }
        self.moved(&call, volume, Some(server)).await
    }

    async fn detach(&self, _server: &str, volume: &str) -> Result<()> {
        let call = Call::once("volume.detach", "detachVolume").with("id", volume);
        self.moved(&call, volume, None).await
    }

    async fn delete_volume(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("volume.delete", "deleteVolume").with("id", id);
        match self.take_away(&call, || async { Ok(self.volume(id).await?.is_some()) }).await {
            Err(error) if error.kind == Kind::Conflict => Err(self.volume_held(id, error).await),
            result => result,
        }
    }
}

impl CloudStack {
    /// The error of a volume that is at a server, with what frees it.
    async fn volume_held(&self, id: &str, error: Error) -> Error {
        let server = self.volume(id).await.ok().flatten().and_then(|volume| volume.server);
        let Some(server) = server else { return error };
        let there = self.machine(&server).await.ok().flatten();
        let state = there.as_ref().map(super::server::state);
        match state.as_deref() {
            None | Some("Destroyed" | "Expunging") => error.help(format!(
                "it is at server {server}, which is destroyed and still has it: {}",
                super::held::way_out(&server)
            )),
            Some(_) => error.help(format!("detach it first: it is attached to server {server}")),
        }
    }

    /// Attach or detach, once: a lost answer is settled by where the volume is.
    async fn moved(&self, call: &Call, volume: &str, server: Option<&str>) -> Result<()> {
        let making = Making {
            verb: if server.is_some() { "attach" } else { "detach" },
            what: format!("volume {volume} where it was to go"),
            list: format!("volume(\"{volume}\")"),
        };
        let send = || async move { self.run(call).await.map(drop) };
        let look = || async move {
            let row = self.volume_row(volume).await?;
            let at = text(&row, "virtualmachineid");
            if at.as_deref() == server {
                return Ok(Seen::Effect(()));
            }
            // One that came late is at work.
            Ok(match self.job_on(Some(volume), call).await? {
                Some(job) => Seen::Effect(self.finish(call, &job).await.map(drop)?),
                None => Seen::Nothing,
            })
        };
        match self.make(&making, send, look).await {
            Err(error) if error.kind == Kind::Conflict && server.is_some() => {
                Err(self.volume_held(volume, error).await)
            }
            result => result,
        }
    }

    async fn volume_row(&self, id: &str) -> Result<Json> {
        self.row("volume.show", "listVolumes", "volume", id).await?.ok_or_else(|| {
            let message = format!("{} has no volume `{id}`", self.session.name());
            self.session.error(Kind::NotFound, message).coded("cloud::not_found")
        })
    }

    async fn make_volume(&self, spec: &VolumeSpec, call: &Call) -> Result<Volume> {
        let before = CloudStack::ids(&self.named_volumes(&spec.name).await?);
        let before = &before;
        let making = Making {
            verb: "create_volume",
            what: format!("volume `{}`", spec.name),
            list: format!("volumes(#{{ name: {} }})", quoted(&spec.name)),
        };
        let send = || async move {
            let begun = self.begin(call).await?;
            begun.id.map(|id| (id, begun.job)).ok_or_else(|| self.lacking(call, "id"))
        };
        let look = || async move {
            let rows = self.named_volumes(&spec.name).await?;
            Ok(CloudStack::fresh(&rows, before, |one| text(one, "id").map(|id| (id, None))))
        };
        let (id, job) = self.make(&making, send, look).await?;
        self.finish_made(call, job, &format!("volume {id}")).await?;
        let row = self.volume_row(&id).await?;
        self.volume_of(&row).ok_or_else(|| self.lacking(call, "volume"))
    }

    async fn named_volumes(&self, name: &str) -> Result<Vec<Json>> {
        let rows = self.every(&Call::read("volume.list", "listVolumes").with("name", name), "volume").await?;
        Ok(rows.into_iter().filter(|row| text(row, "name").as_deref() == Some(name)).collect())
    }

    async fn disk_offerings(&self) -> Result<Vec<Json>> {
        self.every(&Call::read("volume.types", "listDiskOfferings"), "diskoffering").await
    }

    /// The disk offering of a volume, and whether its size is chosen: the one named, the one of just that size, a custom one.
    async fn disk_offering(&self, spec: &VolumeSpec) -> Result<(String, bool)> {
        let all = self.disk_offerings().await?;
        let custom = |row: &Json| truth(row, "iscustomized") == Some(true);
        let chosen = match &spec.kind {
            Some(kind) => {
                let named = |row: &&Json| {
                    text(row, "name").as_ref() == Some(kind) || text(row, "id").as_ref() == Some(kind)
                };
                all.iter().find(named)
            }
            None => all
                .iter()
                .find(|row| !custom(row) && int(row, "disksize") == Some(spec.size))
                .or_else(|| all.iter().find(|row| custom(row))),
        };
        let names = || {
            let told = |row: &Json| {
                let size = int(row, "disksize").filter(|_| !custom(row)).map(|size| format!(" ({size} GiB)"));
                format!(
                    "`{}`{}",
                    text(row, "name").unwrap_or_default(),
                    size.unwrap_or_else(|| " (any size)".into())
                )
            };
            all.iter().map(told).collect::<Vec<_>>().join(", ")
        };
        let Some(row) = chosen else {
            let message = match &spec.kind {
                Some(kind) => format!("{} has no disk offering `{kind}`", self.session.name()),
                None => format!("{} has no disk offering of {} GiB", self.session.name(), spec.size),
            };
            let kind = if spec.kind.is_some() { Kind::NotFound } else { Kind::InvalidArgument };
            return Err(self.session.error(kind, message).help(format!("choose by `type`: {}", names())));
        };
        if !custom(row) && int(row, "disksize").is_some_and(|size| size != spec.size) {
            let message = format!(
                "the disk offering `{}` is not of {} GiB",
                text(row, "name").unwrap_or_default(),
                spec.size
            );
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help(format!("choose from: {}", names())));
        }
        Ok((text(row, "id").unwrap_or_default(), custom(row)))
    }

    pub(super) fn volume_of(&self, row: &Json) -> Option<Volume> {
        let id = text(row, "id")?;
        let server = text(row, "virtualmachineid");
        let state = text(row, "state").unwrap_or_default();
        let status = match (state.as_str(), &server) {
            ("Allocated" | "Ready" | "Uploaded", Some(_)) => "IN-USE",
            ("Allocated" | "Ready" | "Uploaded", None) => "AVAILABLE",
            ("Creating" | "Copying" | "UploadOp" | "UploadInProgress" | "NotUploaded", _) => "CREATING",
            ("Attaching", _) => "ATTACHING",
            ("Resizing", _) => "EXTENDING",
            ("Migrating" | "Snapshotting" | "RevertSnapshotting" | "Restoring", Some(_)) => "IN-USE",
            ("Migrating" | "Snapshotting" | "RevertSnapshotting" | "Restoring", None) => "MAINTENANCE",
            ("Destroy" | "Expunged", _) => "DELETED",
            ("Expunging", _) => "DELETING",
            ("UploadError" | "UploadAbandoned" | "Error", _) => "ERROR",
            (_, Some(_)) => "IN-USE",
            (_, None) => "AVAILABLE",
        };
        Some(Volume {
            name: text(row, "name").unwrap_or_default(),
            status: status.to_string(),
            size: int(row, "size").map_or(0, |bytes| (bytes + GIB - 1) / GIB),
            kind: text(row, "diskofferingname").or_else(|| text(row, "storagetype")),
            zone: text(row, "zonename"),
            bootable: text(row, "type").map(|kind| kind == "ROOT"),
            device: int(row, "deviceid").filter(|_| server.is_some()).and_then(device_name),
            server,
            snapshot: text(row, "snapshotid"),
            image: text(row, "templateid").or_else(|| text(row, "isoid")),
            meta: meta_and_tags(row).0,
            created: time(row, "created"),
            cloud: self.session.name().clone(),
            read: self.clock.now(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}

/// `/dev/vdb` is 1; number 3 is the CD drive's.
fn device_id(device: &str) -> Option<i64> {
    if let Ok(number) = device.parse() {
        return Some(number);
    }
    let letter = device.strip_prefix("/dev/").unwrap_or(device).bytes().last()?;
    letter.is_ascii_lowercase().then(|| i64::from(letter - b'a'))
}

fn device_name(number: i64) -> Option<String> {
    let letter = u8::try_from(number).ok().filter(|number| *number < 26)?;
    Some(format!("/dev/vd{}", char::from(b'a' + letter)))
}
