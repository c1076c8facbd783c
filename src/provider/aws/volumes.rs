//! Volumes: making, growing, copying and attaching them.

use super::Aws;
use super::ec2::{image, region, snapshot, volume};
use crate::cloud::{Kind, Result, Snapshot, Volume, VolumeSpec};
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Aws {
    /// A volume from its description; one that is to grow and has not is not at rest.
    pub(super) fn volume_of(&self, body: &Json) -> Option<Volume> {
        let mut volume = volume::decode(body, self.session.name(), self.clock.now())?;
        if self.memory.is_growing(&volume.id, volume.size) {
            volume.status = "EXTENDING".to_string();
        }
        Some(volume)
    }

    /// A volume is in a zone: that of the account's first where none is given.
    pub(super) async fn make_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
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
        let body = self.ask(&call).await?;
        let mut volume = self.made("volume", self.volume_of(&body), |volume| volume.id.clone())?;
        // Old servers do not tell the tags they have just taken.
        volume.name.clone_from(&spec.name);
        Ok(volume)
    }

    pub(super) async fn grow_volume(&self, id: &str, size: i64) -> Result<()> {
        self.ask(&volume::extend(id, size)).await?;
        self.memory.extended(id, size);
        Ok(())
    }

    pub(super) async fn snap_volume(
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

    /// Attach a volume, as the first device that is free where none is given.
    pub(super) async fn attach(&self, server: &str, id: &str, device: Option<&str>) -> Result<()> {
        let device = match device {
            Some(device) => device.to_string(),
            None => volume::free_device(&self.described(server).await?).ok_or_else(|| {
                let message = format!("{server} has no device name free from /dev/sdf to /dev/sdp");
                self.session.error(Kind::Conflict, message).help("give `device`, or detach a volume first")
            })?,
        };
        self.ask(&volume::attach(server, id, &device)).await.map(drop)
    }
}
