//! Jobs: what takes time, in the world's time. A job first looks whether it may be done at all; then it waits for the jobs
//! before it on the same machine; then it is begun, and at its end it finds its result.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::call::Told;
use super::event;
use super::params::Params;
use super::plan::{Plan, Wait};
use super::refused::Refused;
use super::scope::{Caller, Cloud};
use super::state::{Ledger, Shared};
use crate::world::{FaultSettings, State, World, fresh_id};

/// How long a job lies there before it is taken up.
const TAKEN_UP: Duration = Duration::from_millis(100);

/// How far a job is.
pub(super) enum Phase {
    Taken(Option<Plan>),
    Turn(Option<Plan>),
    /// Begun then.
    Begun(SystemTime, Option<Plan>),
    Done(SystemTime, Value),
    Failed(SystemTime, Refused),
}

impl Phase {
    /// In which pass a job of this phase is taken on.
    fn pass(&self) -> usize {
        match self {
            Self::Taken(_) => 0,
            Self::Begun(..) => 1,
            _ => 2,
        }
    }
}

/// A job.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) number: usize,
    pub(super) command: String,
    pub(super) caller: Caller,
    params: Params,
    pub(super) thing: Option<(&'static str, String)>,
    queue: Option<String>,
    pub(super) created: SystemTime,
    faults: FaultSettings,
    /// The event that tells of it, and what that is about.
    event: Option<String>,
    pub(super) phase: Phase,
}

impl Job {
    /// Says which event tells of it.
    pub(super) fn told_by(&mut self, event: &str) {
        self.event = Some(event.to_owned());
    }

    pub(super) fn pending(&self) -> bool {
        matches!(self.phase, Phase::Taken(_) | Phase::Turn(_) | Phase::Begun(..))
    }

    /// Whether it is under way on this thing.
    pub(super) fn works_on(&self, id: &str) -> bool {
        self.pending() && self.thing.as_ref().is_some_and(|thing| thing.1 == id)
    }
}

impl Cloud<'_> {
    /// Starts a job. Gives its id.
    pub(super) fn start(&mut self, plan: Plan) -> String {
        let (id, now) = (fresh_id(), self.now());
        let faults = self.world.fault_settings.clone();
        let due = now + TAKEN_UP + faults.slow.unwrap_or_default();
        self.ledger.jobs.push(Job {
            id: id.clone(),
            number: self.ledger.jobs.len() + 1,
            command: self.params.exact("command").unwrap_or_default().to_owned(),
            caller: self.caller.clone(),
            params: self.params.clone(),
            thing: plan.thing.clone(),
            queue: plan.queue.clone(),
            created: now,
            faults,
            event: None,
            phase: Phase::Taken(Some(plan)),
        });
        wake(self.world, self.ledger, self.shared, due);
        id
    }

    /// Whether a machine is being brought up by the first of its jobs.
    pub(super) fn is_starting(&self, id: &str) -> bool {
        let first = self.ledger.jobs.iter().find(|job| job.pending() && job.queue.as_deref() == Some(id));
        first
            .is_some_and(|job| matches!(job.command.as_str(), "deployVirtualMachine" | "startVirtualMachine"))
    }

    /// Starts a job that makes or changes nothing with an id of its own in the answer.
    pub(super) fn job(&mut self, plan: Plan) -> Told {
        json!({"jobid": self.start(plan)}).into()
    }
}

/// Looks at the jobs at a time to come; once, however many jobs wait for that time.
fn wake(world: &mut World, ledger: &mut Ledger, shared: &Shared, at: SystemTime) {
    if ledger.wakes.insert(at) {
        let shared = Arc::clone(shared);
        world.remind(at, Box::new(move |world| settle(world, &shared)));
    }
}

/// Has something of the world and of this face done at a time to come.
pub(super) fn wake_at(
    world: &mut World,
    shared: &Shared,
    at: SystemTime,
    what: impl FnOnce(&mut World, &mut Ledger) + Send + 'static,
) {
    let shared = Arc::clone(shared);
    let what =
        move |world: &mut World| what(world, &mut shared.lock().unwrap_or_else(PoisonError::into_inner));
    world.remind(at, Box::new(what));
}

/// Does what is due of all jobs.
fn settle(world: &mut World, shared: &Shared) {
    let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let ledger = &mut *guard;
    let (own, now) = (world.fault_settings.clone(), world.now());
    ledger.wakes.retain(|at| *at > now);
    let mut went_on = true;
    while std::mem::take(&mut went_on) {
        // Looked at first, then ended, then begun: a look and an end see what was there before.
        for pass in 0..3 {
            for place in 0..ledger.jobs.len() {
                let job = &ledger.jobs[place];
                if job.pending() && job.phase.pass() == pass {
                    went_on |= advance(place, world, ledger, shared);
                }
            }
        }
    }
    world.fault_settings = own;
}

/// Takes a job one phase on, where it is time for that.
fn advance(place: usize, world: &mut World, ledger: &mut Ledger, shared: &Shared) -> bool {
    let now = world.now();
    let job = &ledger.jobs[place];
    if job.faults.stuck || now < job.created + TAKEN_UP + job.faults.slow.unwrap_or_default() {
        return false;
    }
    let busy = |queue: &String| {
        let before = &ledger.jobs[..place];
        before.iter().any(|other| {
            other.pending() && other.queue.as_ref() == Some(queue) && !matches!(other.phase, Phase::Taken(_))
        })
    };
    let ready = match &job.phase {
        Phase::Turn(_) => !job.queue.as_ref().is_some_and(busy),
        Phase::Begun(since, Some(plan)) => match over(&plan.wait, *since, job, world) {
            None => true,
            Some(later) => {
                wake(world, ledger, shared, later);
                false
            }
        },
        _ => true,
    };
    if !ready {
        return false;
    }
    let job = &ledger.jobs[place];
    let (caller, params) = (job.caller.clone(), job.params.clone());
    let faults = FaultSettings { slow: None, ..job.faults.clone() };
    let phase = std::mem::replace(&mut ledger.jobs[place].phase, Phase::Taken(None));
    world.fault_settings = faults.clone();
    let mut cloud = Cloud { world, ledger, shared, params: &params, caller, request: "", got: false };
    let next = proceed(phase, &mut cloud, now, &faults);
    if let (Phase::Begun(_, Some(plan)), Some(job)) = (&next, cloud.ledger.jobs.get(place)) {
        let due = now + first_look(&plan.wait, job);
        wake(cloud.world, cloud.ledger, shared, due);
    }
    let state = match &next {
        Phase::Begun(_, Some(plan)) if plan.then.is_none() => "",
        Phase::Turn(_) => "Started",
        Phase::Done(..) | Phase::Failed(..) => "Completed",
        _ => "",
    };
    let failed = matches!(next, Phase::Failed(..));
    ledger.jobs[place].phase = next;
    if let Some(parent) = ledger.jobs[place].event.clone().filter(|_| !state.is_empty()) {
        event::follow(ledger, &parent, state, failed, now);
    }
    true
}

fn proceed(phase: Phase, cloud: &mut Cloud<'_>, now: SystemTime, faults: &FaultSettings) -> Phase {
    let failed = |refused| Phase::Failed(now, refused);
    match phase {
        Phase::Taken(Some(mut plan)) => match plan.check.take().map_or(Ok(()), |check| check(cloud)) {
            Ok(()) => Phase::Turn(Some(plan)),
            Err(refused) => failed(refused),
        },
        Phase::Turn(Some(mut plan)) => {
            // What a fault forbids is not begun; a new machine has been begun already, and fails by itself.
            let begin = plan.begin.take().filter(|_| faults.error.is_none());
            match begin.map_or(Ok(()), |begin| begin(cloud)) {
                Ok(()) => Phase::Begun(now, Some(plan)),
                Err(refused) => failed(refused),
            }
        }
        Phase::Begun(_, Some(mut plan)) => {
            if let Some((step, wait)) = plan.then.take().filter(|_| faults.error.is_none()) {
                plan.wait = wait;
                return step(cloud).map_or_else(failed, |()| Phase::Begun(now, Some(plan)));
            }
            let planned = faults.error.clone().filter(|_| !plan.inherits);
            let done = match planned {
                Some(message) => Err(Refused::internal(message)),
                None => (plan.finish)(cloud),
            };
            done.map_or_else(failed, |value| Phase::Done(now, value))
        }
        other => other,
    }
}

fn scaled(by: Duration, job: &Job) -> Duration {
    by * job.faults.factor.unwrap_or(1)
}

fn first_look(wait: &Wait, job: &Job) -> Duration {
    match wait {
        Wait::For(by) => scaled(*by, job),
        Wait::Server(_) | Wait::Both(..) => TAKEN_UP,
    }
}

/// When to look again whether what a job waits for is over; nothing when it is.
fn over(wait: &Wait, since: SystemTime, job: &Job, world: &World) -> Option<SystemTime> {
    let now = world.now();
    let passed = now.duration_since(since).unwrap_or_default();
    let (server, least) = match wait {
        Wait::For(by) => {
            let end = since + scaled(*by, job);
            return (now < end).then_some(end);
        }
        Wait::Server(server) => (server, Duration::ZERO),
        Wait::Both(server, by) => (server, scaled(*by, job)),
    };
    let busy = world.server_at(server).is_some_and(|at| {
        let server = &world.servers[at];
        server.task.is_some() || server.state == State::Building
    });
    if !busy && passed >= least {
        return None;
    }
    // The longer it takes, the less often it is looked at.
    Some(now + TAKEN_UP.max(passed / 16))
}
