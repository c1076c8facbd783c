//! What the run remembers of a cloud: the jobs that it began, by id and by the server they are about, and what came of them; flavors
//! from before a resize; passwords that a job told once.

use crate::cloud::Secret;
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
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Done,
    /// It failed: its code and words.
    Failed {
        /// The API's code: 533.
        code: u16,
        /// The cloud's words.
        words: String,
    },
}

/// What this run did, by id.
#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The last job of each server.
    jobs: HashMap<String, Job>,
    resized: HashMap<String, String>,
    passwords: HashMap<String, Secret>,
}

impl Memory {
    // Nothing is left half done under this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job about this server was begun.
    pub fn begun(&self, server: &str, job: &str, command: &str) {
        let job = Job { id: job.to_string(), command: command.to_string(), end: None };
        self.state().jobs.insert(server.to_string(), job);
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
