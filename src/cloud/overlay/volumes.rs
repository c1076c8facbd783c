//! Volumes and their snapshots: made, grown, attached and detached.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Noun, Resource, Result, Server, Snapshot, Volume, VolumeSpec};
use std::collections::BTreeMap;

impl Overlay {
    pub(super) async fn make_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        for (noun, id) in [(Noun::Image, &spec.image), (Noun::Snapshot, &spec.snapshot)] {
            if let Some(id) = id {
                self.not_gone(noun, id)?;
            }
        }
        let own = |noun, id: &Option<String>| id.as_ref().is_some_and(|id| self.is_changed(noun, id));
        let changed = own(Noun::Image, &spec.image) || own(Noun::Snapshot, &spec.snapshot);
        let words = || format!("create_volume {}", spec.name);
        self.shown(changed, words, self.inner.create_volume(spec)).await?;
        let zone = match &spec.zone {
            Some(zone) => Some(zone.clone()),
            None => self.inner.zones().await.ok().and_then(|zones| zones.into_iter().next()),
        };
        let now = self.now();
        let volume = Volume {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "AVAILABLE".to_string(),
            size: spec.size,
            kind: spec.kind.clone(),
            zone,
            bootable: self.is_openstack().then_some(spec.image.is_some() || spec.snapshot.is_some()),
            server: None,
            device: None,
            snapshot: spec.snapshot.clone(),
            image: spec.image.clone().filter(|_| self.is_openstack()),
            meta: spec.meta.clone(),
            created: Some(now),
            cloud: self.inner.name().clone(),
            read: now,
            raw: raw(),
        };
        self.world().make(volume.clone().into());
        Ok(volume)
    }

    pub(super) async fn grow_volume(&self, id: &str, size: i64) -> Result<()> {
        let volume = self.volume_now(id).await?;
        let words = || format!("extend {} {size}", volume.name);
        self.shown(self.is_changed(Noun::Volume, id), words, self.inner.extend(id, size)).await?;
        self.edit_volume(&volume, |volume| volume.size = size);
        Ok(())
    }

    pub(super) async fn make_snapshot(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        let volume = self.volume_now(id).await?;
        let words = || format!("snapshot {} {name}", volume.name);
        self.shown(self.is_changed(Noun::Volume, id), words, self.inner.snapshot_volume(id, name, meta))
            .await?;
        let now = self.now();
        let snapshot = Snapshot {
            id: self.new_id(),
            name: name.to_string(),
            status: "AVAILABLE".to_string(),
            volume: Some(volume.id.clone()),
            size: volume.size,
            meta: meta.clone(),
            created: Some(now),
            cloud: volume.cloud.clone(),
            read: now,
            raw: raw(),
        };
        self.world().make(snapshot.clone().into());
        Ok(snapshot)
    }

    pub(super) async fn attach_volume(&self, server: &str, id: &str, device: Option<&str>) -> Result<()> {
        let (server, volume) = (self.server_now(server).await?, self.volume_now(id).await?);
        if volume.server.is_some() {
            return Err(self.conflict(format!("the volume `{}` is attached already", volume.name)));
        }
        let changed = self.is_changed(Noun::Server, &server.id) || self.is_changed(Noun::Volume, id);
        let words = || format!("attach {} {}", server.name, volume.name);
        self.shown(changed, words, self.inner.attach(&server.id, id, device)).await?;
        self.joined(&server, id, device).await
    }

    /// A volume is at a server.
    pub(super) async fn joined(&self, server: &Server, id: &str, device: Option<&str>) -> Result<()> {
        let (server, volume) = (self.server_now(&server.id).await?, self.volume_now(id).await?);
        let device = match device {
            Some(device) => Some(device.to_string()),
            None => self.free_device(&server).await?,
        };
        self.edit_volume(&volume, |volume| {
            (volume.status, volume.server) = ("IN-USE".to_string(), Some(server.id.clone()));
            volume.device = device;
        });
        self.edit_server(&server, |server| server.volumes.push(id.to_string()));
        Ok(())
    }

    /// The first name that the server's disks leave free: Nova counts on from the root disk, EC2 has `f` to `p` for data.
    async fn free_device(&self, server: &Server) -> Result<Option<String>> {
        let mut taken = Vec::new();
        for id in &server.volumes {
            if let Some(Resource::Volume(volume)) = self.find(Noun::Volume, id).await? {
                taken.extend(volume.device.as_ref().and_then(|device| device.chars().last()));
            }
        }
        let (stem, mut letters) = match self.is_openstack() {
            true => ("/dev/vd", 'b'..='z'),
            false => ("/dev/sd", 'f'..='p'),
        };
        Ok(letters.find(|letter| !taken.contains(letter)).map(|letter| format!("{stem}{letter}")))
    }

    pub(super) async fn detach_volume(&self, server: &str, id: &str) -> Result<()> {
        let (server, volume) = (self.server_now(server).await?, self.volume_now(id).await?);
        if volume.server.as_ref() != Some(&server.id) {
            let message = format!("the volume `{}` is not attached to `{}`", volume.name, server.name);
            return Err(self.not_found(message));
        }
        let changed = self.is_changed(Noun::Server, &server.id) || self.is_changed(Noun::Volume, id);
        let words = || format!("detach {} {}", server.name, volume.name);
        self.shown(changed, words, self.inner.detach(&server.id, id)).await?;
        self.edit_volume(&volume, |volume| {
            (volume.status, volume.server, volume.device) = ("AVAILABLE".to_string(), None, None);
        });
        self.edit_server(&server, |server| server.volumes.retain(|one| one != id));
        Ok(())
    }
}
