//! Flavors: sizes of servers.

use super::Account;
use crate::cloud::{Flavor, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &["flavors", "flavor"];

/// A cloud's flavors.
#[async_trait]
pub trait Flavors: Account {
    /// Every flavor, smallest first (vcpus, memory, disk, name).
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        Err(self.unsupported("flavors"))
    }
    /// One flavor by id, also one that lists leave out (deleted, private).
    async fn flavor(&self, _id: &str) -> Result<Option<Flavor>> {
        Err(self.unsupported("flavor"))
    }
}
