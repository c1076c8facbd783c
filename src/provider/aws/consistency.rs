//! What the run remembers of a cloud: EC2 shows what was just made late, forgets a former type at once, and tells a start from a
//! launch by little.

use super::ec2::instance::Known;
use crate::cloud::Time;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a new thing may be unknown to a part of the cloud, seconds.
const LATE: i64 = 120;

/// What this run did, by id.
#[derive(Debug, Default)]
pub struct Memory {
    run_actions: Mutex<RunActions>,
    /// Held while what a server has (its security groups, its device names) is read and the next request chosen by it.
    pub choosing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct RunActions {
    made: HashMap<String, Time>,
    started: HashSet<String>,
    resized: HashMap<String, String>,
    extended: HashMap<String, i64>,
}

impl Memory {
    fn run_actions(&self) -> MutexGuard<'_, RunActions> {
        self.run_actions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This was made now.
    pub fn made(&self, id: &str, now: Time) {
        self.run_actions().made.insert(id.to_string(), now);
    }

    /// This was taken away: that it is not known any more is no matter of time.
    pub fn gone(&self, id: &str) {
        self.run_actions().made.remove(id);
    }

    /// Whether words of the cloud are about something that is too new to be known everywhere.
    pub fn excuses(&self, words: &str, now: Time) -> bool {
        let run_actions = self.run_actions();
        run_actions.made.iter().any(|(id, at)| now.since(*at).seconds() < LATE && words.contains(id.as_str()))
    }

    /// This was started.
    pub fn started(&self, id: &str) {
        self.run_actions().started.insert(id.to_string());
    }

    /// What is known of an instance beside its description.
    pub fn known(&self, id: &str) -> Known {
        let run_actions = self.run_actions();
        Known { started: run_actions.started.contains(id), made: run_actions.made.contains_key(id) }
    }

    /// A resize from this flavor is done, and can be confirmed or reverted.
    pub fn resized(&self, id: &str, from: &str) {
        self.run_actions().resized.insert(id.to_string(), from.to_string());
    }

    /// The flavor from before the last resize.
    pub fn former(&self, id: &str) -> Option<String> {
        self.run_actions().resized.get(id).cloned()
    }

    /// The last resize is settled; the flavor from before it.
    pub fn settle(&self, id: &str) -> Option<String> {
        self.run_actions().resized.remove(id)
    }

    /// A volume is to have this many GiB.
    pub fn extended(&self, id: &str, size: i64) {
        self.run_actions().extended.insert(id.to_string(), size);
    }

    /// Whether a volume that has so many GiB is still to get more.
    pub fn is_growing(&self, id: &str, size: i64) -> bool {
        let mut run_actions = self.run_actions();
        let growing = run_actions.extended.get(id).is_some_and(|wanted| size < *wanted);
        if !growing {
            run_actions.extended.remove(id);
        }
        growing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_excused_for_a_while() {
        let memory = Memory::default();
        let at = |text: &str| Time::parse(text).unwrap();
        memory.made("i-1", at("2026-11-21T12:00:00Z"));
        assert!(memory.excuses("The instance ID 'i-1' does not exist", at("2026-11-21T12:01:59Z")));
        assert!(!memory.excuses("The instance ID 'i-1' does not exist", at("2026-11-21T12:02:00Z")));
        assert!(!memory.excuses("The instance ID 'i-2' does not exist", at("2026-11-21T12:00:01Z")));
        memory.gone("i-1");
        assert!(!memory.excuses("The instance ID 'i-1' does not exist", at("2026-11-21T12:00:01Z")));
    }

    #[test]
    fn a_volume_grows_until_it_has_grown() {
        let memory = Memory::default();
        memory.extended("vol-1", 20);
        assert!(memory.is_growing("vol-1", 8));
        assert!(!memory.is_growing("vol-1", 20));
        assert!(!memory.is_growing("vol-1", 8), "it is forgotten once it has grown");
    }
}
