//! What takes time: for each action on a server, in which states it is allowed and the changes that follow, with their
//! times in milliseconds after the action was accepted. Times and task names are those measured on a Nova with a fast
//! hypervisor.

use std::time::{Duration, SystemTime};

use super::deeds::Asker;
use super::{Failure, Flavor, Image, ImageStatus, Pairs, Power, Refusal, Server, State, Task, World};

/// An action on a server that is there.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Build,
    RebootSoft,
    RebootHard,
    Rebuild(Box<Rebuild>),
    Resize(Box<Flavor>),
    Migrate,
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

#[derive(Debug, Clone)]
pub(super) struct Due {
    server: usize,
    course: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Begin(Action, usize, Option<String>, bool),
    Change(Change),
    Fail(String),
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Task(Option<Task>),
    Zone,
    Host,
    Groups,
    Touch,
    Ready,
    NewFlavor,
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
    Gone, Groups, Host, Image as Snap, NewFlavor, Offloaded, OldFlavor, Ready, Relaunch, Resized, Rest,
};
use Change::{Launched, Shelved, State as To, Task as Do, Touch, Zone};
use State::{Active, Error, Paused, Rescued, Stopped, Suspended};

type Steps = &'static [(u64, Change)];

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
enum Tasks {
    Idle,
    Any,
    Rebootable,
}

struct Course {
    verb: &'static str,
    /// None: every state.
    states: Option<&'static [State]>,
    tasks: Tasks,
    launched: bool,
    hosted: bool,
    begin: Option<Task>,
    steps: Steps,
}

fn course(action: &Action, server: &Server) -> Course {
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
        Action::Migrate => of("migrate", &[Active, Stopped], Task::ResizePrep, RESIZE),
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

impl World {
    /// Starts an action, if the server's state and lock allow it.
    pub(crate) fn act(&mut self, at: usize, action: Action, asker: &Asker) -> Result<(), Refusal> {
        self.may(at, &action, asker)?;
        self.start(at, action, asker);
        Ok(())
    }

    /// Whether an action is allowed now, by this person.
    pub(crate) fn may(&self, at: usize, action: &Action, asker: &Asker) -> Result<(), Refusal> {
        let server = &self.servers[at];
        if server.locked && !asker.admin && !matches!(action, Action::Snapshot(_)) {
            return Err(Refusal::Locked);
        }
        let course = course(action, server);
        if course.hosted && !server.hosted {
            return Err(Refusal::NotReady);
        }
        if course.states.is_some_and(|states| !states.contains(&server.state)) {
            return Err(Refusal::InState(server.state.name().to_owned()));
        }
        let busy = match (course.tasks, server.task) {
            (_, None) | (Tasks::Any, _) => None,
            (Tasks::Rebootable, Some(task)) => (!rebootable(task)).then_some(task),
            (Tasks::Idle, Some(task)) => Some(task),
        };
        if let Some(task) = busy {
            return Err(Refusal::InTask(task.name().to_owned()));
        }
        if course.launched && server.launched.is_none() {
            return Err(Refusal::NeverRan);
        }
        if matches!(action, Action::Confirm | Action::Revert) && server.confirming {
            return Err(Refusal::NotResized);
        }
        Ok(())
    }

    /// Starts an action without asking.
    pub(crate) fn start(&mut self, at: usize, action: Action, asker: &Asker) {
        let verb = course(&action, &self.servers[at]).verb;
        self.record(at, verb, asker);
        let deed = self.servers[at].deeds.len() - 1;
        self.servers[at].deeds[deed].finish = None;
        let mood = self.mood.clone();
        let now = self.now();
        match mood.slow {
            Some(by) => {
                let number = self.next();
                let what = What::Begin(action, deed, mood.error, mood.stuck);
                self.queue.insert((now + by, number), Due { server: at, course: 0, what });
            }
            None => self.begin(at, action, deed, now, mood.error, mood.stuck),
        }
    }

    fn begin(
        &mut self,
        at: usize,
        action: Action,
        deed: usize,
        now: SystemTime,
        error: Option<String>,
        stuck: bool,
    ) {
        let course = course(&action, &self.servers[at]);
        let number = self.next();
        let server = &mut self.servers[at];
        if server.state == State::Deleted {
            return;
        }
        server.course = number;
        server.updated = now;
        if course.begin.is_some() {
            server.task = course.begin;
        }
        match action {
            Action::Rebuild(rebuild) => {
                server.rest = if server.state == Stopped { Stopped } else { Active };
                server.rebuilt(*rebuild);
            }
            Action::Resize(flavor) => {
                server.rest = server.state;
                server.other_flavor = Some(*flavor);
            }
            Action::Migrate => {
                server.rest = server.state;
                server.other_flavor = Some(server.flavor.clone());
            }
            Action::Confirm => server.confirming = true,
            Action::Password(word) => server.password = word,
            Action::Snapshot(image) | Action::Shelve(image) => server.shelved_image = Some(image),
            _ => {}
        }
        if stuck {
            return;
        }
        if let Some(message) = error {
            let when = course.steps.last().map_or(0, |step| step.0);
            self.later(at, number, now, when, What::Fail(message));
            return;
        }
        for &(when, change) in course.steps {
            self.later(at, number, now, when, What::Change(change));
        }
        if course.steps.is_empty() {
            self.servers[at].deeds[deed].finish = Some(now);
        }
    }

    fn later(&mut self, server: usize, course: u64, now: SystemTime, millis: u64, what: What) {
        let number = self.next();
        self.queue.insert((now + Duration::from_millis(millis), number), Due { server, course, what });
    }

    /// Lets a build fail after a moment, with this message.
    pub(crate) fn doom(&mut self, at: usize, millis: u64, message: String) {
        let number = self.next();
        self.servers[at].course = number;
        let now = self.now();
        self.later(at, number, now, millis, What::Fail(message));
    }

    pub(super) fn change(&mut self, due: Due, now: SystemTime) {
        match due.what {
            What::Begin(action, deed, error, stuck) => {
                self.begin(due.server, action, deed, now, error, stuck)
            }
            _ if self.servers[due.server].course != due.course => {}
            What::Fail(message) => self.fail(due.server, message, now),
            What::Change(change) => self.apply(due.server, change, now),
        }
    }

    fn fail(&mut self, at: usize, message: String, now: SystemTime) {
        let server = &mut self.servers[at];
        server.state = Error;
        server.task = None;
        server.updated = now;
        server.failure = Some(Failure { code: 500, message: message.clone(), at: now });
        if let Some(deed) = server.deeds.last_mut() {
            deed.finish = Some(now);
            deed.error = Some(message);
        }
        if !server.hosted {
            let ports = std::mem::take(&mut server.ports);
            self.release(&ports);
        }
    }

    fn apply(&mut self, at: usize, change: Change, now: SystemTime) {
        let server = &mut self.servers[at];
        server.updated = now;
        let mut last = false;
        match change {
            Do(task) => {
                server.task = task;
                last = task.is_none() && server.state != State::Building;
            }
            Zone => server.zoned = true,
            Host => server.hosted = true,
            Groups => server.grouped = true,
            Touch => {}
            Ready => {
                server.networked = true;
                server.zoned = true;
                server.hosted = true;
                server.relaunch(Active, Power::Running, now);
                last = true;
            }
            NewFlavor | OldFlavor => {
                if let Some(other) = server.other_flavor.take() {
                    let was = std::mem::replace(&mut server.flavor, other);
                    server.other_flavor = matches!(change, NewFlavor).then_some(was);
                }
            }
            Relaunch => server.launched = Some(now),
            Resized => {
                server.state = State::Resized;
                server.task = None;
                server.launched = Some(now);
                last = true;
            }
            Rest => {
                server.confirming = false;
                server.other_flavor = None;
                let power = if server.rest == Stopped { Power::Shutdown } else { Power::Running };
                server.settle(server.rest, power);
                last = true;
            }
            To(state, power) => {
                server.settle(state, power);
                last = true;
            }
            Launched(state, power) => {
                server.relaunch(state, power, now);
                last = true;
            }
            Snap(_) => {}
            Shelved => {
                server.state = State::Shelved;
                server.power = Power::Shutdown;
                server.task = Some(Task::ShelvingOffloading);
            }
            Offloaded => {
                server.settle(State::Offloaded, Power::Shutdown);
                server.hosted = false;
                server.zoned = false;
                last = true;
            }
            Gone => {
                server.settle(State::Deleted, Power::None);
                server.terminated = Some(now);
                last = true;
            }
        }
        if last && let Some(deed) = server.deeds.last_mut() {
            deed.finish = Some(now);
        }
        let image = server.shelved_image.clone();
        match change {
            Snap(status) => self.image_reaches(image.as_deref(), status, now),
            Ready if image.is_some() => {
                self.image_reaches(image.as_deref(), ImageStatus::Deleted, now);
                self.servers[at].shelved_image = None;
            }
            Do(None) => self.servers[at].shelved_image = None,
            Gone => {
                let ports = std::mem::take(&mut self.servers[at].ports);
                self.release(&ports);
                if let Some(image) = image.as_deref().and_then(|id| self.image(id))
                    && image.status != ImageStatus::Active
                {
                    let id = image.id.clone();
                    self.image_reaches(Some(&id), ImageStatus::Deleted, now);
                }
            }
            _ => {}
        }
    }

    fn image_reaches(&mut self, id: Option<&str>, status: ImageStatus, now: SystemTime) {
        if let Some(image) = self.images.iter_mut().find(|image| Some(image.id.as_str()) == id) {
            image.reach(status, now);
        }
    }

    /// Puts a server into a state at once, as an administrator does.
    pub(crate) fn reset(&mut self, at: usize, state: State) {
        let (now, number) = (self.now(), self.next());
        let server = &mut self.servers[at];
        server.course = number;
        server.state = state;
        server.task = None;
        server.updated = now;
    }
}

impl Image {
    fn reach(&mut self, status: ImageStatus, now: SystemTime) {
        self.status = status;
        self.updated = now;
        if status == ImageStatus::Active && self.data.is_none() {
            self.fill(format!("a snapshot made by the simulated cloud: {}", self.id).into_bytes());
        }
    }
}

impl Server {
    fn settle(&mut self, state: State, power: Power) {
        self.state = state;
        self.power = power;
        self.task = None;
        if state == Active {
            self.failure = None;
        }
    }

    fn relaunch(&mut self, state: State, power: Power, now: SystemTime) {
        self.settle(state, power);
        self.launched = Some(now);
    }

    fn rebuilt(&mut self, with: Rebuild) {
        self.image = Some(with.image);
        self.image_properties = with.image_properties;
        self.failure = None;
        self.name = with.name.unwrap_or_else(|| std::mem::take(&mut self.name));
        self.metadata = with.metadata.unwrap_or_else(|| std::mem::take(&mut self.metadata));
        self.description = with.description.unwrap_or_else(|| self.description.take());
        self.key_name = with.key_name.unwrap_or_else(|| self.key_name.take());
        self.user_data = with.user_data.unwrap_or_else(|| self.user_data.take());
        self.access_v4 = with.access_v4.unwrap_or_else(|| std::mem::take(&mut self.access_v4));
        self.access_v6 = with.access_v6.unwrap_or_else(|| std::mem::take(&mut self.access_v6));
        self.auto_disk = with.auto_disk.unwrap_or(self.auto_disk);
        self.certificates = with.certificates.unwrap_or_else(|| self.certificates.take());
        self.password = with.password.unwrap_or_else(|| std::mem::take(&mut self.password));
        self.hostname = with.hostname.unwrap_or_else(|| std::mem::take(&mut self.hostname));
    }
}

const fn rebootable(task: Task) -> bool {
    matches!(
        task,
        Task::Rebooting
            | Task::RebootStarted
            | Task::Resuming
            | Task::RebootingHard
            | Task::Unpausing
            | Task::Pausing
            | Task::Suspending
    )
}
