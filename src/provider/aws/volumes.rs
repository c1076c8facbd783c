//! Volumes: making, growing, copying and attaching them; made and attached once, also when the answer is lost.
//!
//! A volume carries a marker among its tags, which is the request's token too. EC2 gives the same volume for the same token; others
//! ignore it. So what was not answered is looked for first, and asked for again, once and with the same token, only when it surely
//! is not there.

use super::Aws;
use super::decode::{tags, time};
use super::ec2::{image, snapshot, tag, volume};
use super::making::Making;
use super::recover::quoted;
use crate::cloud::{
    Account, Error, Filter, Kind, MARKER, Noun, Result, Snapshot, Snapshots, Time, Volume, VolumeSpec,
    Volumes,
};
use crate::provider::recover::{Looked, Seen};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[async_trait]
impl Volumes for Aws {
    // A volume is in a zone: that of the account's first where none is given.
    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        let zone = match &spec.zone {
            Some(zone) => zone.clone(),
            None => {
                let zones = self.zones().await?;
                zones.into_iter().next().ok_or_else(|| {
                    self.session
                        .error(Kind::Failed, "the region has no zone that can be used")
                        .help("give `zone`")
                })?
            }
        };
        let snapshot = match (&spec.snapshot, &spec.image) {
            (Some(snapshot), _) => Some(snapshot.clone()),
            (None, Some(id)) => {
                let found = self
                    .first(&image::show(id), "imagesSet", |one| image::snapshots(one).into_iter().next())
                    .await?;
                Some(found.ok_or_else(|| {
                    self.session.error(
                        Kind::NotFound,
                        format!("the image {id} has no disk that a volume could be filled from"),
                    )
                })?)
            }
            (None, None) => None,
        };
        let token = crate::cloud::call_scope::token();
        let call = volume::create(spec, &zone, snapshot.as_deref(), &token)
            .map_err(|error| self.session.own(error))?;
        let begun = self.clock.now();
        let send = || async {
            let body = self.ask(&call).await?;
            self.volume_of(&body).ok_or_else(|| self.untold("the answer describes no volume"))
        };
        let look = || async {
            Ok(match self.of_marker(spec, &token, begun).await? {
                (Some(volume), _) => Seen::Effect(volume),
                (None, true) => Seen::Unclear,
                (None, false) => Seen::Nothing,
            })
        };
        let unknown = |error, looked: Looked| {
            let exists = "nothing of this call that the cloud shows; it could still appear";
            let list = format!("volumes(#{{ name: {} }})", quoted(&spec.name));
            let words = looked.words("a volume with this request's marker");
            self.unresolved(error, "create_volume", words, exists, &list)
        };
        let mut volume = self.once(send, look, unknown).await?;
        self.memory.made(&volume.id, self.clock.now());
        // Old servers do not tell the tags they have just taken.
        volume.name.clone_from(&spec.name);
        Ok(volume)
    }

    async fn extend(&self, id: &str, size: i64) -> Result<()> {
        let call = volume::extend(id, size);
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            let grown = self.volume(id).await?.is_some_and(|volume| volume.size == size);
            Ok(if grown { Seen::Effect(()) } else { Seen::Nothing })
        };
        let unknown = |error, looked: Looked| {
            let list = format!("volume({})", quoted(id));
            let words = looked.words(&format!("a volume {id} of {size} GiB"));
            self.unresolved(error, "extend", words, "the volume; it could still grow", &list)
        };
        match self.once(send, look, unknown).await {
            // Of a request that went out twice the first one is under way.
            Err(error) if !error.maybe && error.code.as_deref() == Some("IncorrectModificationState") => {}
            ended => ended?,
        }
        self.memory.extended(id, size);
        Ok(())
    }

    // Attach a volume, as the first device that is free where none is given.
    async fn attach(&self, server: &str, id: &str, device: Option<&str>) -> Result<()> {
        // Two at once would choose the same name.
        let _alone = match device {
            None => Some(self.memory.choosing.lock().await),
            Some(_) => None,
        };
        if let Some(device) = device {
            return self.attach_as(server, id, device).await;
        }
        let shown = self.described(server).await?;
        let mut taken = Vec::new();
        loop {
            let device = volume::free_device(&shown, &taken).ok_or_else(|| {
                let message = format!("{server} has no device name free from /dev/sdf to /dev/sdp");
                self.session.error(Kind::Conflict, message).help("give `device`, or detach a volume first")
            })?;
            match self.attach_as(server, id, &device).await {
                // Somebody else's volume is coming or going there, and is not shown.
                Err(error) if !error.maybe && volume::is_device_taken(&error, &device) => taken.push(device),
                ended => return ended,
            }
        }
    }

    async fn volumes(&self, filter: &Filter) -> Result<Vec<Volume>> {
        self.gather(volume::page(filter), "volumeSet", filter, |body| self.volume_of(body)).await
    }

    async fn volume(&self, id: &str) -> Result<Option<Volume>> {
        self.shown(Noun::Volume, id, volume::show(id), "volumeSet", |body| self.volume_of(body)).await
    }

    async fn detach(&self, server: &str, id: &str) -> Result<()> {
        let call = volume::detach(server, id);
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            Ok(match self.is_on(server, id).await? {
                Some(true) => Seen::Nothing,
                Some(false) => Seen::Effect(()),
                None => Seen::Unclear,
            })
        };
        self.once(send, look, |error, looked| self.unattached("detach", server, id, error, looked)).await
    }

    async fn delete_volume(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, volume::delete(id)).await
    }
}

#[async_trait]
impl Snapshots for Aws {
    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        let making = Making {
            verb: "snapshot",
            what: format!("snapshot `{name}`"),
            list: format!("snapshots(#{{ name: {} }})", quoted(name)),
            call: snapshot::create(id),
            kind: "snapshot",
            tags: tag::list(Some(name), meta, &[]).map_err(|error| self.session.own(error))?,
            look: snapshot::page(&Filter { volume: Some(id.to_string()), ..Filter::default() }),
            set: "snapshotSet",
            id: "snapshotId",
            time: Some("startTime"),
            may_be: |one| tags(one).is_empty(),
            delete: Some(snapshot::delete),
        };
        let decode = |body: &Json| snapshot::decode(body, self.session.name(), self.clock.now());
        let mut snapshot = self.make(&making, decode, decode, |snapshot| snapshot.id.clone()).await?;
        self.memory.made(&snapshot.id, self.clock.now());
        snapshot.name = name.to_string();
        Ok(snapshot)
    }

    async fn snapshots(&self, filter: &Filter) -> Result<Vec<Snapshot>> {
        let decode = |body: &Json| snapshot::decode(body, self.session.name(), self.clock.now());
        self.gather(snapshot::page(filter), "snapshotSet", filter, decode).await
    }

    async fn snapshot(&self, id: &str) -> Result<Option<Snapshot>> {
        let decode = |body: &Json| snapshot::decode(body, self.session.name(), self.clock.now());
        self.shown(Noun::Snapshot, id, snapshot::show(&[id]), "snapshotSet", decode).await
    }

    async fn delete_snapshot(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, snapshot::delete(id)).await
    }
}

impl Aws {
    /// A volume from its description; one that is to grow and has not is not at rest.
    pub(super) fn volume_of(&self, body: &Json) -> Option<Volume> {
        let mut volume = volume::decode(body, self.session.name(), self.clock.now())?;
        if self.memory.is_growing(&volume.id, volume.size) {
            volume.status = "EXTENDING".to_string();
        }
        Some(volume)
    }

    /// The volume of this marker, and whether there is one that may be it and does not tell.
    async fn of_marker(&self, spec: &VolumeSpec, token: &str, begun: Time) -> Result<(Option<Volume>, bool)> {
        let (mut found, mut doubt) = (None, false);
        let every = |one: &serde_json::Value| {
            Some((one.clone(), tags(one).into_iter().find(|(key, _)| key == MARKER).map(|(_, value)| value)))
        };
        // Not by its tags: what came without them is to be seen, too.
        let call = volume::page(&Filter::default()).filter("size", [spec.size.to_string()]);
        for (one, marker) in self.every(call, "volumeSet", every).await? {
            match marker {
                Some(marker) if marker == token => found = found.or_else(|| self.volume_of(&one)),
                Some(_) => {}
                // A cloud that keeps no tags may have made this one for us.
                None => doubt |= time(&one, "createTime").is_none_or(|at| begun.since(at).seconds() < 60),
            }
        }
        Ok((found, doubt))
    }

    async fn attach_as(&self, server: &str, id: &str, device: &str) -> Result<()> {
        let call = volume::attach(server, id, device);
        let send = || async { self.ask(&call).await.map(drop) };
        let look = || async {
            Ok(match self.is_on(server, id).await? {
                Some(true) => Seen::Effect(()),
                Some(false) => Seen::Nothing,
                None => Seen::Unclear,
            })
        };
        self.once(send, look, |error, looked| self.unattached("attach", server, id, error, looked)).await
    }

    /// Whether a volume is on a server, or leaving it, which is no more.
    async fn is_on(&self, server: &str, id: &str) -> Result<Option<bool>> {
        self.first(&volume::show(id), "volumeSet", |one| Some(volume::is_on(one, server))).await
    }

    /// The error of an attaching or detaching of which nobody knows.
    fn unattached(&self, verb: &str, server: &str, id: &str, error: Error, looked: Looked) -> Error {
        let words = looked.words(&format!("{id} on {server}"));
        let exists = "what the cloud shows; it could still change";
        let list = format!("volumes(#{{ server: {} }})", quoted(server));
        self.unresolved(error, verb, words, exists, &list)
    }
}
