//! What a run that goes on waits at: nothing new is done before all that is on record was met, in every branch.

use super::replay::{Replay, cancelled, lock};
use super::settle::Stop;
use crate::cloud::{Error, Kind, Result, Value};
use crate::effects::path::Path;
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// How far it is.
pub(super) struct Gate {
    /// What is on record and was not met.
    pub(super) unmet: BTreeSet<String>,
    /// How many branches run and do not wait here.
    pub(super) active: isize,
    pub(super) ended: Option<Stop>,
}

impl Replay {
    pub(super) fn meet(&self, path: &str) {
        let mut gate = lock(&self.gate);
        gate.unmet.remove(path);
        if gate.unmet.is_empty() {
            self.opened.notify_all();
        }
    }

    /// The members of an array that are on record count as met.
    pub(super) fn meet_members(&self, call: &str) {
        let start = format!("{call}#");
        let mut gate = lock(&self.gate);
        gate.unmet.retain(|path| !path.starts_with(&start));
        self.opened.notify_all();
    }

    pub(super) fn end(&self, why: Stop) -> Error {
        let mut gate = lock(&self.gate);
        gate.ended.get_or_insert(why);
        self.opened.notify_all();
        drop(gate);
        (self.around.stop)();
        cancelled()
    }

    /// Wait until all that is on record was met.
    pub(super) fn wait(&self) -> Result<()> {
        let mut gate = lock(&self.gate);
        if gate.ended.is_none() && gate.unmet.is_empty() {
            return Ok(());
        }
        gate.active -= 1;
        loop {
            if gate.ended.is_some() {
                return Err(cancelled());
            }
            if gate.unmet.is_empty() {
                gate.active += 1;
                return Ok(());
            }
            if gate.active <= 0 {
                // Every branch waits for the others: what is left is never met.
                let left = gate.unmet.first().cloned().unwrap_or_default();
                drop(gate);
                return Err(self.end(self.unreached_at(&left)));
            }
            gate = self.opened.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A call that is not on record: it is done once all that is was met.
    pub(super) fn anew(&self, path: &Path) -> Option<Result<Value>> {
        let handlers_left = || lock(&self.gate).unmet.iter().any(|path| path.contains("!/"));
        if self.interrupted && !path.to_string().contains("!/") && handlers_left() {
            (self.around.interrupt)();
            return Some(Err(Error::new(Kind::Cancelled, "interrupted")));
        }
        self.wait().err().map(Err)
    }
}
