//! Volumes: disks of their own that servers can be given, and where they are in their life. Their snapshots are in
//! [`snapshot`](super::snapshot), their way to servers and back in [`attach`](super::attach).

use std::time::{Duration, SystemTime};

use super::snapshot::SnapshotState;
use super::{Asker, Kind, Pairs, Refusal, World, fresh_id};

/// Where a volume is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VolumeState {
    Creating,
    /// Being filled from an image.
    Downloading,
    Available,
    /// Promised to a server.
    Reserved,
    Attaching,
    InUse,
    Detaching,
    Extending,
    BackingUp,
    Restoring,
    Deleting,
    Deleted,
    Error,
    ErrorDeleting,
    ErrorExtending,
    ErrorRestoring,
}

/// One volume.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) size_gib: i64,
    /// The name of its type.
    pub(crate) kind: String,
    pub(crate) zone: String,
    pub(crate) state: VolumeState,
    pub(crate) bootable: bool,
    pub(crate) read_only: bool,
    pub(crate) multiattach: bool,
    /// What it was made of: a snapshot, another volume, or an image, by id.
    pub(crate) from_snapshot: Option<String>,
    pub(crate) from_volume: Option<String>,
    /// What is known of the image it was filled from.
    pub(crate) image: Pairs,
    pub(crate) metadata: Pairs,
    /// Made by a cloud that counts no disks, and whose snapshots need no volume: no limit knows of it.
    pub(crate) apart: bool,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) created: SystemTime,
    pub(crate) updated: Option<SystemTime>,
    /// Changes of an older course no longer apply.
    pub(super) course: u64,
    /// The size that an extension leads to.
    wanted_gib: i64,
}

/// A volume's place at a server.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    pub(crate) server: String,
    /// Such as `/dev/sdb`.
    pub(crate) device: String,
    pub(crate) attached: Option<SystemTime>,
    /// The volume is deleted with the server.
    pub(crate) goes: bool,
    /// The server boots from it.
    pub(crate) root: bool,
    pub(crate) tag: Option<String>,
}

/// A kind of volumes.
#[derive(Debug, Clone)]
pub(crate) struct VolumeType {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) public: bool,
    pub(crate) extra: Pairs,
}

/// A new volume as it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct VolumeSpec {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// None: that of what it is made of.
    pub(crate) size_gib: Option<i64>,
    /// By name or id; None: that of what it is made of, or the default.
    pub(crate) kind: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) snapshot: Option<String>,
    pub(crate) volume: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) multiattach: bool,
}

/// A step in the life of a volume or of a snapshot.
#[derive(Debug, Clone)]
pub(super) enum Step {
    State(VolumeState),
    /// It is made, attached nowhere.
    Ready,
    /// It is at the server that it was promised to.
    Attached,
    /// It is at this server no more, by the attachment's id.
    Detached(String),
    Extended,
    Gone,
    Snapshot(SnapshotState),
    SnapshotPart(u8),
}

/// A step that is due for a volume or a snapshot, by id.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) id: String,
    pub(super) course: u64,
    pub(super) step: Step,
}

const MIB: u64 = 1 << 20;

impl World {
    /// The volume of this id, while it is there.
    pub(crate) fn volume(&self, id: &str) -> Option<&Volume> {
        self.volumes.iter().find(|volume| volume.id == id && volume.state != VolumeState::Deleted)
    }

    pub(crate) fn volume_mut(&mut self, id: &str) -> Option<&mut Volume> {
        self.volumes.iter_mut().find(|volume| volume.id == id && volume.state != VolumeState::Deleted)
    }

    /// The volume of this id, for a change.
    pub(super) fn known_volume(&mut self, id: &str) -> Result<&mut Volume, Refusal> {
        self.volume_mut(id).ok_or_else(|| Refusal::Missing(Kind::Volume, id.to_owned()))
    }

    /// The type of this name or id.
    pub(crate) fn volume_type(&self, name: &str) -> Option<&VolumeType> {
        self.volume_types.iter().find(|kind| kind.id == name || kind.name == name)
    }

    /// Makes a volume: empty, or of a snapshot, a volume or an image. Gives its id.
    ///
    /// # Errors
    /// When what it is to be made of is not there or not ready, the size is too small for it, the type or the zone is not
    /// there, or the project has no room.
    pub(crate) fn create_volume(&mut self, spec: &VolumeSpec, asker: &Asker) -> Result<String, Refusal> {
        let (mut least, mut kind, mut bootable, mut image) = (None, None, false, Pairs::new());
        if let Some(id) = &spec.snapshot {
            let snapshot = self.snapshot(id).ok_or_else(|| Refusal::Missing(Kind::Snapshot, id.clone()))?;
            if snapshot.state != SnapshotState::Available {
                return Err(Refusal::NotAvailable(Kind::Snapshot, id.clone()));
            }
            least = Some(snapshot.size_gib);
            if let Some(of) = self.volumes.iter().find(|volume| volume.id == snapshot.volume) {
                (kind, bootable, image) = (Some(of.kind.clone()), of.bootable, of.image.clone());
            }
        }
        if let Some(id) = &spec.volume {
            let of = self.volume(id).ok_or_else(|| Refusal::Missing(Kind::Volume, id.clone()))?;
            if !matches!(of.state, VolumeState::Available | VolumeState::InUse) {
                return Err(Refusal::NotAvailable(Kind::Volume, id.clone()));
            }
            least = Some(of.size_gib);
            (kind, bootable, image) = (Some(of.kind.clone()), of.bootable, of.image.clone());
        }
        if let Some(id) = &spec.image {
            let of = self.usable_image(id, asker)?;
            let gib = i64::try_from(of.size().div_ceil(1024 * MIB)).unwrap_or(i64::MAX);
            if let Some(size) = spec.size_gib.filter(|size| *size < of.min_disk_gib.max(gib)) {
                return Err(Refusal::SmallForImage { size, image: gib, min: of.min_disk_gib });
            }
            image = of.facts();
            bootable = true;
        }
        let size_gib = match (spec.size_gib, least) {
            (Some(size), Some(least)) if size < least => return Err(Refusal::SmallForSource { size, least }),
            (Some(size), _) => size,
            (None, Some(least)) => least,
            (None, None) => return Err(Refusal::NoSize),
        };
        let kind = match &spec.kind {
            Some(name) => {
                let found = self.volume_type(name);
                found.ok_or_else(|| Refusal::Missing(Kind::VolumeType, name.clone()))?.name.clone()
            }
            None => {
                kind.unwrap_or_else(|| self.volume_types.first().map_or_else(String::new, |k| k.name.clone()))
            }
        };
        if let Some(zone) = spec.zone.as_deref().filter(|zone| *zone != "nova") {
            return Err(Refusal::Missing(Kind::Zone, zone.to_owned()));
        }
        if !self.fault_settings.apart {
            self.room_on_disk(&asker.project, size_gib, "volumes")?;
        }
        let id = fresh_id();
        self.volumes.push(Volume {
            id: id.clone(),
            project: asker.project.clone(),
            user: asker.user.clone(),
            name: spec.name.clone(),
            description: spec.description.clone(),
            size_gib,
            kind,
            zone: "nova".to_owned(),
            state: VolumeState::Creating,
            bootable,
            read_only: false,
            multiattach: spec.multiattach,
            apart: self.fault_settings.apart,
            from_snapshot: spec.snapshot.clone(),
            from_volume: spec.volume.clone(),
            image,
            metadata: spec.metadata.clone(),
            attachments: Vec::new(),
            created: self.now(),
            updated: None,
            course: 0,
            wanted_gib: size_gib,
        });
        let steps: &[(u64, Step)] = match &spec.image {
            Some(_) => &[(150, Step::State(VolumeState::Downloading)), (600, Step::Ready)],
            None => &[(300, Step::Ready)],
        };
        self.volume_course(&id, steps, Step::State(VolumeState::Error));
        Ok(id)
    }

    /// Whether the project has room for one more of these (`volumes` or `snapshots`) of this size.
    pub(super) fn room_on_disk(&self, project: &str, gib: i64, name: &'static str) -> Result<(), Refusal> {
        let most = self.quota(project).volume_gib;
        if most >= 0 && gib > most {
            return Err(Refusal::VolumeTooLarge { size: gib, limit: most });
        }
        self.room_for(name, project, 1)?;
        self.room_for("gigabytes", project, gib)
    }

    /// Makes a volume larger.
    ///
    /// # Errors
    /// When it is not there, is in use or busy, is not smaller, or the project has no room.
    pub(crate) fn extend_volume(
        &mut self,
        id: &str,
        size_gib: i64,
        also_in_use: bool,
    ) -> Result<(), Refusal> {
        let volume = self.known_volume(id)?;
        let (state, project, now) = (volume.state, volume.project.clone(), volume.size_gib);
        if state != VolumeState::Available && !(also_in_use && state == VolumeState::InUse) {
            return Err(Refusal::VolumeState(id.to_owned(), state));
        }
        if size_gib <= now {
            return Err(Refusal::NotLarger { size: size_gib, now });
        }
        let most = self.quota(&project).volume_gib;
        if most >= 0 && size_gib > most {
            return Err(Refusal::VolumeTooLarge { size: size_gib, limit: most });
        }
        self.room_for("gigabytes", &project, size_gib - now)?;
        let volume = self.known_volume(id)?;
        volume.state = VolumeState::Extending;
        volume.wanted_gib = size_gib;
        self.volume_course(id, &[(300, Step::Extended)], Step::State(VolumeState::ErrorExtending));
        Ok(())
    }

    /// Takes a volume away; with its snapshots, if `cascade`.
    ///
    /// # Errors
    /// When it is not there, is in use or busy, or has snapshots.
    pub(crate) fn delete_volume(&mut self, id: &str, cascade: bool) -> Result<(), Refusal> {
        let volume = self.known_volume(id)?;
        let still = matches!(
            volume.state,
            VolumeState::Available
                | VolumeState::Error
                | VolumeState::ErrorDeleting
                | VolumeState::ErrorExtending
                | VolumeState::ErrorRestoring
        );
        if !still || !volume.attachments.is_empty() {
            return Err(Refusal::VolumeState(id.to_owned(), volume.state));
        }
        let bound = self.snapshots_of(id).filter(|snapshot| !snapshot.apart);
        let snapshots: Vec<String> = bound.map(|snapshot| snapshot.id.clone()).collect();
        if !snapshots.is_empty() && !cascade {
            return Err(Refusal::HasSnapshots(id.to_owned(), snapshots.len()));
        }
        for snapshot in &snapshots {
            self.delete_snapshot(snapshot)?;
        }
        self.known_volume(id)?.state = VolumeState::Deleting;
        self.volume_course(id, &[(350, Step::Gone)], Step::State(VolumeState::ErrorDeleting));
        Ok(())
    }

    /// Puts a volume into a state at once, as an administrator does.
    pub(crate) fn reset_volume(&mut self, id: &str, state: VolumeState) -> Result<(), Refusal> {
        let (now, number) = (self.now(), self.next());
        let volume = self.known_volume(id)?;
        volume.course = number;
        volume.state = state;
        volume.updated = Some(now);
        Ok(())
    }

    /// Lets these steps follow, as the call's fault_settings wants; `wrong` is where it ends when it is to go wrong.
    pub(super) fn volume_course(&mut self, id: &str, steps: &[(u64, Step)], wrong: Step) {
        let number = self.next();
        let failed = self.fault_settings.error.is_some().then_some(wrong);
        if let Some(volume) = self.volumes.iter_mut().find(|volume| volume.id == id) {
            volume.course = number;
            self.steps(id, number, steps, failed);
        }
    }

    /// Plans steps of a course; `instead` takes the place of all of them at the end.
    pub(super) fn steps(&mut self, id: &str, course: u64, steps: &[(u64, Step)], instead: Option<Step>) {
        if self.fault_settings.stuck {
            return;
        }
        let start = self.now() + self.fault_settings.slow.unwrap_or(Duration::ZERO);
        let factor = u64::from(self.fault_settings.factor.unwrap_or(1));
        let last = steps.last().map_or(0, |step| step.0);
        let planned = match instead {
            Some(step) => vec![(last, step)],
            None => steps.to_vec(),
        };
        for (when, step) in planned {
            let number = self.next();
            let due = Due { id: id.to_owned(), course, step };
            self.queue
                .insert((start + Duration::from_millis(when * factor), number), super::Due::Volume(due));
        }
    }

    pub(super) fn take_step(&mut self, due: Due, now: SystemTime) {
        let Due { id, course, step } = due;
        match step {
            Step::Snapshot(_) | Step::SnapshotPart(_) => self.step_snapshot(&id, course, &step, now),
            _ => {
                if let Some(volume) =
                    self.volumes.iter_mut().find(|volume| volume.id == id && volume.course == course)
                {
                    volume.take(step, now);
                }
            }
        }
    }
}

impl Volume {
    fn take(&mut self, step: Step, now: SystemTime) {
        self.updated = Some(now);
        match step {
            Step::State(state) => self.state = state,
            Step::Ready => self.state = VolumeState::Available,
            Step::Attached => {
                self.state = VolumeState::InUse;
                for attachment in &mut self.attachments {
                    attachment.attached.get_or_insert(now);
                }
            }
            Step::Detached(id) => {
                self.attachments.retain(|attachment| attachment.id != id);
                self.state =
                    if self.attachments.is_empty() { VolumeState::Available } else { VolumeState::InUse };
            }
            Step::Extended => {
                self.size_gib = self.wanted_gib;
                self.state =
                    if self.attachments.is_empty() { VolumeState::Available } else { VolumeState::InUse };
            }
            Step::Gone => self.state = VolumeState::Deleted,
            Step::Snapshot(_) | Step::SnapshotPart(_) => {}
        }
    }
}
