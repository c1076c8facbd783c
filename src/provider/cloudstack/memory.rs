//! What the run remembers of a cloud: the jobs that it began, by id and by the server they are about, and what came of them; what
//! machines and templates were like when they were last read; flavors from before a resize; passwords that a job told once.

pub use crate::cloud::operation::End;
use crate::cloud::{Operation, Secret};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A job of this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// The command that began it.
    pub command: String,
    /// What came of it, once that is known.
    pub end: Option<End>,
    /// The machine's state before it, where that was read.
    pub before: Option<String>,
}

/// A machine as it was last read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its state: `Running`.
    pub state: String,
    /// The ids of its networks.
    pub networks: Vec<String>,
    /// The ids of its security groups.
    pub groups: Vec<String>,
    /// The project that it is in.
    pub project: Option<String>,
}

/// A template in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The zone's id; `None` where the cloud does not say it.
    pub zone_id: Option<String>,
    /// The zone's name.
    pub zone: String,
    /// Whether servers can be made of it there.
    pub ready: bool,
}

impl Copy {
    /// Whether it is in the zone of this id or name.
    pub fn is_in(&self, zone: &str) -> bool {
        self.zone_id.as_deref() == Some(zone) || self.zone == zone
    }
}

/// What this run did, by id.
#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The last job of each server.
    jobs: HashMap<String, Job>,
    seen: HashMap<String, Seen>,
    templates: HashMap<String, Vec<Copy>>,
    resized: HashMap<String, String>,
    passwords: HashMap<String, Secret>,
    /// Whether a snapshot of a whole machine was made.
    machine_snapshots: bool,
}

impl Memory {
    // Nothing is left half done under this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job about this server was begun.
    pub fn begun(&self, server: &str, job: &str, command: &str) {
        let mut state = self.state();
        let before = state.seen.get(server).map(|seen| seen.state.clone());
        let job = Job { id: job.to_string(), command: command.to_string(), end: None, before };
        state.jobs.insert(server.to_string(), job);
    }

    /// A machine was read.
    pub fn saw(&self, server: &str, seen: Seen) {
        self.state().seen.insert(server.to_string(), seen);
    }

    /// The project that a machine was in when it was last read.
    pub fn project_of(&self, server: &str) -> Option<String> {
        self.state().seen.get(server).and_then(|seen| seen.project.clone())
    }

    /// The machines that this run destroyed, by id and as they were last read, of which something is true.
    pub fn destroyed(&self, is: impl Fn(&Seen) -> bool) -> Vec<(String, Seen)> {
        let state = self.state();
        let destroyed = |id: &String| {
            let last = state.jobs.get(id);
            last.is_some_and(|job| job.command == "destroyVirtualMachine")
        };
        let own = state.seen.iter().filter(|(id, seen)| destroyed(id) && is(seen));
        own.map(|(id, seen)| (id.clone(), seen.clone())).collect()
    }

    /// Whether this run destroyed a machine.
    pub fn has_destroyed(&self, server: &str) -> bool {
        self.last(server).is_some_and(|job| job.command == "destroyVirtualMachine")
    }

    /// A template was read: in which zones it is.
    pub fn saw_template(&self, template: &str, copies: Vec<Copy>) {
        self.state().templates.insert(template.to_string(), copies);
    }

    /// In which zones a template was when it was last read.
    pub fn template(&self, template: &str) -> Option<Vec<Copy>> {
        self.state().templates.get(template).cloned()
    }

    /// A server's last job as an operation of the neutral kind.
    pub fn operation(&self, server: &str) -> Option<Operation> {
        let state = self.state();
        state.jobs.get(server).map(|job| operation(&state, server, job))
    }

    /// The jobs about servers whose end is not known.
    pub fn open(&self) -> Vec<Operation> {
        let state = self.state();
        let open = state.jobs.iter().filter(|(_, job)| job.end.is_none());
        let mut open: Vec<Operation> = open.map(|(server, job)| operation(&state, server, job)).collect();
        open.sort_by(|one, other| one.server.cmp(&other.server));
        open
    }

    /// What came of a job is known.
    pub fn ended(&self, job: &str, end: &End) {
        let mut state = self.state();
        state
            .jobs
            .values_mut()
            .filter(|known| known.id == job)
            .for_each(|known| known.end = Some(end.clone()));
    }

    /// A machine that this run destroyed is not there any more.
    pub fn is_gone(&self, server: &str) {
        if let Some(job) = self.state().jobs.get_mut(server) {
            job.end.get_or_insert(End::Done);
        }
    }

    /// A snapshot of a whole machine was made.
    pub fn made_machine_snapshot(&self) {
        self.state().machine_snapshots = true;
    }

    /// Whether one was made.
    pub fn has_machine_snapshots(&self) -> bool {
        self.state().machine_snapshots
    }

    /// The last job of a server.
    pub fn last(&self, server: &str) -> Option<Job> {
        self.state().jobs.get(server).cloned()
    }

    /// The job of this id.
    pub fn job(&self, id: &str) -> Option<Job> {
        self.state().jobs.values().find(|job| job.id == id).cloned()
    }

    /// A resize from this flavor is done, and can be confirmed or reverted.
    pub fn resized(&self, server: &str, from: &str) {
        self.state().resized.insert(server.to_string(), from.to_string());
    }

    /// The flavor from before the last resize.
    pub fn former(&self, server: &str) -> Option<String> {
        self.state().resized.get(server).cloned()
    }

    /// The last resize is settled; the flavor from before it.
    pub fn settle(&self, server: &str) -> Option<String> {
        self.state().resized.remove(server)
    }

    /// A password that the cloud told, and tells no second time.
    pub fn password(&self, server: &str, password: &str) {
        self.state().passwords.insert(server.to_string(), Secret::new(password));
    }

    /// The same, for the server's description.
    pub fn password_of(&self, server: &str) -> Option<Secret> {
        self.state().passwords.get(server).cloned()
    }
}

fn operation(state: &State, server: &str, job: &Job) -> Operation {
    Operation {
        id: job.id.clone(),
        command: job.command.clone(),
        makes: job.command == "deployVirtualMachine",
        server: server.to_string(),
        state: state.seen.get(server).map(|seen| seen.state.clone()),
        end: job.end.clone(),
    }
}
