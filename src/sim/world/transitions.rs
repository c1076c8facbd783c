//! What takes time: for each action on a server, in which states it is allowed and the changes that follow, with their
//! times in milliseconds after the action was accepted. Times and task names are those measured on a Nova with a fast
//! hypervisor. [`actions`](super::actions) runs these courses.

use super::{Flavor, ImageStatus, Pairs, Power, Server, State, Task};

/// An action on a server that is there.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Build,
    RebootSoft,
    RebootHard,
    Rebuild(Box<Rebuild>),
    Resize(Box<Flavor>),
    Migrate(usize),
    MigrateLive(usize),
    Confirm,
    Revert,
    Snapshot(String),
    Stop,
    Start,
    Pause,
    Unpause,
    Suspend,
    Resume,
    Rescue,
    Unrescue,
    Shelve(String),
    Offload,
    Unshelve,
    Password(String),
    Delete,
    ForceDelete,
}

/// What a rebuild changes beside the disk; what is not given stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rebuild {
    pub(crate) image: String,
    pub(crate) image_properties: Pairs,
    pub(crate) name: Option<String>,
    pub(crate) metadata: Option<Pairs>,
    pub(crate) description: Option<Option<String>>,
    pub(crate) key_name: Option<Option<String>>,
    pub(crate) user_data: Option<Option<String>>,
    pub(crate) access_v4: Option<String>,
    pub(crate) access_v6: Option<String>,
    pub(crate) auto_disk: Option<bool>,
    pub(crate) certificates: Option<Option<Vec<String>>>,
    pub(crate) password: Option<String>,
    pub(crate) hostname: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Task(Option<Task>),
    Zone,
    Host,
    Groups,
    Touch,
    Ready,
    NewFlavor,
    /// To the other host.
    Moved,
    OldFlavor,
    Relaunch,
    Resized,
    /// Back to the state before: after a rebuild, a confirmed or a reverted resize.
    Rest,
    State(State, Power),
    Launched(State, Power),
    Image(ImageStatus),
    Shelved,
    Offloaded,
    Gone,
}

use Change::{
    Gone, Groups, Host, Image as Snap, Moved, NewFlavor, Offloaded, OldFlavor, Ready, Relaunch, Resized, Rest,
};
use Change::{Launched, Shelved, State as To, Task as Do, Touch, Zone};
use State::{Active, Error, Paused, Rescued, Stopped, Suspended};

pub(super) type Steps = &'static [(u64, Change)];

const BUILD: Steps = &[
    (100, Zone),
    (170, Do(None)),
    (220, Host),
    (320, Do(Some(Task::BlockDevices))),
    (400, Do(Some(Task::Spawning))),
    (600, Groups),
    (1500, Ready),
];
const REBOOT: Steps = &[(300, Do(Some(Task::RebootStarted))), (500, To(Active, Power::Running))];
const REBUILD: Steps = &[(250, Do(Some(Task::RebuildSpawning))), (480, Relaunch), (500, Rest)];
const RESIZE: Steps = &[
    (450, Touch),
    (800, Do(Some(Task::ResizeMigrating))),
    (950, Do(Some(Task::ResizeMigrated))),
    (1200, NewFlavor),
    (1250, Do(Some(Task::ResizeFinish))),
    (1500, Resized),
];
const REVERT: Steps = &[(350, OldFlavor), (650, Relaunch), (700, Rest)];
const SNAPSHOT: Steps = &[
    (80, Do(Some(Task::Snapshot))),
    (180, Do(Some(Task::SnapshotUploading))),
    (200, Snap(ImageStatus::Saving)),
    (400, Snap(ImageStatus::Active)),
    (400, Do(None)),
];
const SHELVE: Steps = &[
    (200, Do(Some(Task::ShelvingUploading))),
    (220, Snap(ImageStatus::Saving)),
    (400, Snap(ImageStatus::Active)),
    (400, Shelved),
    (900, Offloaded),
];
const UNSHELVE: Steps = &[(250, Zone), (300, Do(Some(Task::Spawning))), (350, Host), (900, Ready)];

/// In which tasks an action is allowed.
#[derive(Clone, Copy)]
pub(super) enum Tasks {
    Idle,
    Any,
    Rebootable,
}

pub(super) struct Course {
    pub(super) verb: &'static str,
    /// None: every state.
    pub(super) states: Option<&'static [State]>,
    pub(super) tasks: Tasks,
    pub(super) launched: bool,
    pub(super) hosted: bool,
    pub(super) begin: Option<Task>,
    pub(super) steps: Steps,
}

pub(super) fn course(action: &Action, server: &Server) -> Course {
    let of = |verb, states, begin, steps| Course {
        verb,
        states: Some(states),
        tasks: Tasks::Idle,
        launched: true,
        hosted: false,
        begin: Some(begin),
        steps,
    };
    match action {
        Action::Build => Course { states: None, ..of("create", &[], Task::Scheduling, BUILD) },
        Action::RebootSoft => of("reboot", &[Active], Task::Rebooting, REBOOT),
        Action::RebootHard => Course {
            tasks: Tasks::Rebootable,
            ..of(
                "reboot",
                &[Active, Stopped, Paused, Suspended, Error],
                Task::RebootingHard,
                const { &[(500, To(Active, Power::Running))] },
            )
        },
        Action::Rebuild(_) => of("rebuild", &[Active, Stopped, Error], Task::Rebuilding, REBUILD),
        Action::Resize(_) => of("resize", &[Active, Stopped], Task::ResizePrep, RESIZE),
        Action::Migrate(_) => of("migrate", &[Active, Stopped], Task::ResizePrep, RESIZE),
        Action::MigrateLive(_) => {
            of("live-migration", &[Active, Paused], Task::Migrating, const { &[(1200, Moved), (1500, Rest)] })
        }
        Action::Confirm => Course {
            begin: None,
            ..of("confirmResize", &[State::Resized], Task::ResizeReverting, const { &[(700, Rest)] })
        },
        Action::Revert => of("revertResize", &[State::Resized], Task::ResizeReverting, REVERT),
        Action::Snapshot(_) => {
            of("createImage", &[Active, Stopped, Paused, Suspended], Task::SnapshotPending, SNAPSHOT)
        }
        Action::Stop => Course {
            hosted: true,
            ..of(
                "stop",
                &[Active, Error],
                Task::PoweringOff,
                const { &[(400, To(Stopped, Power::Shutdown))] },
            )
        },
        Action::Start => Course {
            hosted: true,
            ..of("start", &[Stopped], Task::PoweringOn, const { &[(400, To(Active, Power::Running))] })
        },
        Action::Pause => of("pause", &[Active], Task::Pausing, const { &[(400, To(Paused, Power::Paused))] }),
        Action::Unpause => {
            of("unpause", &[Paused], Task::Unpausing, const { &[(400, To(Active, Power::Running))] })
        }
        Action::Suspend => {
            of("suspend", &[Active], Task::Suspending, const { &[(400, To(Suspended, Power::Suspended))] })
        }
        Action::Resume => {
            of("resume", &[Suspended], Task::Resuming, const { &[(400, To(Active, Power::Running))] })
        }
        Action::Rescue => of(
            "rescue",
            &[Active, Stopped, Error],
            Task::Rescuing,
            const { &[(400, Launched(Rescued, Power::Shutdown))] },
        ),
        Action::Unrescue => {
            of("unrescue", &[Rescued], Task::Unrescuing, const { &[(400, To(Active, Power::Running))] })
        }
        Action::Shelve(_) => of("shelve", &[Active, Stopped, Paused, Suspended], Task::Shelving, SHELVE),
        Action::Offload => {
            of("shelveOffload", &[State::Shelved], Task::ShelvingOffloading, const { &[(400, Offloaded)] })
        }
        Action::Unshelve => of("unshelve", &[State::Shelved, State::Offloaded], Task::Unshelving, UNSHELVE),
        Action::Password(_) => {
            Course { begin: None, ..of("changePassword", &[Active], Task::Rebooting, &[]) }
        }
        Action::Delete | Action::ForceDelete => {
            let verb = if matches!(action, Action::Delete) { "delete" } else { "forceDelete" };
            let steps: Steps = if server.launched.is_none() && server.state == Error {
                const { &[(50, Gone)] }
            } else {
                const { &[(400, Gone)] }
            };
            Course {
                states: None,
                tasks: Tasks::Any,
                launched: false,
                ..of(verb, &[], Task::Deleting, steps)
            }
        }
    }
}
