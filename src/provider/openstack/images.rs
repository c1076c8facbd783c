//! Images and flavors: what servers are made from. Without Glance in the catalog, images are asked of Nova.

use super::OpenStack;
use super::call::is_segment;
use super::decode::text;
use super::glance;
use super::marked::Mark;
use super::nova::{flavor, image};
use super::send::found;
use super::session::{Range, Service};
use crate::base::stream::Sink;
use crate::cloud::{
    Account, Error, Filter, Flavor, Flavors, Image, ImageSpec, Images, Kind, MARKER, NameMatch, Noun, Result,
    SavedImage,
};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

#[async_trait]
impl Images for OpenStack {
    async fn images(&self, filter: &Filter) -> Result<Vec<Image>> {
        let (cloud, read) = (self.session.name(), self.clock.now());
        let glance = self.has_glance().await?;
        if !glance && (filter.visibility.is_some() || filter.owner.is_some()) {
            let message = "Nova tells neither the visibility nor the owner of an image";
            return Err(self
                .session
                .error(Kind::Unsupported, message)
                .help("leave `visibility` and `owner` out"));
        }
        let first = match glance {
            true => glance::image::first(filter),
            false => image::page(Vec::new(), &self.compute().await?),
        };
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        let own = match filter.all_projects || filter.owner.is_some() || !filter.ids.is_empty() {
            true => None,
            false => self.project().await?,
        };
        self.every(first, "images", |entry| {
            let image = match glance {
                true => glance::image::decode(entry, cloud, read),
                false => image::decode(entry, cloud, read),
            };
            let image = image.filter(|image| filter.matches(image) && may_be_for(image, own.as_deref()));
            out.extend(image);
            filter.is_enough(out.len())
        })
        .await?;
        if glance {
            self.told_of_projects(filter, "images").await?;
        }
        match own {
            Some(own) if self.is_admin().await? => self.without_strangers(out, &own).await,
            _ => Ok(out),
        }
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let (cloud, read) = (self.session.name(), self.clock.now());
        let image = match self.has_glance().await? {
            // An image's id is a UUID. What is no id and was in no list may be the name of one that lists leave out.
            true if !self.is_id(Noun::Image, id) => self.hidden_image(id).await?,
            true => {
                let call = glance::image::show(id);
                self.shown_whole(&call, "image", |body| glance::image::decode(body, cloud, read)).await?
            }
            false => {
                let call = image::show(id, &self.compute().await?);
                self.shown(&call, "image", |body| image::decode(body, cloud, read)).await?
            }
        };
        Ok(image.filter(|image| image.status != "DELETED"))
    }

    async fn upload_image(&self, spec: &ImageSpec) -> Result<Image> {
        self.make_of_bytes(spec).await
    }

    async fn save_image(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        self.write_bytes(id, to).await
    }

    async fn share_image(&self, id: &str, project: &str) -> Result<()> {
        self.add_member(id, project).await
    }

    async fn unshare_image(&self, id: &str, project: &str) -> Result<()> {
        self.delete_member(id, project).await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        if !is_segment(id) {
            return Ok(false);
        }
        let call = match self.has_glance().await? {
            true => glance::image::delete(id),
            false => image::delete(id, &self.compute().await?),
        };
        self.take_away(&call).await
    }
}

#[async_trait]
impl Flavors for OpenStack {
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let first = flavor::page(Vec::new(), &self.compute().await?);
        let mut out: Vec<Flavor> = Vec::new();
        self.every(first, "flavors", |entry| {
            out.extend(flavor::decode(entry, self.session.name()));
            false
        })
        .await?;
        out.sort_by(|a, b| (a.vcpus, a.ram, a.disk, &a.name).cmp(&(b.vcpus, b.ram, b.disk, &b.name)));
        Ok(out)
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let call = flavor::show(id, &self.compute().await?);
        self.shown(&call, "flavor", |body| flavor::decode(body, self.session.name())).await
    }
}

impl OpenStack {
    /// The images without those that another project shares, but not with this one: an administrator is shown them too.
    async fn without_strangers(&self, images: Vec<Image>, own: &str) -> Result<Vec<Image>> {
        let mut ours = Vec::with_capacity(images.len());
        for image in images {
            let shared = image.visibility.as_deref() == Some("shared");
            let foreign = image.owner.as_deref().is_some_and(|owner| owner != own);
            let is_member = || async {
                let member = found(self.json(&glance::image::member(&image.id, own)).await)?;
                Ok::<bool, crate::cloud::Error>(
                    member.is_some_and(|member| text(&member, "status").as_deref() == Some("accepted")),
                )
            };
            if !(shared && foreign) || is_member().await? {
                ours.push(image);
            }
        }
        Ok(ours)
    }

    /// The only image of this name among those that are hidden from lists.
    async fn hidden_image(&self, name: &str) -> Result<Option<Image>> {
        let (cloud, read) = (self.session.name(), self.clock.now());
        let mut found = Vec::new();
        self.every(glance::image::hidden(name), "images", |entry| {
            let image = glance::image::decode(entry, cloud, read);
            found.extend(image.filter(|image| image.name == name));
            false
        })
        .await?;
        if found.len() > 1 {
            let ids: Vec<&str> = found.iter().map(|image| image.id.as_str()).collect();
            let message = format!("{cloud} has {} hidden images named `{name}`", found.len());
            let error = Error::new(Kind::Ambiguous, message).coded("cloud::ambiguous");
            return Err(self.own(error.help(format!("name one by its id: {}", ids.join(", ")))));
        }
        Ok(found.pop())
    }

    /// Whether the cloud has Glance; without, images are asked of Nova.
    pub(super) async fn has_glance(&self) -> Result<bool> {
        let asked = || async {
            match self.session.url(&Service::Image, "", &[]).await {
                Ok(_) => Ok(true),
                Err(error) if matches!(error.kind, Kind::NotFound | Kind::Unsupported) => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.glance.get_or_try_init(asked).await.copied()
    }

    /// By what an image of this name that carries this marker is known.
    pub(super) async fn mark_of_image(&self, name: &str, marker: String, range: &Range) -> Result<Mark> {
        let what = format!("image `{name}`");
        let holds = |properties: Option<&Json>, marker: &str| {
            properties.and_then(|properties| text(properties, MARKER)).as_deref() == Some(marker)
        };
        Ok(match self.has_glance().await? {
            true => {
                let name = Some(NameMatch::Exact(name.to_string()));
                Mark {
                    what,
                    list: glance::image::first(&Filter { name, ..Filter::default() }),
                    key: "images",
                    is_own: Box::new(move |entry| holds(Some(entry), &marker)),
                    delete: Box::new(glance::image::delete),
                }
            }
            false => {
                let range = *range;
                Mark {
                    what,
                    list: image::page(Vec::new(), &range),
                    key: "images",
                    is_own: Box::new(move |entry| holds(entry.get("metadata"), &marker)),
                    delete: Box::new(move |id| image::delete(id, &range)),
                }
            }
        })
    }
}

/// Whether an image is the project's own, public, or one that others may share with it.
fn may_be_for(image: &Image, own: Option<&str>) -> bool {
    match (image.owner.as_deref(), own) {
        (Some(owner), Some(own)) => owner == own || image.visibility.as_deref() != Some("private"),
        _ => true,
    }
}
