//! Metadata of servers, images, volumes and snapshots.

use super::Account;
use crate::cloud::{Holder, Result, TagChange};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] =
    &["meta", "set_meta", "replace_meta", "delete_meta", "add_tags", "remove_tags", "replace_tags"];

/// The metadata that a cloud keeps with its resources.
#[async_trait]
pub trait Metadata: Account {
    /// The metadata of a server, image, volume or snapshot.
    async fn meta(&self, _holder: &Holder) -> Result<BTreeMap<String, String>> {
        Err(self.unsupported("meta"))
    }
    /// Merge items into the metadata.
    async fn set_meta(&self, _holder: &Holder, _items: &BTreeMap<String, String>) -> Result<()> {
        Err(self.unsupported("set_meta"))
    }
    /// Make the metadata exactly this; rhain's own marker stays.
    async fn replace_meta(&self, _holder: &Holder, _items: &BTreeMap<String, String>) -> Result<()> {
        Err(self.unsupported("replace_meta"))
    }
    /// Delete one metadata item; a missing one is `not_found`.
    async fn delete_meta(&self, _holder: &Holder, _key: &str) -> Result<()> {
        Err(self.unsupported("delete_meta"))
    }
    /// Change the tags of a server; what is there already, or not there, is no error.
    async fn update_tags(&self, _server: &str, change: &TagChange) -> Result<()> {
        Err(self.unsupported(change.verb()))
    }
}
