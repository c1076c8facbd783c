//! Images: what servers start from.

use super::Account;
use crate::cloud::{Filter, Image, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &["images", "images(all_projects)", "image", "delete(image)"];

/// A cloud's images. They are made by `snapshot` of a server.
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
    /// Delete an image; `false` where it was gone already.
    async fn delete_image(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(image)"))
    }
}
