//! Volumes: disks that outlive servers.

use super::Account;
use crate::cloud::{Filter, Result, Volume, VolumeSpec};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "volumes",
    "volumes(all_projects)",
    "volume",
    "create_volume",
    "extend",
    "attach",
    "detach",
    "delete(volume)",
];

/// A cloud's volumes.
#[async_trait]
pub trait Volumes: Account {
    /// Every one that the listing lets through, all pages.
    async fn volumes(&self, _listing: &Filter) -> Result<Vec<Volume>> {
        Err(self.unsupported("volumes"))
    }
    /// One by id; `None` where there is none of that id.
    async fn volume(&self, _id: &str) -> Result<Option<Volume>> {
        Err(self.unsupported("volume"))
    }
    /// Ask for a volume.
    async fn create_volume(&self, _spec: &VolumeSpec) -> Result<Volume> {
        Err(self.unsupported("create_volume"))
    }
    /// Ask for more room on a volume, GiB in all.
    async fn extend(&self, _id: &str, _size: i64) -> Result<()> {
        Err(self.unsupported("extend"))
    }
    /// Ask for a volume to be attached to a server, as this device where the cloud lets one choose.
    async fn attach(&self, _server: &str, _volume: &str, _device: Option<&str>) -> Result<()> {
        Err(self.unsupported("attach"))
    }
    /// Ask for a volume to be detached from a server.
    async fn detach(&self, _server: &str, _volume: &str) -> Result<()> {
        Err(self.unsupported("detach"))
    }
    /// Delete a volume; `false` where it was gone already.
    async fn delete_volume(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(volume)"))
    }
}
