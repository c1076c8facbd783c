//! What is asked of stacks: to make one, to change it, to delete it, and what else is done to all of its resources.

use super::flaw::{Flaw, Outcome};
use super::operation::{Job, Operation};
use super::order::all_needs;
use super::{Action, Definition, Side, Stack, Status};
use crate::world::{Asker, Pairs, World, fresh_hex, fresh_id};
use std::collections::BTreeMap;

/// What becomes of a stack that could not be made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Failing {
    /// It stays as it is.
    #[default]
    Keep,
    RollBack,
    Delete,
}

/// A stack as it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) definition: Definition,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) labels: Pairs,
    pub(crate) capabilities: Vec<String>,
    pub(crate) failing: Failing,
    pub(crate) timeout_mins: Option<i64>,
    pub(crate) token: Option<String>,
    pub(crate) parent: Option<(String, String)>,
}

impl World {
    /// The stack of this id.
    pub(crate) fn stack(&self, id: &str) -> Option<&Stack> {
        self.stacks.iter().find(|stack| stack.id == id)
    }

    pub(super) fn stack_at(&self, id: &str) -> Option<usize> {
        self.stacks.iter().position(|stack| stack.id == id)
    }

    /// The stack of this name that is there.
    pub(crate) fn stack_named(&self, side: Side, project: &str, name: &str) -> Option<&Stack> {
        self.stacks.iter().find(|stack| {
            stack.side == side && stack.project == project && stack.name == name && !stack.is_gone()
        })
    }

    /// A stack that is nowhere yet.
    pub(crate) fn blank_stack(&mut self, side: Side, asked: Asked, asker: &Asker) -> Stack {
        Stack {
            id: fresh_id(),
            number: self.next(),
            name: asked.name,
            side,
            project: asker.project.clone(),
            user: asker.user.clone(),
            admin: asker.admin,
            user_project: fresh_hex(),
            definition: asked.definition,
            tags: asked.tags,
            labels: asked.labels,
            capabilities: asked.capabilities,
            failing: asked.failing,
            timeout_mins: asked.timeout_mins,
            protected: false,
            action: Action::Create,
            status: Status::InProgress,
            reason: String::new(),
            created: self.now(),
            updated: None,
            deleted: None,
            parent: asked.parent,
            resources: Vec::new(),
            events: Vec::new(),
            snapshots: Vec::new(),
            change_sets: Vec::new(),
            operation: None,
            token: asked.token,
            previous: None,
            exports: BTreeMap::new(),
            retain: Vec::new(),
            failure: None,
            course: 0,
        }
    }

    /// Begins to make a stack. Gives its id.
    ///
    /// # Errors
    /// When the name is taken, or the definition is wrong.
    pub(crate) fn create_stack(&mut self, side: Side, asked: Asked, asker: &Asker) -> Outcome<String> {
        if self.stack_named(side, &asker.project, &asked.name).is_some() {
            return Err(Flaw::Exists(asked.name));
        }
        let stack = self.blank_stack(side, asked, asker);
        self.check_stack(&stack, &stack.definition)?;
        self.begin_stack(stack)
    }

    /// Begins to make what was put together before.
    pub(super) fn begin_stack(&mut self, stack: Stack) -> Outcome<String> {
        let id = stack.id.clone();
        self.stacks.push(stack);
        let at = self.stacks.len() - 1;
        let jobs = self.jobs_towards(at)?;
        self.begin_operation(at, Action::Create, jobs);
        Ok(id)
    }

    /// The steps that lead to what a stack is to be.
    pub(super) fn jobs_towards(&self, at: usize) -> Outcome<Vec<Job>> {
        let stack = &self.stacks[at];
        let template = &stack.definition.template;
        let needs = all_needs(self, stack.side, template)?;
        let sight = stack.sight(self);
        let mut names = Vec::new();
        for declared in &template.resources {
            let here = match &declared.condition {
                None => true,
                Some(condition) => {
                    super::evaluate::holds(condition, &sight, &format!("resources.{}", declared.name))?
                }
            };
            if here {
                names.push(declared.name.clone());
            }
        }
        let place = |name: &String| names.iter().position(|own| own == name);
        let job = |name: &String| Job {
            needs: needs.get(name).into_iter().flatten().filter_map(place).collect(),
            ..Job::new(name, Action::Update)
        };
        Ok(names.iter().map(job).collect())
    }

    /// Begins to change a stack.
    ///
    /// # Errors
    /// When there is none of this id, or the definition is wrong.
    pub(crate) fn update_stack(&mut self, id: &str, asked: Asked) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        self.check_stack(&self.stacks[at], &asked.definition)?;
        let stack = &mut self.stacks[at];
        let before = std::mem::replace(&mut stack.definition, asked.definition);
        // What was given up half way is nothing to go back to.
        if stack.status == Status::Complete || stack.previous.is_none() {
            stack.previous = Some(before);
        }
        stack.retain.clear();
        stack.tags = asked.tags;
        stack.labels = asked.labels;
        if !asked.capabilities.is_empty() {
            stack.capabilities = asked.capabilities;
        }
        stack.failing = asked.failing;
        stack.timeout_mins = asked.timeout_mins;
        stack.token = asked.token;
        let jobs = self.jobs_towards(at)?;
        self.begin_operation(at, Action::Update, jobs);
        Ok(())
    }

    /// Begins to delete a stack, but for the resources of these names.
    ///
    /// # Errors
    /// When there is none of this id.
    pub(crate) fn delete_stack(&mut self, id: &str, retain: Vec<String>) -> Outcome<()> {
        let at = self.stack_at(id).filter(|at| !self.stacks[*at].is_gone());
        let at = at.ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        self.stacks[at].retain = retain;
        let going = self.stacks[at].action == Action::Delete && self.stacks[at].busy();
        if going {
            return Ok(());
        }
        let jobs = self.jobs_away(at, |_| true);
        self.begin_operation(at, Action::Delete, jobs);
        Ok(())
    }

    /// The steps that delete resources, each before those that it needs.
    pub(super) fn jobs_away(&self, at: usize, which: impl Fn(&super::Resource) -> bool) -> Vec<Job> {
        let stack = &self.stacks[at];
        let there = |resource: &&super::Resource| {
            resource.action != Action::Delete
                || !matches!(resource.status, Status::Complete | Status::Skipped)
        };
        let rows: Vec<&super::Resource> =
            stack.resources.iter().filter(there).filter(|resource| which(resource)).collect();
        let needs_this = |name: &str| {
            let users =
                rows.iter().enumerate().filter(|(_, other)| other.needs.iter().any(|need| need == name));
            users.map(|(place, _)| place).collect::<Vec<_>>()
        };
        let job = |(place, resource): (usize, &&super::Resource)| Job {
            number: Some(resource.number),
            needs: needs_this(&resource.logical).into_iter().filter(|other| *other != place).collect(),
            ..Job::new(&resource.logical, Action::Delete)
        };
        rows.iter().enumerate().map(job).collect()
    }

    /// Suspends, resumes or checks all resources of a stack.
    ///
    /// # Errors
    /// When there is none of this id.
    pub(crate) fn act_on_stack(&mut self, id: &str, action: Action) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let stack = &self.stacks[at];
        let own = stack.resources.iter().filter(|resource| !resource.outdated && resource.physical.is_some());
        let busy =
            stack.resources.iter().filter(|own| own.status == Status::InProgress && own.physical.is_none());
        let jobs = own
            .chain(busy)
            .map(|resource| Job { number: Some(resource.number), ..Job::new(&resource.logical, action) });
        let jobs = jobs.collect();
        self.begin_operation(at, action, jobs);
        Ok(())
    }

    /// Gives up an update, and goes back where that is asked.
    ///
    /// # Errors
    /// When none is under way.
    pub(crate) fn cancel_update(&mut self, id: &str, back: bool) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let stack = &self.stacks[at];
        let busy = stack.busy() && stack.action == Action::Update;
        if !busy {
            return Err(Flaw::State("Cancelling update", stack.state()));
        }
        if back {
            self.roll_back(at, "");
        } else {
            self.stop(at);
        }
        Ok(())
    }

    /// Leaves a stack as it is in the middle of an operation.
    fn stop(&mut self, at: usize) {
        let stack = &mut self.stacks[at];
        stack.course += 1;
        stack.operation = None;
        for resource in stack.resources.iter_mut().filter(|own| own.status == Status::InProgress) {
            resource.status = Status::Failed;
            resource.reason = format!("{} aborted (user triggered cancel)", resource.action.name());
        }
        stack.status = Status::Failed;
        stack.reason = "User cancelled stack update".to_owned();
        self.tell_stack(at);
    }

    /// Goes on with a rollback that failed, leaving out resources of these names.
    ///
    /// # Errors
    /// When it is in no state for that.
    pub(crate) fn continue_rollback(&mut self, id: &str, skip: &[String]) -> Outcome<()> {
        let at = self.stack_at(id).ok_or_else(|| Flaw::Missing(id.to_owned()))?;
        let stack = &mut self.stacks[at];
        if stack.action != Action::UpdateRollback || stack.status != Status::Failed {
            return Err(Flaw::State("continue rollback", stack.state()));
        }
        stack.retain = skip.to_vec();
        let jobs = self.jobs_towards(at)?;
        self.begin_operation(at, Action::UpdateRollback, jobs);
        Ok(())
    }

    /// The operation under way, for what waits on it.
    pub(super) fn operation(&mut self, at: usize) -> Option<&mut Operation> {
        self.stacks.get_mut(at)?.operation.as_mut()
    }
}
