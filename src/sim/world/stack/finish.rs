//! How an operation ends: well, or with a rollback, or left as it is.

use super::operation::{Job, Step};
use super::words::{self, Failure};
use super::{Action, Failing, Side, Stack, Status};
use crate::world::World;

impl Stack {
    /// What failed in the last operation.
    pub(super) fn last_failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The last sentence that told of a failure.
    pub(super) fn failed_reason(&self) -> String {
        let own = self.events.iter().rev().filter(|event| event.logical == self.name);
        let told = own.map(|event| event.reason.as_str()).find(|reason| reason.starts_with("The following"));
        told.unwrap_or(&self.reason).to_owned()
    }
}

impl World {
    /// Ends an operation where it has come to an end.
    pub(super) fn conclude(&mut self, at: usize) {
        let now = self.now();
        let Some(operation) = self.operation(at) else { return };
        let running = operation.jobs.iter().any(|job| matches!(job.step, Step::Running(_)));
        let waiting = operation.jobs.iter().any(|job| job.step == Step::Waiting);
        if operation.ending {
            if !running {
                self.stacks[at].operation = None;
            }
            return;
        }
        if operation.failure.is_some() {
            self.stack_failed(at);
        } else if now >= operation.deadline && (running || waiting) {
            self.time_out(at);
        } else if !running && !waiting {
            self.succeed(at);
        }
    }

    fn time_out(&mut self, at: usize) {
        let side = self.stacks[at].side;
        let Some(operation) = self.operation(at) else { return };
        let action = operation.action;
        let running = operation.jobs.iter().filter(|job| matches!(job.step, Step::Running(_)));
        let numbers: Vec<u64> = running.filter_map(|job| job.number).collect();
        for number in numbers {
            let Some(resource) = self.stacks[at].by_number(number).cloned() else { continue };
            let reason = match side {
                Side::Heat => format!(
                    "{} aborted (Task {} from {} \"{}\" Stack \"{}\" [{}] Timed out)",
                    resource.action.name(),
                    resource.action.name().to_lowercase(),
                    resource.kind.rsplit("::").next().unwrap_or_default(),
                    resource.logical,
                    self.stacks[at].name,
                    self.stacks[at].id
                ),
                Side::Aws => "Resource creation cancelled".to_owned(),
            };
            self.tell(at, number, resource.action, Status::Failed, &reason);
        }
        let failure = Failure { class: String::new(), place: String::new(), message: "Timed out".to_owned() };
        if let Some(operation) = self.operation(at) {
            for job in operation.jobs.iter_mut().filter(|job| job.step != Step::Done) {
                job.step = Step::Failed;
            }
            operation.failure = Some((failure, action));
        }
        let reason = match side {
            Side::Heat => "Timed out",
            Side::Aws => "Stack creation time exceeded the specified timeout. ",
        };
        self.fail_with(at, reason.to_owned());
    }

    fn stack_failed(&mut self, at: usize) {
        let side = self.stacks[at].side;
        if side == Side::Aws {
            self.cancel_running(at);
        }
        let Some(operation) = self.operation(at) else { return };
        let Some((failure, work)) = operation.failure.clone() else { return };
        let names = operation.failed.clone();
        self.stacks[at].failure = Some(failure.clone());
        self.fail_with(at, words::failed(side, work, &names, &failure));
    }

    /// Gives up what is under way, as CloudFormation does once something has failed.
    fn cancel_running(&mut self, at: usize) {
        let Some(operation) = self.operation(at) else { return };
        if operation.action == Action::Delete {
            return;
        }
        let mut given_up = Vec::new();
        for job in operation.jobs.iter_mut().filter(|job| matches!(job.step, Step::Running(_))) {
            job.step = Step::Failed;
            given_up.extend(job.number);
        }
        for number in given_up {
            let Some(resource) = self.stacks[at].by_number(number).cloned() else { continue };
            let verb = if resource.action == Action::Update { "update" } else { "creation" };
            let reason = format!("Resource {verb} cancelled");
            self.tell(at, number, resource.action, Status::Failed, &reason);
            if let Some(inner) = &resource.nested
                && let Some(inner) = self.stack_at(inner)
            {
                self.stacks[inner].course += 1;
                self.stacks[inner].operation = None;
                self.stacks[inner].status = Status::Failed;
            }
        }
    }

    fn fail_with(&mut self, at: usize, reason: String) {
        let stack = &mut self.stacks[at];
        let action = stack.action;
        let back = stack.failing == Failing::RollBack
            && matches!(action, Action::Create | Action::Update)
            && stack.parent.is_none();
        if stack.failing == Failing::Delete && action == Action::Create {
            let id = stack.id.clone();
            (stack.status, stack.reason) = (Status::Failed, reason);
            self.tell_stack(at);
            let _ = self.delete_stack(&id, Vec::new());
            return;
        }
        // CloudFormation goes back at once; Heat says first that it failed.
        if !(back && stack.side == Side::Aws) {
            (stack.status, stack.reason) = (Status::Failed, reason.clone());
            self.tell_stack(at);
        }
        if back {
            self.roll_back(at, &reason);
        } else if let Some(operation) = self.operation(at) {
            operation.ending = true;
        }
    }

    /// Goes back to what was before: nothing, or the definition before an update.
    pub(super) fn roll_back(&mut self, at: usize, why: &str) {
        let stack = &mut self.stacks[at];
        let update = stack.action == Action::Update;
        if update && let Some(previous) = stack.previous.clone() {
            stack.definition = previous;
        }
        let (jobs, action) = if update {
            (self.jobs_towards(at).unwrap_or_default(), Action::UpdateRollback)
        } else {
            (self.jobs_away(at, |_| true), Action::Rollback)
        };
        self.begin_operation(at, action, jobs);
        if self.stacks[at].side == Side::Aws && !why.is_empty() {
            let asked = if update { "" } else { "Rollback requested by user." };
            let reason = format!("{why}{asked}").trim_end().to_owned();
            let stack = &mut self.stacks[at];
            stack.reason.clone_from(&reason);
            if let Some(event) = stack.events.iter_mut().rev().find(|event| event.logical == stack.name) {
                event.reason = reason;
            }
        }
    }

    fn succeed(&mut self, at: usize) {
        let action = self.stacks[at].action;
        let left = match action {
            Action::Create | Action::Update | Action::UpdateRollback | Action::Restore => self.leftovers(at),
            _ => Vec::new(),
        };
        let cleaning = self.stacks[at].status == Status::Cleanup;
        let with_cleanup =
            self.stacks[at].side == Side::Aws && matches!(action, Action::Update | Action::UpdateRollback);
        if !cleaning && (!left.is_empty() || with_cleanup) {
            self.clean(at, left);
            return;
        }
        let now = self.now();
        let stack = &mut self.stacks[at];
        stack.status = Status::Complete;
        stack.reason = words::done(stack.side, action);
        stack.operation = None;
        stack.token = stack.token.take();
        match action {
            Action::Delete => {
                stack.deleted = Some(now);
                stack.exports.clear();
            }
            Action::UpdateRollback | Action::Update | Action::Restore => {
                stack.resources.retain(|resource| {
                    resource.action != Action::Delete
                        || !matches!(resource.status, Status::Complete | Status::Skipped)
                });
            }
            Action::Snapshot => self.snapshot_done(at),
            _ => {}
        }
        self.tell_stack(at);
        let exports = self.outputs(&self.stacks[at]);
        if action != Action::Delete {
            let rows = exports.into_iter().filter_map(|output| Some((output.export?, output.value)));
            self.stacks[at].exports = rows.collect();
        }
    }

    /// The steps that delete what a stack no longer is to have.
    fn leftovers(&self, at: usize) -> Vec<Job> {
        let stack = &self.stacks[at];
        let sight = stack.sight(self);
        let wanted = |name: &str| {
            let declared = stack.definition.template.resource(name);
            declared.is_some_and(|declared| {
                declared
                    .condition
                    .as_ref()
                    .is_none_or(|condition| super::evaluate::holds(condition, &sight, "").unwrap_or(true))
            })
        };
        self.jobs_away(at, |resource| resource.outdated || !wanted(&resource.logical))
    }

    fn clean(&mut self, at: usize, jobs: Vec<Job>) {
        let stack = &mut self.stacks[at];
        stack.status = Status::Cleanup;
        if let Some(operation) = &mut stack.operation {
            operation.jobs = jobs;
        }
        if stack.side == Side::Aws {
            stack.reason = String::new();
            self.tell_stack(at);
        }
        self.take_steps(at);
    }
}
