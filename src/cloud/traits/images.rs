//! Images: what servers start from.

use super::Account;
use crate::base::stream::Sink;
use crate::cloud::{Filter, Image, ImageSpec, Result, SavedImage};
use async_trait::async_trait;
use std::sync::Arc;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "images",
    "images(all_projects)",
    "image",
    "upload_image",
    "save_image",
    "share_image",
    "unshare_image",
    "delete(image)",
];

/// A cloud's images. They are made by `snapshot` of a server, or of bytes.
#[async_trait]
pub trait Images: Account {
    /// Every image that the filter lets through.
    async fn images(&self, _filter: &Filter) -> Result<Vec<Image>> {
        Err(self.unsupported("images"))
    }
    /// One image by id.
    async fn image(&self, _id: &str) -> Result<Option<Image>> {
        Err(self.unsupported("image"))
    }
    /// Those of a name that a new server in this zone, or in the session's, can be made of, where images are in zones; asked for
    /// when a name alone does not decide.
    async fn images_in_zone(&self, _name: &str, _zone: Option<&str>) -> Result<Vec<Image>> {
        Ok(Vec::new())
    }
    /// Make an image of bytes, all of which are there when this returns; what is not whole is deleted again.
    async fn upload_image(&self, _spec: &ImageSpec) -> Result<Image> {
        Err(self.unsupported("upload_image"))
    }
    /// Write an image's bytes, all of them.
    async fn save_image(&self, _id: &str, _to: Arc<dyn Sink>) -> Result<SavedImage> {
        Err(self.unsupported("save_image"))
    }
    /// Let another project use an image.
    async fn share_image(&self, _id: &str, _project: &str) -> Result<()> {
        Err(self.unsupported("share_image"))
    }
    /// Let it use the image no more.
    async fn unshare_image(&self, _id: &str, _project: &str) -> Result<()> {
        Err(self.unsupported("unshare_image"))
    }
    /// Delete an image; `false` where it was gone already.
    async fn delete_image(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(image)"))
    }
}
