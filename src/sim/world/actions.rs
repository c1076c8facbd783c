//! Running the courses: whether an action is allowed, its beginning, and each change when its time has come.

use std::time::{Duration, SystemTime};

use super::State::{Active, Error, Stopped};
use super::action_log::Asker;
use super::transitions::Change::{
    self, Gone, Groups, Host, Image as Snap, Moved, NewFlavor, Offloaded, OldFlavor, Ready,
};
use super::transitions::Change::{
    Launched, Relaunch, Resized, Rest, Shelved, State as To, Task as Do, Touch, Zone,
};
use super::transitions::{Action, Rebuild, Tasks, course};
use super::{Failure, FaultSettings, Image, ImageStatus, Power, Refusal, Server, State, Task, World};

#[derive(Debug, Clone)]
pub(super) struct Due {
    server: usize,
    course: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Begin(Action, usize, Box<FaultSettings>),
    Change(Change),
    Fail(String),
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
        let logged = self.servers[at].action_log.len() - 1;
        self.servers[at].action_log[logged].finish = None;
        let fault_settings = self.fault_settings.clone();
        let now = self.now();
        match fault_settings.slow {
            Some(by) => {
                let number = self.next();
                let what = What::Begin(action, logged, Box::new(fault_settings));
                self.queue
                    .insert((now + by, number), super::Due::Server(Due { server: at, course: 0, what }));
            }
            None => self.begin(at, action, logged, now, fault_settings),
        }
    }

    fn begin(
        &mut self,
        at: usize,
        action: Action,
        logged: usize,
        now: SystemTime,
        fault_settings: FaultSettings,
    ) {
        let course = course(&action, &self.servers[at]);
        let number = self.next();
        let server = &mut self.servers[at];
        if server.state == State::Deleted {
            return;
        }
        server.course = number;
        server.logged = logged;
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
            Action::Migrate(host) => {
                server.rest = server.state;
                server.other_flavor = Some(server.flavor.clone());
                server.other_host = Some(host);
            }
            Action::MigrateLive(host) => {
                server.rest = server.state;
                server.other_host = Some(host);
            }
            Action::Confirm => server.confirming = true,
            Action::Password(word) => server.password = word,
            Action::Snapshot(image) | Action::Shelve(image) => server.shelved_image = Some(image),
            _ => {}
        }
        if fault_settings.stuck {
            return;
        }
        let factor = u64::from(fault_settings.factor.unwrap_or(1));
        if let Some(message) = fault_settings.error {
            let when = course.steps.last().map_or(0, |step| step.0 * factor);
            self.later(at, number, now, when, What::Fail(message));
            return;
        }
        for &(when, change) in course.steps {
            self.later(at, number, now, when * factor, What::Change(change));
        }
        if course.steps.is_empty() {
            self.servers[at].action_log[logged].finish = Some(now);
        }
    }

    fn later(&mut self, server: usize, course: u64, now: SystemTime, millis: u64, what: What) {
        let number = self.next();
        let due = super::Due::Server(Due { server, course, what });
        self.queue.insert((now + Duration::from_millis(millis), number), due);
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
            What::Begin(action, logged, fault_settings) => {
                self.begin(due.server, action, logged, now, *fault_settings)
            }
            _ if self.servers[due.server].course != due.course => {}
            What::Fail(message) => self.fail(due.server, message, now),
            What::Change(change) => self.apply(due.server, change, now),
        }
    }

    fn fail(&mut self, at: usize, message: String, now: SystemTime) {
        let server = &mut self.servers[at];
        let snapshot =
            matches!(server.task, Some(Task::SnapshotPending | Task::Snapshot | Task::SnapshotUploading));
        // A snapshot that fails takes its image with it and leaves the server as it was.
        let image = server.shelved_image.take_if(|_| snapshot);
        if !snapshot {
            server.state = Error;
        }
        server.task = None;
        server.updated = now;
        server.failure = Some(Failure { code: 500, message: message.clone(), at: now });
        if let Some(logged) = server.action_log.get_mut(server.logged) {
            logged.finish = Some(now);
            logged.error = Some(message);
        }
        if let Some(image) = image.and_then(|id| self.images.iter_mut().find(|image| image.id == id)) {
            image.status = ImageStatus::Deleted;
        }
        let server = &mut self.servers[at];
        if !server.hosted {
            let ports = std::mem::take(&mut server.ports);
            self.release(ports);
            self.let_disks_go(at);
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
            Moved => move_over(server),
            NewFlavor | OldFlavor => {
                move_over(server);
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
                server.other_host = None;
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
        if last && let Some(logged) = server.action_log.get_mut(server.logged) {
            logged.finish = Some(now);
        }
        let image = server.shelved_image.clone();
        match change {
            Do(Some(Task::BlockDevices)) => {
                if let Err(message) = self.make_disks(at) {
                    let course = self.servers[at].course;
                    self.later(at, course, now, 0, What::Fail(message));
                }
            }
            Ready => self.disks_ready(at),
            _ => {}
        }
        match change {
            Snap(status) => self.image_reaches(image.as_deref(), status, now),
            Ready if image.is_some() => {
                self.image_reaches(image.as_deref(), ImageStatus::Deleted, now);
                self.servers[at].shelved_image = None;
            }
            Do(None) => self.servers[at].shelved_image = None,
            Gone => {
                let ports = std::mem::take(&mut self.servers[at].ports);
                self.release(ports);
                self.let_disks_go(at);
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

    pub(super) fn image_reaches(&mut self, id: Option<&str>, status: ImageStatus, now: SystemTime) {
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
        // What was deleted while it was being made does not come back.
        if self.status == ImageStatus::Deleted {
            return;
        }
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
        self.built_disk_gib = self.flavor.disk_gib;
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

/// To the host that it is to go to, or back.
fn move_over(server: &mut Server) {
    if let Some(other) = server.other_host {
        server.other_host = Some(std::mem::replace(&mut server.host, other));
    }
}
