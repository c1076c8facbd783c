//! What all calls of a run share: the clock, the clouds, the requests made so far, the names looked up so far.

use super::held::{Held, Hold};
use super::known_names::KnownNames;
use crate::cloud::ports::{Clock, Clouds, FileGate, Outside, Progress};
use crate::cloud::simulation::Simulation;
use crate::cloud::wait::Pending;
use crate::cloud::{Cloud, Error, Handle, Kind, Noun, Resource, Result, Value, call_scope};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Tells a run to stop: 0 goes on, 1 was interrupted, 2 was terminated.
pub type Cancel = watch::Receiver<u8>;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The script runs: an interruption ends it.
    Running,
    /// What the script put off until its end runs: an interruption does not end it.
    Ending,
    /// Its time is up: everything ends.
    Over,
}

/// A server or image, by the cloud's name and its id.
type Id = (Arc<str>, String);

/// How a run goes about its calls.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// The most requests in flight, 1 or more.
    pub concurrency: usize,
    /// The longest one request may take.
    pub timeout: Duration,
    /// Whether names are looked up once a run.
    pub caches: bool,
}

/// What the calls of one run share.
pub struct RunContext {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Talk to a person who watches.
    pub progress: Arc<dyn Progress>,
    /// The clouds of the session.
    pub clouds: Arc<dyn Clouds>,
    /// The environment and files.
    pub outside: Arc<dyn Outside>,
    /// Raised on Ctrl-C.
    pub cancel: Cancel,
    /// The most requests in flight.
    pub concurrency: usize,
    /// The longest one request may take.
    timeout: Duration,
    /// Whether names are looked up once a run.
    pub caches: bool,
    phase: watch::Sender<Phase>,
    held: Held,
    requests: Mutex<HashMap<Id, Pending>>,
    names: KnownNames,
    addresses: Mutex<HashSet<String>>,
    files: OnceLock<Arc<dyn FileGate>>,
    /// The simulated cloud of the test that runs; set once, before the first call, and never where no test does.
    pub simulation: OnceLock<Arc<dyn Simulation>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RunContext {
    /// A run that has done nothing yet.
    pub fn new(
        clock: Arc<dyn Clock>,
        progress: Arc<dyn Progress>,
        clouds: Arc<dyn Clouds>,
        outside: Arc<dyn Outside>,
        cancel: Cancel,
        habits: RunOptions,
    ) -> RunContext {
        RunContext {
            clock,
            progress,
            clouds,
            outside,
            cancel,
            concurrency: habits.concurrency.max(1),
            timeout: habits.timeout,
            caches: habits.caches,
            phase: watch::Sender::new(Phase::Running),
            held: Held::default(),
            requests: Mutex::default(),
            names: KnownNames::default(),
            addresses: Mutex::default(),
            files: OnceLock::new(),
            simulation: OnceLock::new(),
        }
    }

    /// Which files the session may read; set once, before the first call.
    pub fn gate_files(&self, gate: Arc<dyn FileGate>) {
        let _ = self.files.set(gate);
    }

    /// Which files the session may read.
    pub fn file_gate(&self) -> Option<&Arc<dyn FileGate>> {
        self.files.get()
    }

    /// Remember what was last asked of a server, for the waits that follow.
    pub fn requested(&self, cloud: &Arc<str>, id: &str, pending: Pending) {
        lock(&self.requests).insert((cloud.clone(), id.to_string()), pending);
    }

    /// What was last asked of a server and has not been seen to take effect.
    pub fn pending(&self, cloud: &Arc<str>, id: &str) -> Option<Pending> {
        lock(&self.requests).get(&(cloud.clone(), id.to_string())).cloned()
    }

    /// What was asked has taken effect.
    pub fn settled(&self, cloud: &Arc<str>, id: &str) {
        lock(&self.requests).remove(&(cloud.clone(), id.to_string()));
    }

    /// A future, unless the run is interrupted first: then `cancelled`. What is [held](Self::hold) comes to its end before, or
    /// what it may leave behind is told.
    pub async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let stop = async {
            self.cancelled().await;
            tokio::select! {
                () = self.held.none() => {}
                () = self.clock.lapse(self.timeout) => self.tell_left(),
            }
        };
        tokio::select! {
            biased;
            () = stop => Err(Error::new(Kind::Cancelled, "interrupted")),
            done = work => Ok(done),
        }
    }

    /// As long as this is kept, an interruption waits: something was made that is taken away again. `what` tells what is left
    /// where that takes too long.
    pub fn hold(&self, what: String) -> Hold<'_> {
        self.held.hold(what)
    }

    /// Whether what runs now is to stop: nothing new begins.
    pub fn is_stopping(&self) -> bool {
        match self.phase() {
            Phase::Running => *self.cancel.borrow() > 0,
            Phase::Ending => false,
            Phase::Over => true,
        }
    }

    /// Nobody waits any longer for what is held.
    fn tell_left(&self) {
        let tell = |left| self.progress.warn(&format!("look for what is left behind: {left}"));
        self.held.left().iter().for_each(tell);
    }

    /// A change that has begun, waited for even when the run is interrupted, so that what exists is known; then only as
    /// long as one request may take: what is not answered by then may have taken effect.
    pub async fn to_its_end<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let patience = async {
            self.cancelled().await;
            self.clock.lapse(self.timeout).await;
        };
        tokio::select! {
            biased;
            done = work => done,
            () = patience => {
                self.tell_left();
                let mut error = Error::new(Kind::Cancelled, "interrupted");
                error.maybe = true;
                Err(error)
            }
        }
    }

    /// Ready when what runs now is to stop.
    async fn cancelled(&self) {
        let (mut cancel, mut phase) = (self.cancel.clone(), self.phase.subscribe());
        loop {
            let now = *phase.borrow_and_update();
            let interrupted = *cancel.borrow_and_update() > 0;
            match now {
                Phase::Over => return,
                Phase::Running if interrupted => return,
                Phase::Running => tokio::select! {
                    changed = cancel.changed() => if changed.is_err() { std::future::pending().await },
                    _ = phase.changed() => {}
                },
                Phase::Ending => {
                    // The sender is ours: it does not go while this is asked.
                    let _ = phase.changed().await;
                }
            }
        }
    }

    /// How far the run is.
    pub fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// The run has come so far.
    pub fn set_phase(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// The time of what was put off is up; where none runs, nothing changes.
    pub fn cut_short(&self) {
        self.phase.send_if_modified(|phase| {
            let ending = *phase == Phase::Ending;
            if ending {
                *phase = Phase::Over;
            }
            ending
        });
    }

    /// The name of a resource by its id, looked up once a run; the id itself where the cloud does not know it any more.
    pub async fn name_of(&self, cloud: &Arc<dyn Cloud>, noun: Noun, id: &str) -> Result<Value> {
        let read = format!("{}/{}/{id}", cloud.name(), noun.word());
        call_scope::lookup(&read, self.known_or_read(cloud, noun, id)).await
    }

    async fn known_or_read(&self, cloud: &Arc<dyn Cloud>, noun: Noun, id: &str) -> Result<Value> {
        let known = || self.names.get(cloud.name(), noun, id).filter(|_| self.caches);
        if let Some(known) = known() {
            return Ok(known);
        }
        if self.caches {
            self.names.look_up_many(cloud, noun, id).await;
            if let Some(known) = known() {
                return Ok(known);
            }
        }
        let found = cloud.one(noun, id).await?;
        Ok(self.names.learn_found(cloud.name(), noun, id, found.as_ref()))
    }

    /// Read an object that a verb changed without reading it; one that is not there any more shows that.
    pub async fn freshen(&self, object: &Handle) -> Result<()> {
        let Some(marked) = object.stale_by() else { return Ok(()) };
        let read = format!("{marked}@{}/{}", object.noun().word(), object.id());
        let now = call_scope::lookup(&read, async {
            let cloud = self.clouds.get(Some(object.cloud()))?;
            let now = cloud.one(object.noun(), object.id()).await?;
            Ok(now.map_or(Value::Unit, |now| Value::Resource(Handle::new(now))))
        });
        match now.await? {
            Value::Resource(now) => object.update(now.latest()),
            _ => object.set_gone(),
        }
        Ok(())
    }

    /// Read an object that a list described, of which a list does not tell all; one that was read whole is left as it is.
    pub async fn read_whole(&self, object: &Handle) -> Result<()> {
        let unread = |field: &crate::cloud::Field| object.field(field.name) == Some(Value::Unread);
        if object.noun().fields().iter().any(unread) {
            object.set_stale_by(call_scope::path());
        }
        self.freshen(object).await
    }

    /// Remember the name of a resource that was seen.
    pub fn learn_name(&self, cloud: &Arc<str>, noun: Noun, id: &str, name: &str) {
        self.names.learn(cloud, noun, id, name);
    }

    /// Remember the addresses of the servers in a value, and whose names are going to be read.
    pub fn learn_addresses(&self, value: &Value) {
        match value {
            Value::Resource(object) => {
                if let Resource::Server(server) = object.latest() {
                    let told = [server.public_ip(), server.private_ip(), server.ipv6()];
                    lock(&self.addresses).extend(told.into_iter().flatten().map(str::to_string));
                    self.names.expect(&server);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_addresses(item)),
            _ => {}
        }
    }

    /// Whether a server that this run has seen has this address.
    pub fn is_own_address(&self, text: &str) -> bool {
        lock(&self.addresses).contains(text)
    }
}
