//! Backups of volumes: what a volume held at a moment, kept apart from it.

use std::time::{Duration, SystemTime};

use super::{Asker, Kind, Pairs, Refusal, Reminder, VolumeSpec, VolumeState, World, fresh_id, put};

/// Where a backup is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BackupState {
    Creating,
    Available,
    Restoring,
    Deleting,
    Error,
}

/// What a volume held at a moment.
#[derive(Debug, Clone)]
pub(crate) struct Backup {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// The volume it is of, by id; that may be gone.
    pub(crate) volume: String,
    pub(crate) size_gib: i64,
    pub(crate) state: BackupState,
    pub(crate) failure: Option<String>,
    pub(crate) metadata: Pairs,
    /// The backup that it holds the difference to, by id.
    pub(crate) parent: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) updated: Option<SystemTime>,
    /// What is known of the volume.
    volume_name: Option<String>,
    volume_metadata: Pairs,
    image: Pairs,
    bootable: bool,
}

/// A new backup as it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct BackupSpec {
    pub(crate) volume: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) incremental: bool,
    /// Also of a volume that is in use.
    pub(crate) force: bool,
}

/// How long one is made, restored and deleted, in milliseconds.
const MAKING: u64 = 600;
const RESTORING: u64 = 700;
const DELETING: u64 = 300;

impl World {
    pub(crate) fn backup(&self, id: &str) -> Option<&Backup> {
        self.backups.iter().find(|backup| backup.id == id)
    }

    pub(crate) fn backup_mut(&mut self, id: &str) -> Option<&mut Backup> {
        self.backups.iter_mut().find(|backup| backup.id == id)
    }

    /// Whether other backups hold the difference to this one.
    pub(crate) fn is_parent(&self, id: &str) -> bool {
        self.backups.iter().any(|backup| backup.parent.as_deref() == Some(id))
    }

    /// Backs a volume up. Gives the backup's id.
    ///
    /// # Errors
    /// When the volume is not there, is busy, or is in use and not forced, nothing is there that a difference could be held
    /// to, or the project has no room.
    pub(crate) fn create_backup(&mut self, spec: &BackupSpec, asker: &Asker) -> Result<String, Refusal> {
        let volume = self.known_volume(&spec.volume)?.clone();
        match volume.state {
            VolumeState::Available => {}
            VolumeState::InUse if spec.force => {}
            state => return Err(Refusal::VolumeState(spec.volume.clone(), state)),
        }
        let ready = |backup: &&Backup| backup.volume == spec.volume && backup.state == BackupState::Available;
        let parent = match spec.incremental {
            true => {
                let last = self.backups.iter().rev().find(ready).map(|backup| backup.id.clone());
                Some(last.ok_or_else(|| Refusal::NotAvailable(Kind::Backup, spec.volume.clone()))?)
            }
            false => None,
        };
        self.room_for("backups", &asker.project, 1)?;
        self.room_for("backup_gigabytes", &asker.project, volume.size_gib)?;
        let id = fresh_id();
        self.backups.push(Backup {
            id: id.clone(),
            project: asker.project.clone(),
            user: asker.user.clone(),
            name: spec.name.clone(),
            description: spec.description.clone(),
            volume: spec.volume.clone(),
            size_gib: volume.size_gib,
            state: BackupState::Creating,
            failure: None,
            metadata: spec.metadata.clone(),
            parent,
            created: self.now(),
            updated: None,
            volume_name: volume.name.clone(),
            volume_metadata: volume.metadata.clone(),
            image: volume.image.clone(),
            bootable: volume.bootable,
        });
        let before = volume.state;
        self.known_volume(&spec.volume)?.state = VolumeState::BackingUp;
        let failure = self.fault_settings.error.clone();
        let (own, of) = (id.clone(), spec.volume.clone());
        self.soon(
            MAKING,
            Box::new(move |world| {
                let now = world.now();
                if let Some(volume) =
                    world.volume_mut(&of).filter(|volume| volume.state == VolumeState::BackingUp)
                {
                    volume.state = before;
                    volume.updated = Some(now);
                }
                if let Some(backup) = world.backup_mut(&own) {
                    let good = failure.is_none();
                    backup.state = if good { BackupState::Available } else { BackupState::Error };
                    backup.failure = failure;
                    backup.updated = Some(now);
                }
            }),
        );
        Ok(id)
    }

    /// Writes a backup to a volume, or to a new one, whose name it takes on in the end unless one is given. Gives the volume's id.
    ///
    /// # Errors
    /// When one of both is not there or not ready, the volume is too small, or the project has no room.
    pub(crate) fn restore_backup(
        &mut self,
        id: &str,
        volume: Option<&str>,
        name: Option<&str>,
        asker: &Asker,
    ) -> Result<String, Refusal> {
        let missing = || Refusal::Missing(Kind::Backup, id.to_owned());
        let backup = self.backup(id).ok_or_else(missing)?.clone();
        if backup.state != BackupState::Available {
            return Err(Refusal::NotAvailable(Kind::Backup, id.to_owned()));
        }
        let into = self.restore_target(&backup, volume, name, asker)?;
        let named = volume.is_some() || name.is_some();
        let course = self.next();
        let target = self.known_volume(&into)?;
        (target.state, target.course) = (VolumeState::Restoring, course);
        if let Some(backup) = self.backup_mut(id) {
            backup.state = BackupState::Restoring;
        }
        let failed = self.fault_settings.error.is_some();
        let (own, of) = (id.to_owned(), into.clone());
        self.soon(
            RESTORING,
            Box::new(move |world| {
                let now = world.now();
                if let Some(one) = world.backup_mut(&own) {
                    one.state = BackupState::Available;
                    one.updated = Some(now);
                }
                let restoring = |volume: &&mut super::Volume| volume.state == VolumeState::Restoring;
                if let Some(volume) = world.volume_mut(&of).filter(restoring) {
                    volume.state = if failed { VolumeState::ErrorRestoring } else { VolumeState::Available };
                    volume.updated = Some(now);
                    if failed {
                        return;
                    }
                    // Who gave it another name meanwhile keeps that.
                    let unnamed =
                        volume.name.as_deref().is_some_and(|name| name.starts_with("restore_backup_"));
                    if !named && unnamed {
                        volume.name = backup.volume_name;
                    }
                    volume.metadata = backup.volume_metadata;
                    put(&mut volume.metadata, "src_backup_id", &own);
                    (volume.image, volume.bootable) = (backup.image, backup.bootable);
                }
            }),
        );
        Ok(into)
    }

    /// The volume that a backup is written to, by id.
    fn restore_target(
        &mut self,
        backup: &Backup,
        volume: Option<&str>,
        name: Option<&str>,
        asker: &Asker,
    ) -> Result<String, Refusal> {
        let Some(volume) = volume else {
            let spec = VolumeSpec {
                name: Some(name.map_or_else(|| format!("restore_backup_{}", backup.id), str::to_owned)),
                description: Some("auto-created_from_restore_from_backup".to_owned()),
                size_gib: Some(backup.size_gib),
                ..VolumeSpec::default()
            };
            return self.create_volume(&spec, asker);
        };
        let found = self.known_volume(volume)?;
        if found.state != VolumeState::Available {
            return Err(Refusal::VolumeState(volume.to_owned(), found.state));
        }
        if found.size_gib < backup.size_gib {
            return Err(Refusal::SmallForSource { size: found.size_gib, least: backup.size_gib });
        }
        Ok(volume.to_owned())
    }

    /// Takes a backup away.
    ///
    /// # Errors
    /// When it is not there, is busy, or others hold the difference to it.
    pub(crate) fn delete_backup(&mut self, id: &str) -> Result<(), Refusal> {
        let parent = self.is_parent(id);
        let missing = || Refusal::Missing(Kind::Backup, id.to_owned());
        let backup = self.backup_mut(id).ok_or_else(missing)?;
        if !matches!(backup.state, BackupState::Available | BackupState::Error) {
            return Err(Refusal::NotAvailable(Kind::Backup, id.to_owned()));
        }
        if parent {
            return Err(Refusal::HasSnapshots(id.to_owned(), 1));
        }
        backup.state = BackupState::Deleting;
        let own = id.to_owned();
        self.soon(DELETING, Box::new(move |world| world.backups.retain(|backup| backup.id != own)));
        Ok(())
    }

    /// Has something done after so many milliseconds, as the call's fault settings want.
    fn soon(&mut self, millis: u64, then: Reminder) {
        if self.fault_settings.stuck {
            return;
        }
        let factor = u64::from(self.fault_settings.factor.unwrap_or(1));
        let slow = self.fault_settings.slow.unwrap_or(Duration::ZERO);
        self.remind(self.now() + slow + Duration::from_millis(millis * factor), then);
    }
}
