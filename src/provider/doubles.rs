//! Creates that went out twice: the first request may still arrive, and make a second thing.
//!
//! Where a cloud knows no token of a request, a create is sent again when the look for it has shown nothing over its whole
//! window. It is then kept here until the run ends: whoever asks meanwhile has the cloud looked at, and what is there beside
//! that which the script was given is deleted. What is looked at and what deletes is the driver's; both are calls as values.

use crate::cloud::ports::Clock;
use crate::cloud::{Double, Error, Kind, Result};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long after each other a deletion is asked for again, at the run's end, of what is still being made.
const STILL_MADE: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// A create that went out twice.
pub(crate) struct Twice<C> {
    /// What it was to make: ``volume `data` ``.
    pub(crate) what: String,
    /// The ids that the script was given.
    pub(crate) given: Vec<String>,
    /// Asks for the list that a second one is in.
    pub(crate) list: C,
    /// What the list is called in its answer.
    pub(crate) key: &'static str,
    /// What an entry's id is called.
    pub(crate) id: &'static str,
    /// Whether an entry is of this create.
    pub(crate) is_own: Box<dyn Fn(&Json) -> bool + Send + Sync>,
    /// Asks for the deletion of one.
    pub(crate) delete: Box<dyn Fn(&str) -> C + Send + Sync>,
}

/// The creates of a run that went out twice.
pub(crate) struct Doubles<C>(Mutex<State<C>>);

struct State<C> {
    twice: Vec<Arc<Twice<C>>>,
    /// The ids of what was deleted, which a cloud may show for a while.
    deleted: HashSet<String>,
}

impl<C> Default for Doubles<C> {
    fn default() -> Self {
        Doubles(Mutex::new(State { twice: Vec::new(), deleted: HashSet::new() }))
    }
}

impl<C> Doubles<C> {
    /// From now on a second one is looked for.
    pub(crate) fn watch(&self, twice: Twice<C>) {
        self.state().twice.push(Arc::new(twice));
    }

    // Nothing is left half done under this lock.
    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Look for second ones and delete them. Before the `last` look, what cannot be looked at or deleted waits for the next.
    pub(crate) async fn delete<L, D>(
        &self,
        clock: &dyn Clock,
        last: bool,
        look: impl Fn(Arc<Twice<C>>) -> L + Send + Sync,
        delete: impl Fn(C) -> D + Send + Sync,
    ) -> Vec<Double>
    where
        C: Send + Sync,
        L: Future<Output = Result<Vec<String>>> + Send,
        D: Future<Output = Result<bool>> + Send,
    {
        let all = match last {
            true => std::mem::take(&mut self.state().twice),
            false => self.state().twice.clone(),
        };
        let mut out = Vec::new();
        for twice in all {
            let found = look(twice.clone()).await.unwrap_or_default();
            for id in found.into_iter().filter(|id| !twice.given.contains(id)) {
                if self.state().deleted.contains(&id) {
                    continue;
                }
                let left = self.taken_away(clock, last, &twice, &id, &delete).await.err();
                if left.is_none() {
                    self.state().deleted.insert(id.clone());
                }
                if last || left.is_none() {
                    out.push(Double { what: twice.what.clone(), id, left });
                }
            }
        }
        out
    }

    async fn taken_away<D>(
        &self,
        clock: &dyn Clock,
        last: bool,
        twice: &Twice<C>,
        id: &str,
        delete: &(impl Fn(C) -> D + Send + Sync),
    ) -> Result<()>
    where
        C: Send + Sync,
        D: Future<Output = Result<bool>> + Send,
    {
        let mut pauses = STILL_MADE.iter().filter(|_| last);
        loop {
            let error: Error = match delete((twice.delete)(id)).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            // What is not finished yet cannot be deleted on some clouds.
            match pauses.next().filter(|_| error.kind == Kind::Conflict) {
                Some(pause) => clock.sleep(*pause).await,
                None => return Err(error),
            }
        }
    }
}
