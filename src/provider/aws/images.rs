//! Images, with the snapshots that they are made of, and the instance types.

use super::Aws;
use super::cloud::LATE;
use super::decode::{list, text};
use super::ec2::{image, instance_type, snapshot};
use super::page::is_absent;
use crate::cloud::{Account, Error, Filter, Flavor, Flavors, Image, Images, Kind, Noun, Result};
use async_trait::async_trait;
use futures_util::future::join_all;
use std::collections::HashSet;

#[async_trait]
impl Images for Aws {
    async fn images(&self, filter: &Filter) -> Result<Vec<Image>> {
        self.own_projects(filter.all_projects)?;
        let ways = match &filter.owner {
            Some(owner) => vec![image::Whose::Of(owner.clone())],
            None if !filter.ids.is_empty() => vec![image::Whose::Anybody],
            None => vec![image::Whose::Own, image::Whose::Shared],
        };
        let (mut out, mut known) = (Vec::new(), HashSet::new());
        for found in join_all(ways.iter().map(|whose| self.images_of(filter, whose))).await {
            for image in found? {
                if known.insert(image.id.clone()) {
                    out.push(image);
                }
            }
        }
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(out)
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        if !self.is_id(Noun::Image, id) {
            return Ok(None);
        }
        let (cloud, read) = (self.session.name(), self.clock.now());
        let mut pauses = LATE.iter();
        let image = loop {
            let image = self
                .first(&image::show(id), "imagesSet", |one| image::decode(one, None, cloud, read))
                .await?;
            // One that this run has just made may be missing from a list, too.
            match pauses.next().filter(|_| image.is_none() && self.memory.excuses(id, self.clock.now())) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => break image,
            }
        };
        Ok(image.filter(|image| image.status != "DELETED" && image.id == id))
    }

    async fn share_image(&self, id: &str, project: &str) -> Result<()> {
        self.allow_image(id, project, true).await
    }

    async fn unshare_image(&self, id: &str, project: &str) -> Result<()> {
        self.allow_image(id, project, false).await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        if !self.is_id(Noun::Image, id) {
            return Ok(false);
        }
        let snapshots = self.first(&image::show(id), "imagesSet", |one| Some(image::snapshots(one))).await?;
        let Some(snapshots) = snapshots else { return Ok(false) };
        if !self.take_away(&image::delete(id)).await? {
            return Ok(false);
        }
        self.memory.gone(id);
        self.delete_made_for(id, &snapshots).await?;
        Ok(true)
    }
}

#[async_trait]
impl Flavors for Aws {
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let cloud = self.session.name();
        let mut out = self
            .every(instance_type::page(None), "instanceTypeSet", |one| instance_type::decode(one, cloud))
            .await?;
        out.sort_by(|a, b| (a.vcpus, a.ram, a.disk, &a.name).cmp(&(b.vcpus, b.ram, b.disk, &b.name)));
        Ok(out)
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        if !self.is_id(Noun::Flavor, id) {
            return Ok(None);
        }
        let cloud = self.session.name();
        let found = self
            .first(&instance_type::show(id), "instanceTypeSet", |one| instance_type::decode(one, cloud))
            .await?;
        Ok(found.filter(|flavor| flavor.id == id))
    }
}

impl Aws {
    /// Let an account start an image, or not any more.
    async fn allow_image(&self, id: &str, account: &str, on: bool) -> Result<()> {
        if account.len() != 12 || !account.bytes().all(|letter| letter.is_ascii_digit()) {
            let message = format!("`{account}` is no account of AWS");
            let error = Error::new(Kind::InvalidArgument, message).coded("call::invalid_argument");
            return Err(self.session.own(error.help("give the account's twelve digits")));
        }
        self.ask(&image::allow(id, account, on)).await.map(drop)
    }

    /// Images, asked for in one way.
    async fn images_of(&self, filter: &Filter, whose: &image::Whose) -> Result<Vec<Image>> {
        let (cloud, read) = (self.session.name(), self.clock.now());
        // Whose they are is said in the question, also by words that no image tells, such as `amazon`.
        let ours = Filter { owner: None, ..filter.clone() };
        self.every(image::page(filter, whose), "imagesSet", |one| {
            image::decode(one, Some(whose), cloud, read).filter(|image| ours.matches(image))
        })
        .await
    }

    /// The snapshots that were made for an image go with it; one that another image needs stays.
    async fn delete_made_for(&self, image: &str, snapshots: &[String]) -> Result<()> {
        if snapshots.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = snapshots.iter().map(String::as_str).collect();
        let body = match self.ask(&snapshot::show(&ids)).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(error),
        };
        for one in list(&body, "snapshotSet").iter().filter(|one| snapshot::was_made_for(one, image)) {
            let Some(id) = text(one, "snapshotId") else { continue };
            match self.take_away(&snapshot::delete(&id)).await {
                Err(error) if error.kind != Kind::Conflict => {
                    return Err(error.fact("exists", format!("snapshot {id}; the image {image} is gone")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
