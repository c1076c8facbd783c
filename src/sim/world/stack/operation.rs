//! What is being done to a stack: steps that wait for each other, and the clock that takes them on.

use std::time::{Duration, SystemTime};

use super::words::{self, Failure};
use super::{Action, Event, Side, Stack, Status};
use crate::world::{Due, World, fresh_id};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Waiting,
    Running(SystemTime),
    Done,
    Failed,
}

/// A step: something that is done to one resource.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(super) logical: String,
    /// The resource, once it is known which.
    pub(super) number: Option<u64>,
    pub(super) work: Action,
    /// The steps that must be done before, by their place in the list.
    pub(super) needs: Vec<usize>,
    pub(super) step: Step,
    /// Since when something is in its way.
    pub(super) held: Option<SystemTime>,
}

impl Job {
    pub(super) fn new(logical: &str, work: Action) -> Self {
        Self {
            logical: logical.to_owned(),
            number: None,
            work,
            needs: Vec::new(),
            step: Step::Waiting,
            held: None,
        }
    }
}

/// What is being done to a stack.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(super) action: Action,
    pub(super) jobs: Vec<Job>,
    pub(super) begun: SystemTime,
    pub(super) deadline: SystemTime,
    /// The first thing that failed, in which step, and the names of all that did.
    pub(super) failure: Option<(Failure, Action)>,
    pub(super) failed: Vec<String>,
    /// It has failed already; what runs may end.
    pub(super) ending: bool,
}

/// When the first steps are taken after an operation was asked for.
const FIRST: Duration = Duration::from_millis(200);
/// How often it is looked after: often at first.
const OFTEN: Duration = Duration::from_millis(100);
/// How long an operation may take where nothing is said, in minutes.
const LONGEST: u64 = 60;

impl World {
    /// Begins an operation with these steps; what another left running is waited for.
    pub(super) fn begin_operation(&mut self, at: usize, action: Action, mut jobs: Vec<Job>) {
        let now = self.now();
        let stack = &mut self.stacks[at];
        stack.course += 1;
        let running = stack.operation.take().map(|operation| operation.jobs).unwrap_or_default();
        for mut old in running.into_iter().filter(|job| matches!(job.step, Step::Running(_))) {
            if !matches!(action, Action::Delete | Action::Rollback | Action::UpdateRollback | Action::Update)
            {
                continue;
            }
            let place = jobs.len();
            old.needs.clear();
            for job in jobs.iter_mut().filter(|job| job.logical == old.logical) {
                job.needs.push(place);
            }
            jobs.push(old);
        }
        let minutes = stack.timeout_mins.filter(|minutes| *minutes > 0);
        let minutes = minutes.map_or(LONGEST, |minutes| minutes.unsigned_abs());
        stack.operation = Some(Operation {
            action,
            jobs,
            begun: now,
            deadline: now + Duration::from_secs(60 * minutes),
            failure: None,
            failed: Vec::new(),
            ending: false,
        });
        (stack.action, stack.status) = (action, Status::InProgress);
        stack.reason = words::begun(stack, action);
        if !matches!(action, Action::Create) {
            stack.updated = Some(now);
        }
        self.tell_stack(at);
        let planned = self.fault_settings.clone();
        if let Some(message) = planned.error
            && let Some(operation) = self.operation(at)
        {
            let failure = Failure { class: "Error".to_owned(), place: String::new(), message };
            operation.failure = Some((failure, action));
        }
        if !planned.stuck {
            let first = planned.slow.unwrap_or(FIRST);
            self.come_again(at, first * planned.factor.unwrap_or(1));
        }
    }

    /// Looks after a stack again when this has passed.
    pub(super) fn come_again(&mut self, at: usize, by: Duration) {
        let due = self.now() + by;
        let number = self.next();
        let stack = &self.stacks[at];
        self.queue.insert((due, number), Due::Stack(stack.id.clone(), stack.course));
    }

    /// Takes a stack's operation on, as far as it goes at this moment.
    pub(in crate::world) fn look_after(&mut self, id: &str, course: u64) {
        let Some(at) = self.stack_at(id).filter(|at| self.stacks[*at].course == course) else { return };
        self.take_steps(at);
        let stack = &self.stacks[at];
        let Some(operation) = stack.operation.as_ref().filter(|_| stack.course == course) else { return };
        let past = self.now().duration_since(operation.begun).unwrap_or_default();
        let next = match past.as_secs() {
            0..30 => OFTEN,
            30..600 => Duration::from_secs(1),
            _ => Duration::from_secs(5),
        };
        let left = operation.deadline.duration_since(self.now()).unwrap_or(next);
        let next = if left.is_zero() { next } else { next.min(left) };
        self.come_again(at, next);
    }

    /// Writes down what state a stack is in.
    pub(super) fn tell_stack(&mut self, at: usize) {
        let now = self.now();
        let stack = &mut self.stacks[at];
        let physical = match stack.side {
            Side::Heat => stack.id.clone(),
            Side::Aws => stack.arn(),
        };
        let kind = match stack.side {
            Side::Heat => "OS::Heat::Stack",
            Side::Aws => "AWS::CloudFormation::Stack",
        };
        let event = Event {
            id: fresh_id(),
            at: now,
            logical: stack.name.clone(),
            physical,
            kind: kind.to_owned(),
            action: stack.action,
            status: stack.status,
            reason: stack.reason.clone(),
            properties: serde_json::Value::Null,
            token: stack.token.clone(),
        };
        stack.events.push(event);
    }

    /// Puts a resource into a state, and writes that down.
    pub(super) fn tell(&mut self, at: usize, number: u64, action: Action, status: Status, reason: &str) {
        let now = self.now();
        let stack = &mut self.stacks[at];
        let token = stack.token.clone();
        let side = stack.side;
        let Some(resource) = stack.by_number(number) else { return };
        (resource.action, resource.status) = (action, status);
        reason.clone_into(&mut resource.reason);
        resource.created.get_or_insert(now);
        resource.updated = Some(now);
        let physical = match side {
            Side::Heat => resource.physical.clone().unwrap_or_else(|| resource.name.clone()),
            Side::Aws => resource.physical.clone().unwrap_or_default(),
        };
        let event = Event {
            id: fresh_id(),
            at: now,
            logical: resource.logical.clone(),
            physical,
            kind: resource.kind.clone(),
            action,
            status,
            reason: reason.to_owned(),
            properties: resource.properties.clone(),
            token,
        };
        stack.events.push(event);
    }
}

impl Stack {
    /// Whether this operation may only go backwards.
    pub(super) fn is_rolling_back(&self) -> bool {
        matches!(self.action, Action::Rollback | Action::UpdateRollback)
    }
}
