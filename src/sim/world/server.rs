//! Servers and flavors: what they are, and what a server may be asked in which state.

use std::time::SystemTime;

use super::action_log::LoggedAction;
use super::{Disk, Pairs, Port};

/// A size that a server can have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flavor {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) ram_mib: i64,
    pub(crate) disk_gib: i64,
    pub(crate) vcpus: i64,
    pub(crate) swap_mib: i64,
    pub(crate) ephemeral_gib: i64,
    pub(crate) public: bool,
    pub(crate) description: Option<String>,
    pub(crate) extra: Pairs,
}

/// Where a server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Building,
    Active,
    Stopped,
    Paused,
    Suspended,
    Rescued,
    Resized,
    Shelved,
    Offloaded,
    Error,
    Deleted,
}

impl State {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Active => "active",
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Suspended => "suspended",
            Self::Rescued => "rescued",
            Self::Resized => "resized",
            Self::Shelved => "shelved",
            Self::Offloaded => "shelved_offloaded",
            Self::Error => "error",
            Self::Deleted => "deleted",
        }
    }
}

/// The hosts that servers run on, as administrators see them.
pub(crate) const HOSTS: [&str; 2] = ["sim", "sim2"];

/// What is being done to a server at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Scheduling,
    BlockDevices,
    Spawning,
    Rebooting,
    RebootStarted,
    RebootingHard,
    Rebuilding,
    RebuildSpawning,
    ResizePrep,
    ResizeMigrating,
    ResizeMigrated,
    ResizeFinish,
    ResizeReverting,
    Migrating,
    SnapshotPending,
    Snapshot,
    SnapshotUploading,
    PoweringOff,
    PoweringOn,
    Pausing,
    Unpausing,
    Suspending,
    Resuming,
    Rescuing,
    Unrescuing,
    Shelving,
    ShelvingUploading,
    ShelvingOffloading,
    Unshelving,
    Deleting,
}

impl Task {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Scheduling => "scheduling",
            Self::BlockDevices => "block_device_mapping",
            Self::Spawning => "spawning",
            Self::Rebooting => "rebooting",
            Self::RebootStarted => "reboot_started",
            Self::RebootingHard => "rebooting_hard",
            Self::Rebuilding => "rebuilding",
            Self::RebuildSpawning => "rebuild_spawning",
            Self::ResizePrep => "resize_prep",
            Self::ResizeMigrating => "resize_migrating",
            Self::ResizeMigrated => "resize_migrated",
            Self::ResizeFinish => "resize_finish",
            Self::ResizeReverting => "resize_reverting",
            Self::Migrating => "migrating",
            Self::SnapshotPending => "image_snapshot_pending",
            Self::Snapshot => "image_snapshot",
            Self::SnapshotUploading => "image_uploading",
            Self::PoweringOff => "powering-off",
            Self::PoweringOn => "powering-on",
            Self::Pausing => "pausing",
            Self::Unpausing => "unpausing",
            Self::Suspending => "suspending",
            Self::Resuming => "resuming",
            Self::Rescuing => "rescuing",
            Self::Unrescuing => "unrescuing",
            Self::Shelving => "shelving",
            Self::ShelvingUploading => "shelving_image_uploading",
            Self::ShelvingOffloading => "shelving_offloading",
            Self::Unshelving => "unshelving",
            Self::Deleting => "deleting",
        }
    }
}

/// What the hypervisor says of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    None,
    Running,
    Paused,
    Shutdown,
    Suspended,
}

/// Why a server is in ERROR.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) code: u16,
    pub(crate) message: String,
    pub(crate) at: SystemTime,
}

/// One server.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) description: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) image_properties: Pairs,
    /// What a snapshot asks for: the disk of the flavor it was last built with, for a resize leaves that alone.
    pub(crate) built_disk_gib: i64,
    pub(crate) flavor: Flavor,
    /// The flavor to go to, or (when resized) to go back to.
    pub(crate) other_flavor: Option<Flavor>,
    pub(crate) state: State,
    /// The state that a resize returns to.
    pub(crate) rest: State,
    pub(crate) task: Option<Task>,
    pub(crate) power: Power,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) launched: Option<SystemTime>,
    pub(crate) terminated: Option<SystemTime>,
    /// The zone has been chosen, the host has it, its groups and addresses are made.
    pub(crate) zoned: bool,
    pub(crate) hosted: bool,
    /// Which of the hosts has it, and where a migration takes it; while it may still go back, where it came from.
    pub(crate) host: usize,
    pub(crate) other_host: Option<usize>,
    pub(crate) grouped: bool,
    pub(crate) networked: bool,
    pub(crate) zone_asked: Option<String>,
    pub(crate) metadata: Pairs,
    pub(crate) tags: Vec<String>,
    pub(crate) key_name: Option<String>,
    pub(crate) user_data: Option<String>,
    pub(crate) config_drive: bool,
    pub(crate) auto_disk: bool,
    pub(crate) volume_backed: bool,
    /// Made by a cloud that counts no disks: the name and the metadata of those that are made with it.
    pub(crate) apart: Option<Pairs>,
    pub(crate) password: String,
    pub(crate) ports: Vec<Port>,
    /// Those that are to be made while it is built.
    pub(crate) disks: Vec<Disk>,
    pub(crate) access_v4: String,
    pub(crate) access_v6: String,
    pub(crate) locked: bool,
    pub(crate) locked_reason: Option<String>,
    pub(crate) failure: Option<Failure>,
    pub(crate) reservation: String,
    pub(crate) launch_index: i64,
    pub(crate) certificates: Option<Vec<String>>,
    pub(crate) hints: Option<String>,
    /// The id of the group of servers that it is in.
    pub(crate) group: Option<String>,
    pub(crate) shelved_image: Option<String>,
    pub(crate) confirming: bool,
    pub(crate) action_log: Vec<LoggedAction>,
    /// The logged whose course is under way or was the last.
    pub(crate) logged: usize,
    /// Changes of an older course no longer apply.
    pub(crate) course: u64,
}
