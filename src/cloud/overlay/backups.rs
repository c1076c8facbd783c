//! Backups of volumes: made and restored at once.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Backup, Backups, Filter, Noun, Resource, Result, Volume};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Overlay {
    pub(super) async fn make_backup(&self, volume: &str, name: &str) -> Result<Backup> {
        let volume = self.volume_now(volume).await?;
        if !["AVAILABLE", "IN-USE"].contains(&volume.status.as_str()) {
            let message =
                format!("the volume `{}` is {}, which allows no backup", volume.name, volume.status);
            return Err(self.conflict(message));
        }
        let words = || format!("create_backup {} {name}", volume.name);
        let changed = self.is_changed(Noun::Volume, &volume.id);
        self.shown(changed, words, self.inner.create_backup(&volume.id, name)).await?;
        let now = self.now();
        let backup = Backup {
            id: self.new_id(),
            name: name.to_string(),
            status: "AVAILABLE".to_string(),
            volume: Some(volume.id.clone()),
            size: volume.size,
            created: Some(now),
            cloud: volume.cloud.clone(),
            read: now,
            raw: raw(),
        };
        self.world().make(backup.clone().into());
        Ok(backup)
    }

    /// A backup written to a volume: which shows no change but a new one where none is given.
    pub(super) async fn restore(&self, id: &str, onto: Option<&str>) -> Result<Volume> {
        let backup = match self.one_of(Noun::Backup, id).await? {
            Resource::Backup(backup) => Arc::unwrap_or_clone(backup),
            _ => return Err(self.absent(Noun::Backup, id)),
        };
        let target = match onto {
            Some(volume) => Some(self.volume_now(volume).await?),
            None => None,
        };
        if let Some(volume) = &target {
            self.may_restore(&backup, volume)?;
        }
        let words = || match &target {
            Some(volume) => format!("restore_backup {} {}", backup.name, volume.name),
            None => format!("restore_backup {}", backup.name),
        };
        let changed = self.is_changed(Noun::Backup, id)
            || onto.is_some_and(|volume| self.is_changed(Noun::Volume, volume));
        self.shown(changed, words, self.inner.restore_backup(id, onto)).await?;
        if let Some(volume) = target {
            return Ok(volume);
        }
        let volume = self.restored(&backup).await?;
        self.world().make(volume.clone().into());
        Ok(volume)
    }

    /// What a backup can be written to: a volume at rest with room for it.
    fn may_restore(&self, backup: &Backup, volume: &Volume) -> Result<()> {
        if volume.status != "AVAILABLE" {
            let message = format!(
                "the volume `{}` is {}, and a backup is written to one that is AVAILABLE",
                volume.name, volume.status
            );
            return Err(self.conflict(message));
        }
        if volume.size < backup.size {
            let message = format!(
                "the volume `{}` has {} GiB, and the backup {}",
                volume.name, volume.size, backup.size
            );
            return Err(self.conflict(message));
        }
        Ok(())
    }

    /// A new volume that a backup is written to.
    async fn restored(&self, backup: &Backup) -> Result<Volume> {
        // A new one is called as the volume of which the backup is.
        let of = match &backup.volume {
            Some(volume) => self.find(Noun::Volume, volume).await?,
            None => None,
        };
        let mut meta = BTreeMap::new();
        let (name, kind, zone, bootable) = match of {
            Some(Resource::Volume(volume)) => {
                meta.clone_from(&volume.meta);
                (volume.name.clone(), volume.kind.clone(), volume.zone.clone(), volume.bootable)
            }
            _ => (format!("restore_backup_{}", backup.id), None, None, None),
        };
        meta.insert("src_backup_id".to_string(), backup.id.clone());
        let now = self.now();
        Ok(Volume {
            id: self.new_id(),
            name,
            status: "AVAILABLE".to_string(),
            size: backup.size,
            kind,
            zone,
            bootable,
            server: None,
            device: None,
            snapshot: None,
            image: None,
            meta,
            created: Some(now),
            cloud: backup.cloud.clone(),
            read: now,
            raw: raw(),
        })
    }
}

#[async_trait]
impl Backups for Overlay {
    async fn backups(&self, filter: &Filter) -> Result<Vec<Backup>> {
        self.listed(Noun::Backup, filter).await
    }

    async fn backup(&self, id: &str) -> Result<Option<Backup>> {
        self.found(Noun::Backup, id).await
    }

    async fn create_backup(&self, volume: &str, name: &str) -> Result<Backup> {
        self.make_backup(volume, name).await
    }

    async fn restore_backup(&self, id: &str, volume: Option<&str>) -> Result<Volume> {
        self.restore(id, volume).await
    }

    async fn delete_backup(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Backup, id).await
    }
}
