//! Backups of volumes.

use super::Account;
use crate::cloud::{Backup, Filter, Result, Volume};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "backups",
    "backups(all_projects)",
    "backup",
    "create_backup",
    "restore_backup",
    "restore_backup(volume)",
    "delete(backup)",
];

/// A cloud's backups of volumes.
#[async_trait]
pub trait Backups: Account {
    /// Every one that the listing lets through, all pages.
    async fn backups(&self, _listing: &Filter) -> Result<Vec<Backup>> {
        Err(self.unsupported("backups"))
    }
    /// One by id; `None` where there is none of that id.
    async fn backup(&self, _id: &str) -> Result<Option<Backup>> {
        Err(self.unsupported("backup"))
    }
    /// Ask for a backup of a volume, also of one in use.
    async fn create_backup(&self, _volume: &str, _name: &str) -> Result<Backup> {
        Err(self.unsupported("create_backup"))
    }
    /// Ask for a backup to be written to this volume, or to a new one; gives the volume.
    async fn restore_backup(&self, _id: &str, volume: Option<&str>) -> Result<Volume> {
        Err(self.unsupported(if volume.is_some() { "restore_backup(volume)" } else { "restore_backup" }))
    }
    /// Delete a backup; `false` where it was gone already.
    async fn delete_backup(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(backup)"))
    }
}
