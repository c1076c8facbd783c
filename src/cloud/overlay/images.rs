//! Deleting images, and every other noun that is deleted in one way.

use super::Overlay;
use crate::cloud::{Noun, Resource, Result};

impl Overlay {
    pub(super) async fn take_image(&self, id: &str) -> Result<bool> {
        let Some(image) = self.find(Noun::Image, id).await? else { return Ok(false) };
        let words = || format!("delete {}", image.name());
        self.shown(self.is_changed(Noun::Image, id), words, self.inner.delete_image(image.id())).await?;
        self.world().delete(image);
        Ok(true)
    }

    pub(super) async fn take_other(&self, noun: Noun, id: &str) -> Result<bool> {
        let Some(found) = self.find(noun, id).await? else { return Ok(false) };
        self.may_delete(&found)?;
        let words = || format!("delete {}", found.name());
        let changed = self.is_changed(noun, found.id());
        self.shown(changed, words, self.inner.delete(noun, found.id(), false)).await?;
        let subnets: Vec<Resource> = match noun {
            Noun::Network => {
                let of_it = |one: &Resource| matches!(one, Resource::Subnet(subnet) if subnet.network.as_deref() == Some(found.id()) || subnet.id == found.id());
                let world = self.world();
                let subnets = world.present(Noun::Subnet).map(|entry| entry.resource.clone());
                subnets.filter(of_it).collect()
            }
            _ => Vec::new(),
        };
        match &found {
            Resource::PublicIp(ip) => self.lead_nowhere(ip).await?,
            Resource::Port(port) => self.part_addresses(port).await?,
            _ => {}
        }
        let mut world = self.world();
        subnets.into_iter().for_each(|subnet| world.delete(subnet));
        world.routes.remove(found.id());
        world.delete(found);
        Ok(true)
    }
}
