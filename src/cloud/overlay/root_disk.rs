//! The volume that a booted server starts from: one that was there, or one that is made for it.

use super::Overlay;
use super::layer::raw;
use crate::cloud::server::{BootSpec, RootDisk};
use crate::cloud::{Noun, Resource, Result, Server, Volume};
use std::sync::Arc;

impl Overlay {
    /// The volume that a server starts from, where it has one of its own.
    pub(super) async fn root_of(&self, spec: &BootSpec, server: &Server) -> Result<Option<String>> {
        let snapshot = match &spec.root_disk {
            None if self.is_openstack() => return Ok(None),
            Some(RootDisk::Volume(id)) => return self.joined_as_root(server, id).await,
            Some(RootDisk::Snapshot(id)) => match self.find(Noun::Snapshot, id).await? {
                Some(Resource::Snapshot(snapshot)) => Some(snapshot),
                _ => None,
            },
            _ => None,
        };
        let image = match &spec.image {
            Some(image) => self.find(Noun::Image, image).await?,
            None => None,
        };
        let least = match &image {
            Some(Resource::Image(image)) => image.min_disk.max(1),
            _ => 1,
        };
        let id = self.new_id();
        let volume = Volume {
            id: id.clone(),
            name: String::new(),
            status: "IN-USE".to_string(),
            size: match &snapshot {
                Some(snapshot) => snapshot.size,
                None => spec.root_size().unwrap_or(least),
            },
            kind: None,
            zone: server.zone.clone(),
            bootable: self.is_openstack().then_some(true),
            server: Some(server.id.clone()),
            device: Some(if self.is_openstack() { "/dev/vda" } else { "/dev/sda1" }.to_string()),
            snapshot: snapshot.map(|snapshot| snapshot.id.clone()),
            image: spec.image.clone().filter(|_| self.is_openstack()),
            meta: Default::default(),
            created: server.created,
            cloud: server.cloud.clone(),
            read: server.read,
            raw: raw(),
        };
        let mut world = self.world();
        world.make(Resource::Volume(Arc::new(volume)));
        world.goes_with.insert(id.clone(), server.id.clone());
        Ok(Some(id))
    }

    /// The volume that was there before and that the server starts from.
    async fn joined_as_root(&self, server: &Server, id: &str) -> Result<Option<String>> {
        let volume = self.volume_now(id).await?;
        self.edit_volume(&volume, |volume| {
            (volume.status, volume.server) = ("IN-USE".to_string(), Some(server.id.clone()));
            volume.device = Some("/dev/vda".to_string());
        });
        Ok(Some(volume.id))
    }
}
