//! Images: what servers start from, and what snapshots make.

pub mod find_image;
pub mod images;
pub mod one;
pub mod snapshot;

use super::OPENSTACK;
use super::call::Call;
use crate::cloud::{Image, Result};
use std::sync::Arc;

/// An image that is known already, read again.
async fn read_again(call: &Call, cloud: &Arc<str>, id: &str) -> Result<Option<Image>> {
    call.host.clouds.get(Some(cloud))?.image(id).await
}
