//! Volumes: making, growing, copying and attaching them; made and attached once, also when the answer is lost.
//!
//! A volume carries a marker among its tags, which is the request's token too. EC2 gives the same volume for the same token; others
//! ignore it. So what was not answered is looked for first, and asked for again, once and with the same token, only when it surely
//! is not there.

use super::Aws;
use super::call::Call;
use super::decode::{tags, time};
use super::ec2::{image, region, snapshot, volume};
use super::recover::{LOOKS, quoted};
use crate::cloud::{
    Error, Kind, Listing, MARKER, Noun, Result, Snapshot, Snapshots, Time, Volume, VolumeSpec, Volumes,
};
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
                let zones = region::decode_zones(&self.ask(&region::zones()).await?);
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
        let token = uuid::Uuid::new_v4().to_string();
        let call = volume::create(spec, &zone, snapshot.as_deref(), &token)
            .map_err(|error| self.session.own(error))?;
        let begun = self.clock.now();
        let answered = self.ask(&call).await.and_then(|body| match self.volume_of(&body) {
            Some(volume) => Ok(volume),
            None => Err(self.untold("the answer describes no volume")),
        });
        let mut volume = match answered {
            Err(error) if error.maybe => self.look_for_volume(spec, &call, &token, begun, error).await?,
            known => known?,
        };
        self.memory.made(&volume.id, self.clock.now());
        // Old servers do not tell the tags they have just taken.
        volume.name.clone_from(&spec.name);
        Ok(volume)
    }

    async fn extend(&self, id: &str, size: i64) -> Result<()> {
        self.ask(&volume::extend(id, size)).await?;
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
        let device = match device {
            Some(device) => device.to_string(),
            None => volume::free_device(&self.described(server).await?).ok_or_else(|| {
                let message = format!("{server} has no device name free from /dev/sdf to /dev/sdp");
                self.session.error(Kind::Conflict, message).help("give `device`, or detach a volume first")
            })?,
        };
        match self.ask(&volume::attach(server, id, &device)).await {
            Err(error) if error.maybe => self.look_for_attachment(server, id, error).await,
            known => known.map(drop),
        }
    }

    async fn volumes(&self, listing: &Listing) -> Result<Vec<Volume>> {
        self.gather(volume::page(listing), "volumeSet", listing, |body| self.volume_of(body)).await
    }

    async fn volume(&self, id: &str) -> Result<Option<Volume>> {
        self.shown(Noun::Volume, id, volume::show(id), "volumeSet", |body| self.volume_of(body)).await
    }

    async fn detach(&self, server: &str, id: &str) -> Result<()> {
        self.ask(&volume::detach(server, id)).await.map(drop)
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
        let call = snapshot::create(id, name, meta).map_err(|error| self.session.own(error))?;
        let body = self.ask(&call).await?;
        let read = self.clock.now();
        let snapshot = snapshot::decode(&body, self.session.name(), read);
        let mut snapshot = self.made("snapshot", snapshot, |snapshot| snapshot.id.clone())?;
        snapshot.name = name.to_string();
        Ok(snapshot)
    }

    async fn snapshots(&self, listing: &Listing) -> Result<Vec<Snapshot>> {
        let decode = |body: &Json| snapshot::decode(body, self.session.name(), self.clock.now());
        self.gather(snapshot::page(listing), "snapshotSet", listing, decode).await
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

    /// Look for a volume whose answer was lost, and ask for it again where it is not there.
    async fn look_for_volume(
        &self,
        spec: &VolumeSpec,
        call: &Call,
        token: &str,
        begun: Time,
        error: Error,
    ) -> Result<Volume> {
        let (mut answered, mut doubtful) = (0, false);
        for pause in LOOKS {
            self.clock.sleep(pause).await;
            match self.of_marker(spec, token, begun).await {
                Ok((Some(volume), _)) => return Ok(volume),
                Ok((None, doubt)) => (answered, doubtful) = (answered + 1, doubtful || doubt),
                Err(_) => {}
            }
        }
        let mut again = "";
        if answered == LOOKS.len() && !doubtful {
            again = "; asked again with the same token, without an answer";
            match self.ask(call).await.map(|body| self.volume_of(&body)) {
                Ok(Some(volume)) => return Ok(volume),
                // Refused is refused: the first request did nothing, nor did the second.
                Err(refused) if !refused.maybe => return Err(refused),
                _ => {
                    self.clock.sleep(LOOKS[0]).await;
                    if let Ok((Some(volume), _)) = self.of_marker(spec, token, begun).await {
                        return Ok(volume);
                    }
                }
            }
        }
        let told = if answered == 0 { "no answer to that either" } else { "found none" };
        let looked = format!("for a volume with this request's marker, 3 times over 12 s: {told}{again}");
        let exists = "nothing of this call that the cloud shows; it could still appear";
        let list = format!("volumes(#{{ name: {} }})", quoted(&spec.name));
        Err(self.unresolved(error, "create_volume", looked, exists, &list))
    }

    /// The volume of this marker, and whether there is one that may be it and does not tell.
    async fn of_marker(&self, spec: &VolumeSpec, token: &str, begun: Time) -> Result<(Option<Volume>, bool)> {
        let (mut found, mut doubt) = (None, false);
        let every = |one: &serde_json::Value| {
            Some((one.clone(), tags(one).into_iter().find(|(key, _)| key == MARKER).map(|(_, value)| value)))
        };
        // Not by its tags: what came without them is to be seen, too.
        let call = volume::page(&Listing::default()).filter("size", [spec.size.to_string()]);
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

    /// Whether a volume came to a server, of which nobody answered. It is there once or not at all, so that nothing is asked again.
    async fn look_for_attachment(&self, server: &str, id: &str, error: Error) -> Result<()> {
        let mut answered = false;
        for pause in LOOKS {
            self.clock.sleep(pause).await;
            let show = volume::show(id);
            match self.first(&show, "volumeSet", |one| Some(volume::is_on(one, server))).await {
                Ok(Some(true)) => return Ok(()),
                Ok(_) => answered = true,
                Err(_) => {}
            }
        }
        let end = if answered { "it is not there" } else { "no answer to that either" };
        let looked = format!("for {id} on {server}, 3 times over 12 s: {end}");
        let exists = "no attachment that the cloud shows; it could still appear";
        let list = format!("volumes(#{{ server: {} }})", quoted(server));
        Err(self.unresolved(error, "attach", looked, exists, &list))
    }
}
