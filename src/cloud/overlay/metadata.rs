//! Metadata of servers, images, volumes and snapshots.

use super::Overlay;
use crate::cloud::{Holder, Noun, Resource, Result, TagChange};
use std::collections::BTreeMap;
use std::sync::Arc;

type Items = BTreeMap<String, String>;

impl Overlay {
    pub(super) async fn read_meta(&self, holder: &Holder) -> Result<Items> {
        if !self.is_changed(noun_of(holder), holder.id()) {
            return self.inner.meta(holder).await;
        }
        let resource = self.one_of(noun_of(holder), holder.id()).await?;
        Ok(items_of(&resource))
    }

    pub(super) async fn merge_meta(&self, holder: &Holder, items: &Items) -> Result<()> {
        let resource = self.one_of(noun_of(holder), holder.id()).await?;
        let changed = self.is_changed(noun_of(holder), holder.id());
        let words = || format!("set_meta {}", resource.name());
        self.shown(changed, words, self.inner.set_meta(holder, items)).await?;
        self.edit_meta(resource, |held| held.extend(items.clone()));
        Ok(())
    }

    pub(super) async fn put_meta(&self, holder: &Holder, items: &Items) -> Result<()> {
        let resource = self.one_of(noun_of(holder), holder.id()).await?;
        let changed = self.is_changed(noun_of(holder), holder.id());
        let words = || format!("replace_meta {}", resource.name());
        self.shown(changed, words, self.inner.replace_meta(holder, items)).await?;
        self.edit_meta(resource, |held| *held = items.clone());
        Ok(())
    }

    pub(super) async fn take_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        let resource = self.one_of(noun_of(holder), holder.id()).await?;
        if !items_of(&resource).contains_key(key) {
            return Err(self.not_found(format!("`{}` has no metadata item `{key}`", resource.name())));
        }
        let changed = self.is_changed(noun_of(holder), holder.id());
        let words = || format!("delete_meta {} {key}", resource.name());
        self.shown(changed, words, self.inner.delete_meta(holder, key)).await?;
        self.edit_meta(resource, |held| drop(held.remove(key)));
        Ok(())
    }

    pub(super) async fn change_tags(&self, server: &str, change: &TagChange) -> Result<()> {
        let server = self.server_now(server).await?;
        let changed = self.is_changed(Noun::Server, &server.id);
        let words = || format!("{} {}", change.verb(), server.name);
        self.shown(changed, words, self.inner.update_tags(&server.id, change)).await?;
        // Where tags are keys they come in the order of their names.
        let sorted = !self.is_openstack();
        self.edit_server(&server, |server| {
            server.tags = change.after(&server.tags);
            if sorted {
                server.tags.sort();
            }
        });
        Ok(())
    }

    fn edit_meta(&self, base: Resource, change: impl FnOnce(&mut Items)) {
        self.world().edit(base, |resource| match resource {
            Resource::Server(server) => change(&mut Arc::make_mut(server).meta),
            Resource::Image(image) => change(&mut Arc::make_mut(image).meta),
            Resource::Volume(volume) => change(&mut Arc::make_mut(volume).meta),
            Resource::Snapshot(snapshot) => change(&mut Arc::make_mut(snapshot).meta),
            _ => {}
        });
    }
}

fn noun_of(holder: &Holder) -> Noun {
    match holder {
        Holder::Server(_) => Noun::Server,
        Holder::Image(_) => Noun::Image,
        Holder::Volume(_) => Noun::Volume,
        Holder::Snapshot(_) => Noun::Snapshot,
    }
}

fn items_of(resource: &Resource) -> Items {
    match resource {
        Resource::Server(server) => server.meta.clone(),
        Resource::Image(image) => image.meta.clone(),
        Resource::Volume(volume) => volume.meta.clone(),
        Resource::Snapshot(snapshot) => snapshot.meta.clone(),
        _ => Items::new(),
    }
}
