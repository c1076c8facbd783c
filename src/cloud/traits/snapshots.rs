//! Snapshots of volumes.

use super::Account;
use crate::cloud::{Filter, Result, Snapshot};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] =
    &["snapshots", "snapshots(all_projects)", "snapshot", "snapshot(volume)", "delete(snapshot)"];

/// A cloud's snapshots of volumes.
#[async_trait]
pub trait Snapshots: Account {
    /// Every one that the listing lets through, all pages.
    async fn snapshots(&self, _listing: &Filter) -> Result<Vec<Snapshot>> {
        Err(self.unsupported("snapshots"))
    }
    /// One by id; `None` where there is none of that id.
    async fn snapshot(&self, _id: &str) -> Result<Option<Snapshot>> {
        Err(self.unsupported("snapshot"))
    }
    /// Ask for a snapshot of a volume, also of one in use.
    async fn snapshot_volume(
        &self,
        _id: &str,
        _name: &str,
        _meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        Err(self.unsupported("snapshot(volume)"))
    }
    /// Delete a snapshot; `false` where it was gone already.
    async fn delete_snapshot(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(snapshot)"))
    }
}
