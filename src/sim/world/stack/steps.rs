//! The steps of an operation: those that can be taken are begun, those under way are asked how far they are.

use serde_json::Value;

use super::evaluate::evaluate;
use super::kind::{Progress, Site};
use super::operation::Step;
use super::words::{self, Failure};
use super::{Action, Resource, Side, Status};
use crate::world::{Asker, World, fresh_id};

/// How long CloudFormation tries to delete what something is in the way of.
const TRIES_SECS: u64 = 20;

/// What came of a step.
pub(super) enum Turn {
    Goes,
    Done,
    Failed(Failure),
}

impl World {
    /// Takes all steps that can be taken at this moment.
    pub(super) fn take_steps(&mut self, at: usize) {
        let count = self.operation(at).map_or(0, |operation| operation.jobs.len());
        for place in 0..count {
            let Some(operation) = self.operation(at) else { return };
            if matches!(operation.jobs[place].step, Step::Running(_)) {
                let turn = self.ask(at, place);
                self.note(at, place, turn);
            }
        }
        for place in 0..count {
            let now = self.now();
            let Some(operation) = self.operation(at) else { return };
            let ready = |need: &usize| operation.jobs[*need].step == Step::Done;
            let job = &operation.jobs[place];
            if operation.ending || job.step != Step::Waiting || !job.needs.iter().all(ready) {
                continue;
            }
            operation.jobs[place].step = Step::Running(now);
            let turn = self.start_step(at, place);
            self.note(at, place, turn);
        }
        self.conclude(at);
    }

    fn note(&mut self, at: usize, place: usize, turn: Turn) {
        let Some(operation) = self.operation(at) else { return };
        let job = &mut operation.jobs[place];
        match turn {
            Turn::Goes => {}
            Turn::Done => job.step = Step::Done,
            Turn::Failed(failure) => {
                job.step = Step::Failed;
                let (logical, number) = (job.logical.clone(), job.number);
                let resource = number.and_then(|number| self.stacks[at].by_number(number));
                let work = resource.map_or(Action::Create, |resource| resource.action);
                let side = self.stacks[at].side;
                if let Some(number) = number {
                    self.tell(at, number, work, Status::Failed, &failure.told(side));
                }
                if let Some(operation) = self.operation(at) {
                    operation.failed.push(logical);
                    operation.failure.get_or_insert((failure, work));
                }
            }
        }
    }

    pub(super) fn site<'a>(
        &'a mut self,
        at: usize,
        resource: &Resource,
        since: std::time::SystemTime,
    ) -> Site<'a> {
        let stack = &self.stacks[at];
        let asker = Asker {
            request: format!("req-{}", fresh_id()),
            user: stack.user.clone(),
            project: stack.project.clone(),
            admin: stack.admin,
        };
        let (id, name, labels) = (stack.id.clone(), stack.name.clone(), stack.labels.clone());
        Site {
            world: self,
            asker,
            stack: id,
            stack_name: name,
            logical: resource.logical.clone(),
            name: resource.name.clone(),
            properties: resource.properties.clone(),
            physical: resource.physical.clone().unwrap_or_default(),
            data: resource.data.clone(),
            since,
            labels,
        }
    }

    fn start_step(&mut self, at: usize, place: usize) -> Turn {
        let Some(operation) = self.operation(at) else { return Turn::Done };
        let job = operation.jobs[place].clone();
        match job.work {
            Action::Delete => match job.number {
                Some(number) => self.start_delete(at, number),
                None => Turn::Done,
            },
            Action::Update => self.converge(at, place, &job.logical),
            other => match job.number {
                Some(number) => self.start_act(at, number, other),
                None => Turn::Done,
            },
        }
    }

    fn start_act(&mut self, at: usize, number: u64, action: Action) -> Turn {
        let Some(resource) = self.stacks[at].by_number(number).cloned() else { return Turn::Done };
        let side = self.stacks[at].side;
        if resource.status == Status::InProgress {
            let message = format!(
                "State ('{}', 'IN_PROGRESS') invalid for {}",
                resource.action.name(),
                action.name().to_lowercase()
            );
            let failure = Failure {
                class: "Error".to_owned(),
                place: format!("resources.{}", resource.logical),
                message,
            };
            // The resource itself stays as it is: only the stack is told.
            if let Some(operation) = self.operation(at) {
                operation.failed.push(resource.logical.clone());
                operation.failure.get_or_insert((failure, action));
            }
            return Turn::Done;
        }
        self.tell(at, number, action, Status::InProgress, &words::plain(side));
        let Some(kind) = self.kind(side, &resource.kind) else {
            self.tell(at, number, action, Status::Complete, &words::plain(side));
            return Turn::Done;
        };
        let now = self.now();
        match kind.behaviour.act(&mut self.site(at, &resource, now), action) {
            Ok(()) => {
                self.tell(at, number, action, Status::Complete, &words::plain(side));
                Turn::Done
            }
            Err(why) => Turn::Failed(Failure::of(&resource.logical, &why)),
        }
    }

    fn start_delete(&mut self, at: usize, number: u64) -> Turn {
        let side = self.stacks[at].side;
        let Some(resource) = self.stacks[at].by_number(number).cloned() else { return Turn::Done };
        let kept = self.stacks[at].retain.contains(&resource.logical) || resource.deletion == "retain";
        if kept {
            let left = if side == Side::Aws { Status::Skipped } else { Status::Complete };
            self.tell(at, number, Action::Delete, left, &words::plain(side));
            return Turn::Done;
        }
        if resource.physical.is_none() && resource.nested.is_none() && side == Side::Aws {
            self.tell(at, number, Action::Delete, Status::Complete, &words::plain(side));
            return Turn::Done;
        }
        self.tell(at, number, Action::Delete, Status::InProgress, &words::plain(side));
        if let Some(inner) = &resource.nested {
            let _ = self.delete_stack(inner, Vec::new());
            return Turn::Goes;
        }
        self.ask_delete(at, None, &resource)
    }

    /// How far a step under way is.
    fn ask(&mut self, at: usize, place: usize) -> Turn {
        let side = self.stacks[at].side;
        let Some(operation) = self.operation(at) else { return Turn::Done };
        let job = operation.jobs[place].clone();
        let Step::Running(since) = job.step else { return Turn::Goes };
        let resource = job.number.and_then(|number| self.stacks[at].by_number(number)).cloned();
        let Some(resource) = resource else { return Turn::Done };
        if resource.action == Action::Delete {
            return match &resource.nested {
                Some(inner) => self.ask_inner(at, &resource, &inner.clone()),
                None => self.ask_delete(at, Some(place), &resource),
            };
        }
        if let Some(inner) = resource.nested.clone() {
            return self.ask_inner(at, &resource, &inner);
        }
        let Some(kind) = self.kind(side, &resource.kind) else { return Turn::Done };
        match kind.behaviour.made(&mut self.site(at, &resource, since)) {
            Progress::Done => {
                let data = kind.behaviour.settled(&mut self.site(at, &resource, since));
                if let (Some(data), Some(own)) = (data, self.stacks[at].by_number(resource.number)) {
                    own.data = data;
                }
                self.tell(at, resource.number, resource.action, Status::Complete, &words::plain(side));
                Turn::Done
            }
            Progress::Wait | Progress::Held(_) => Turn::Goes,
            Progress::Failed(why) => Turn::Failed(Failure::of(&resource.logical, &why)),
        }
    }

    fn ask_delete(&mut self, at: usize, place: Option<usize>, resource: &Resource) -> Turn {
        let side = self.stacks[at].side;
        let now = self.now();
        let progress = match self.kind(side, &resource.kind) {
            Some(kind) if resource.physical.is_some() => {
                kind.behaviour.delete(&mut self.site(at, resource, now))
            }
            _ => Progress::Done,
        };
        match progress {
            Progress::Done => {
                self.tell(at, resource.number, Action::Delete, Status::Complete, &words::plain(side));
                Turn::Done
            }
            Progress::Wait => Turn::Goes,
            Progress::Held(why) => {
                let Some(place) = place else { return Turn::Goes };
                let Some(operation) = self.operation(at) else { return Turn::Goes };
                let held = *operation.jobs[place].held.get_or_insert(now);
                let past = now.duration_since(held).unwrap_or_default().as_secs();
                if side == Side::Aws && past >= TRIES_SECS {
                    return Turn::Failed(Failure::of(&resource.logical, &why));
                }
                Turn::Goes
            }
            Progress::Failed(why) => Turn::Failed(Failure::of(&resource.logical, &why)),
        }
    }

    /// How far the stack inside a resource is.
    fn ask_inner(&mut self, at: usize, resource: &Resource, inner: &str) -> Turn {
        let side = self.stacks[at].side;
        let Some(stack) = self.stack(inner).cloned() else { return Turn::Done };
        match stack.status {
            Status::InProgress | Status::Cleanup => Turn::Goes,
            Status::Complete if !stack.is_rolling_back() => {
                self.tell(at, resource.number, resource.action, Status::Complete, &words::plain(side));
                Turn::Done
            }
            _ => Turn::Failed(inner_failure(&stack, resource)),
        }
    }

    /// The properties of a resource as they are at this moment.
    pub(super) fn properties_now(&self, at: usize, logical: &str) -> Result<Value, super::Flaw> {
        let stack = &self.stacks[at];
        let sight = stack.sight(self);
        let declared = stack.definition.template.resource(logical);
        let properties = declared.map(|declared| declared.properties.clone()).unwrap_or_default();
        evaluate(&properties, &sight, &format!("resources.{logical}.properties"))
    }
}

/// What went wrong inside, as the resource tells it.
fn inner_failure(stack: &super::Stack, resource: &Resource) -> Failure {
    if stack.side == Side::Aws {
        let verb = if resource.action == Action::Update { "updated" } else { "created" };
        let message =
            format!("Embedded stack {} was not successfully {verb}: {}", stack.arn(), stack.failed_reason());
        return Failure { class: String::new(), place: String::new(), message };
    }
    match &stack.operation {
        Some(operation) if operation.failure.is_some() => operation.failure.as_ref().map_or_else(
            || Failure::of(&resource.logical, &stack.reason),
            |(failure, _)| failure.within(&resource.logical),
        ),
        _ => match stack.last_failure() {
            Some(failure) => failure.within(&resource.logical),
            None => Failure::of(&resource.logical, &stack.reason),
        },
    }
}
