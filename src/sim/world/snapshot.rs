//! Copies of volumes (snapshots, as most clouds call them): what a volume held at a moment.

use std::time::SystemTime;

use super::volume::Step;
use super::{Asker, Kind, Pairs, Refusal, VolumeState, World, fresh_id};

/// Where a snapshot is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SnapshotState {
    Creating,
    Available,
    Deleting,
    Deleted,
    Error,
}

/// What a volume held at a moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// The volume it is of, by id; that may be gone.
    pub(crate) volume: String,
    pub(crate) size_gib: i64,
    pub(crate) state: SnapshotState,
    /// How much of it is made, in percent.
    pub(crate) progress: u8,
    pub(crate) metadata: Pairs,
    pub(crate) created: SystemTime,
    pub(crate) updated: Option<SystemTime>,
    /// Made by a cloud whose snapshots need no volume and are not counted.
    pub(crate) apart: bool,
    course: u64,
}

/// A new snapshot as it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct SnapshotSpec {
    pub(crate) volume: String,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Pairs,
    /// Also of a volume that is in use.
    pub(crate) force: bool,
}

impl World {
    /// The snapshot of this id, while it is there.
    pub(crate) fn snapshot(&self, id: &str) -> Option<&Snapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.id == id && snapshot.state != SnapshotState::Deleted)
    }

    pub(crate) fn snapshot_mut(&mut self, id: &str) -> Option<&mut Snapshot> {
        self.snapshots
            .iter_mut()
            .find(|snapshot| snapshot.id == id && snapshot.state != SnapshotState::Deleted)
    }

    /// The snapshots of a volume that are there.
    pub(crate) fn snapshots_of<'a>(&'a self, volume: &'a str) -> impl Iterator<Item = &'a Snapshot> {
        self.snapshots
            .iter()
            .filter(move |snapshot| snapshot.volume == volume && snapshot.state != SnapshotState::Deleted)
    }

    /// Takes a snapshot of a volume. Gives its's id.
    ///
    /// # Errors
    /// When the volume is not there, is busy, or is in use and not forced, or the project has no room.
    pub(crate) fn create_snapshot(&mut self, spec: &SnapshotSpec, asker: &Asker) -> Result<String, Refusal> {
        let volume = &*self.known_volume(&spec.volume)?;
        let (state, size_gib) = (volume.state, volume.size_gib);
        let on_its_way =
            matches!(state, VolumeState::Reserved | VolumeState::Attaching | VolumeState::Detaching);
        let allowed = state == VolumeState::Available
            || (spec.force && (state == VolumeState::InUse || self.fault_settings.apart && on_its_way));
        if !allowed {
            return Err(Refusal::VolumeState(spec.volume.clone(), state));
        }
        if !self.fault_settings.apart {
            self.room_on_disk(&asker.project, size_gib, "snapshots")?;
        }
        let (id, course) = (fresh_id(), self.next());
        self.snapshots.push(Snapshot {
            id: id.clone(),
            project: asker.project.clone(),
            user: asker.user.clone(),
            name: spec.name.clone(),
            description: spec.description.clone(),
            volume: spec.volume.clone(),
            size_gib,
            state: SnapshotState::Creating,
            progress: 0,
            metadata: spec.metadata.clone(),
            created: self.now(),
            updated: None,
            apart: self.fault_settings.apart,
            course,
        });
        let wrong = self.fault_settings.error.is_some().then_some(Step::Snapshot(SnapshotState::Error));
        let steps = [(150, Step::SnapshotPart(50)), (300, Step::Snapshot(SnapshotState::Available))];
        self.steps(&id, course, &steps, wrong);
        Ok(id)
    }

    /// Takes a snapshot away.
    ///
    /// # Errors
    /// When it is not there or is busy.
    pub(crate) fn delete_snapshot(&mut self, id: &str) -> Result<(), Refusal> {
        let course = self.next();
        let snapshot =
            self.snapshot_mut(id).ok_or_else(|| Refusal::Missing(Kind::Snapshot, id.to_owned()))?;
        if !matches!(snapshot.state, SnapshotState::Available | SnapshotState::Error) {
            return Err(Refusal::NotAvailable(Kind::Snapshot, id.to_owned()));
        }
        snapshot.state = SnapshotState::Deleting;
        snapshot.course = course;
        let wrong = self.fault_settings.error.is_some().then_some(Step::Snapshot(SnapshotState::Error));
        self.steps(id, course, &[(300, Step::Snapshot(SnapshotState::Deleted))], wrong);
        Ok(())
    }

    pub(super) fn step_snapshot(&mut self, id: &str, course: u64, step: &Step, now: SystemTime) {
        let Some(snapshot) =
            self.snapshots.iter_mut().find(|snapshot| snapshot.id == id && snapshot.course == course)
        else {
            return;
        };
        snapshot.updated = Some(now);
        match step {
            Step::Snapshot(state) => {
                snapshot.state = *state;
                snapshot.progress = 100;
            }
            Step::SnapshotPart(percent) => snapshot.progress = *percent,
            _ => {}
        }
    }
}
