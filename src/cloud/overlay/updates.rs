//! Names, descriptions and an image's own fields, changed.

use super::Overlay;
use crate::cloud::update::Update;
use crate::cloud::{Noun, Resource, Result, Updates};
use async_trait::async_trait;
use std::sync::Arc;

#[async_trait]
impl Updates for Overlay {
    async fn update(&self, noun: Noun, id: &str, update: &Update) -> Result<()> {
        self.change(noun, id, update).await
    }
}

impl Overlay {
    async fn change(&self, noun: Noun, id: &str, update: &Update) -> Result<()> {
        let base = self.one_of(noun, id).await?;
        let words = || format!("update {}", base.name());
        let asked = self.inner.update(noun, base.id(), update);
        self.shown(self.is_changed(noun, base.id()), words, asked).await?;
        self.world().edit(base, |resource| {
            if let (Some(name), Some(own)) = (&update.name, name_of(resource)) {
                own.clone_from(name);
            }
            match resource {
                Resource::Image(image) => {
                    let image = Arc::make_mut(image);
                    image.visibility = update.visibility.clone().or(image.visibility.take());
                    image.min_disk = update.min_disk.unwrap_or(image.min_disk);
                    image.min_ram = update.min_ram.unwrap_or(image.min_ram);
                }
                Resource::SecurityGroup(group) => {
                    let group = Arc::make_mut(group);
                    group.description = update.description.clone().unwrap_or(group.description.clone());
                }
                _ => {}
            }
        });
        Ok(())
    }
}

/// The name of a resource that can be given another.
fn name_of(resource: &mut Resource) -> Option<&mut String> {
    Some(match resource {
        Resource::Image(it) => &mut Arc::make_mut(it).name,
        Resource::Volume(it) => &mut Arc::make_mut(it).name,
        Resource::Snapshot(it) => &mut Arc::make_mut(it).name,
        Resource::Backup(it) => &mut Arc::make_mut(it).name,
        Resource::Network(it) => &mut Arc::make_mut(it).name,
        Resource::Subnet(it) => &mut Arc::make_mut(it).name,
        Resource::Router(it) => &mut Arc::make_mut(it).name,
        Resource::SecurityGroup(it) => &mut Arc::make_mut(it).name,
        _ => return None,
    })
}
