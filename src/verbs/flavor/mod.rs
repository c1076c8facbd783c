//! Flavors: sizes to choose from.

pub mod find_flavor;
pub mod flavors;
pub mod one;

use super::OPENSTACK;
use super::call::Call;
use crate::cloud::{Flavor, Result};
use std::sync::Arc;

/// A flavor that is known already, read again.
async fn read_again(call: &Call, cloud: &Arc<str>, id: &str) -> Result<Option<Flavor>> {
    call.host.clouds.get(Some(cloud))?.flavor(id).await
}
