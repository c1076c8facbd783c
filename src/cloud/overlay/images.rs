//! Images: made of bytes, saved and shared; deleting them, and every other noun that is deleted in one way.

use super::Overlay;
use super::layer::raw;
use crate::base::stream::Sink;
use crate::cloud::{Error, Filter, Image, ImageSpec, Images, Kind, Noun, Resource, Result, SavedImage};
use async_trait::async_trait;
use std::io::Read as _;
use std::sync::Arc;

/// What is fetched in a dry run, so that the script may read it: no more than this.
const FETCHED: u64 = 16 << 20;

#[async_trait]
impl Images for Overlay {
    async fn images(&self, filter: &Filter) -> Result<Vec<Image>> {
        self.all_images(filter).await
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        self.found(Noun::Image, id).await
    }

    async fn images_in_zone(&self, name: &str, zone: Option<&str>) -> Result<Vec<Image>> {
        self.inner.images_in_zone(name, zone).await
    }

    async fn upload_image(&self, spec: &ImageSpec) -> Result<Image> {
        self.make_image(spec).await
    }

    async fn save_image(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        self.write_image(id, to).await
    }

    async fn share_image(&self, id: &str, project: &str) -> Result<()> {
        self.set_member(id, project, true).await
    }

    async fn unshare_image(&self, id: &str, project: &str) -> Result<()> {
        self.set_member(id, project, false).await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        self.take_image(id).await
    }
}

impl Overlay {
    async fn make_image(&self, spec: &ImageSpec) -> Result<Image> {
        let words = || format!("upload_image {}", spec.name);
        self.shown(false, words, self.inner.upload_image(spec)).await?;
        (self.show)(&format!("send the {} bytes of {}", spec.content.size(), spec.name));
        let now = self.now();
        let image = Image {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "ACTIVE".to_string(),
            size: i64::try_from(spec.content.size()).ok(),
            min_disk: 0,
            min_ram: 0,
            meta: spec.meta.clone(),
            created: Some(now),
            visibility: spec.visibility.clone().or_else(|| Some("shared".to_string())),
            owner: None,
            cloud: self.inner.name().clone(),
            read: now,
            raw: raw(),
        };
        let mut world = self.world();
        world.contents.insert(image.id.clone(), spec.content.clone());
        world.make(image.clone().into());
        drop(world);
        Ok(image)
    }

    async fn image_now(&self, id: &str) -> Result<Image> {
        match self.one_of(Noun::Image, id).await? {
            Resource::Image(image) => Ok(Arc::unwrap_or_clone(image)),
            _ => Err(self.absent(Noun::Image, id)),
        }
    }

    /// What is small is fetched; of the rest the file tells its size alone.
    async fn write_image(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        let image = self.image_now(id).await?;
        (self.show)(&format!("save {} to a file", image.name));
        let whole = image.size.and_then(|size| u64::try_from(size).ok());
        if !Self::is_own(id) && whole.is_some_and(|whole| whole <= FETCHED) {
            return self.inner.save_image(id, to).await;
        }
        let made_of = self.world().contents.get(id).cloned();
        let unread = |error| Error::new(Kind::Failed, format!("`{}` cannot be read: {error}", image.name));
        to.begin(whole).map_err(unread)?;
        if let Some(content) = made_of.filter(|content| content.size() <= FETCHED) {
            let mut bytes = Vec::new();
            content.open().and_then(|mut reader| reader.read_to_end(&mut bytes)).map_err(unread)?;
            to.write(&bytes).map_err(unread)?;
        }
        Ok(SavedImage { size: whole.unwrap_or(0), sized: true, checked: true })
    }

    /// Share an image with a project, or share it no more.
    async fn set_member(&self, id: &str, project: &str, on: bool) -> Result<()> {
        let image = self.image_now(id).await?;
        let key = (image.id.clone(), project.to_string());
        let was = self.world().members.get(&key).copied().or(Self::is_own(id).then_some(false));
        // The others take what is so already.
        if self.is_openstack() && was == Some(on) {
            let (kind, code, is) = match on {
                true => (Kind::Conflict, "cloud::conflict", "is shared with the project"),
                false => (Kind::NotFound, "cloud::not_found", "is not shared with the project"),
            };
            let message = format!("the image `{}` {is} {project}", image.name);
            return Err(Error::new(kind, message).coded(code));
        }
        let changed = self.is_changed(Noun::Image, id);
        let shown = match on {
            true => {
                let words = || format!("share_image {} {project}", image.name);
                self.shown(changed, words, self.inner.share_image(id, project)).await
            }
            false => {
                let words = || format!("unshare_image {} {project}", image.name);
                self.shown(changed, words, self.inner.unshare_image(id, project)).await
            }
        };
        shown?;
        let mut world = self.world();
        world.members.insert(key, on);
        world.edit(image.into(), |resource| {
            if let Resource::Image(image) = resource
                && on
                && image.visibility.as_deref() == Some("private")
            {
                Arc::make_mut(image).visibility = Some("shared".to_string());
            }
        });
        Ok(())
    }

    async fn take_image(&self, id: &str) -> Result<bool> {
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
