//! One resource on its way to what it is to be: made, changed where it is, or replaced by another.

use serde_json::Value;

use super::operation::Step;
use super::preview::changed;
use super::steps::Turn;
use super::words::{self, Failure};
use super::{Action, Asked, Declared, Definition, Failing, Resource, Side, Status};
use crate::world::{Asker, World, fresh_secret};

impl World {
    /// Takes the first step with a resource.
    pub(super) fn converge(&mut self, at: usize, place: usize, logical: &str) -> Turn {
        let Some(declared) = self.stacks[at].definition.template.resource(logical).cloned() else {
            return Turn::Done;
        };
        if self.stacks[at].is_rolling_back() && self.stacks[at].retain.iter().any(|name| name == logical) {
            return Turn::Done;
        }
        let properties = match self.properties_now(at, logical) {
            Ok(properties) => properties,
            Err(flaw) => {
                let number = self.add_resource(at, place, &declared, Value::Null);
                self.tell(
                    at,
                    number,
                    Action::Create,
                    Status::InProgress,
                    &words::plain(self.stacks[at].side),
                );
                return Turn::Failed(Failure::of(logical, &words::flaw(&flaw)));
            }
        };
        if self.stacks[at].is_rolling_back() && self.take_back(at, &declared, &properties) {
            return Turn::Done;
        }
        let Some(there) = self.stacks[at].resource(logical).cloned() else {
            return self.make(at, place, &declared, properties, Action::Create);
        };
        self.set_number(at, place, there.number);
        self.set_needs(at, there.number, &declared);
        let unmade = there.action == Action::Create && there.status == Status::Failed
            || (there.physical.is_none() && there.nested.is_none())
            || there.action == Action::Delete;
        if unmade {
            self.outdate(at, there.number);
            return self.make(at, place, &declared, properties, Action::Create);
        }
        if there.nested.is_some() && there.kind == declared.kind {
            return self.change_inner(at, &there, &declared, properties);
        }
        let same = there.properties == properties && there.kind == declared.kind;
        if same && there.status == Status::Complete {
            if let Some(own) = self.stacks[at].by_number(there.number) {
                own.metadata = declared.metadata.clone();
            }
            return Turn::Done;
        }
        self.change_resource(at, place, &there, &declared, properties)
    }

    fn set_number(&mut self, at: usize, place: usize, number: u64) {
        if let Some(operation) = self.operation(at) {
            operation.jobs[place].number = Some(number);
        }
    }

    fn set_needs(&mut self, at: usize, number: u64, declared: &Declared) {
        let stack = &self.stacks[at];
        let needs = super::order::all_needs(self, stack.side, &stack.definition.template);
        let needs = needs.ok().and_then(|mut all| all.remove(&declared.name)).unwrap_or_default();
        if let Some(own) = self.stacks[at].by_number(number) {
            own.needs = needs;
            own.deletion.clone_from(&declared.deletion);
        }
    }

    fn outdate(&mut self, at: usize, number: u64) {
        if let Some(own) = self.stacks[at].by_number(number) {
            own.outdated = true;
        }
    }

    fn add_resource(&mut self, at: usize, place: usize, declared: &Declared, properties: Value) -> u64 {
        let number = self.next();
        let stack = &mut self.stacks[at];
        let random = fresh_secret(12).to_lowercase();
        let random = if stack.side == Side::Aws { random.to_uppercase() } else { random };
        let resource = Resource {
            number,
            logical: declared.name.clone(),
            kind: declared.kind.clone(),
            description: declared.description.clone(),
            name: format!("{}-{}-{random}", stack.name, declared.name),
            properties,
            metadata: declared.metadata.clone(),
            deletion: declared.deletion.clone(),
            ..Resource::default()
        };
        stack.resources.push(resource);
        self.set_number(at, place, number);
        self.set_needs(at, number, declared);
        number
    }

    /// Takes a resource back that another had replaced and that is still what is wanted.
    fn take_back(&mut self, at: usize, declared: &Declared, properties: &Value) -> bool {
        let stack = &mut self.stacks[at];
        let old = stack.resources.iter().find(|own| {
            own.outdated
                && own.logical == declared.name
                && own.kind == declared.kind
                && own.properties == *properties
                && own.status == Status::Complete
                && own.action != Action::Delete
        });
        let Some(number) = old.map(|own| own.number) else { return false };
        for own in stack.resources.iter_mut().filter(|own| own.logical == declared.name) {
            own.outdated = own.number != number;
        }
        true
    }

    fn make(
        &mut self,
        at: usize,
        place: usize,
        declared: &Declared,
        properties: Value,
        action: Action,
    ) -> Turn {
        let side = self.stacks[at].side;
        let number = self.add_resource(at, place, declared, properties.clone());
        if !(side == Side::Aws && action == Action::Update) {
            self.tell(at, number, action, Status::InProgress, &words::plain(side));
        }
        let definition = self.stacks[at].definition.clone();
        match self.inside(side, &definition, declared, Some(&properties), None) {
            Ok(Some(inside)) => return self.make_inner(at, number, inside),
            Ok(None) => {}
            Err(flaw) => return Turn::Failed(Failure::of(&declared.name, &words::flaw(&flaw))),
        }
        let name = definition.real_kind(&declared.kind);
        let (Some(kind), Some(resource)) =
            (self.kind(side, &name), self.stacks[at].by_number(number).cloned())
        else {
            return Turn::Failed(Failure::of(&declared.name, "no such type"));
        };
        if side == Side::Aws
            && let Err(flaw) = super::check::check_names(declared, &kind)
        {
            return Turn::Failed(Failure::of(&declared.name, &words::flaw(&flaw)));
        }
        let now = self.now();
        let made = kind.behaviour.make(&mut self.site(at, &resource, now));
        match made {
            Ok(made) => {
                if let Some(own) = self.stacks[at].by_number(number) {
                    (own.physical, own.data) = (Some(made.physical), made.data);
                }
                if side == Side::Aws {
                    let begun = "Resource creation Initiated";
                    self.tell(at, number, action, Status::InProgress, begun);
                }
                Turn::Goes
            }
            Err(why) => Turn::Failed(Failure::of(&declared.name, &why)),
        }
    }

    fn make_inner(&mut self, at: usize, number: u64, definition: Definition) -> Turn {
        let stack = &self.stacks[at];
        let Some(resource) = stack.resources.iter().find(|own| own.number == number) else {
            return Turn::Done;
        };
        let asker = Asker {
            request: String::new(),
            user: stack.user.clone(),
            project: stack.project.clone(),
            admin: stack.admin,
        };
        let asked = Asked {
            name: resource.name.clone(),
            definition,
            parent: Some((stack.id.clone(), resource.logical.clone())),
            failing: Failing::Keep,
            timeout_mins: stack.timeout_mins,
            labels: stack.labels.clone(),
            ..Asked::default()
        };
        let side = stack.side;
        let inner = self.blank_stack(side, asked, &asker);
        let physical = if side == Side::Aws { inner.arn() } else { inner.id.clone() };
        let id = inner.id.clone();
        if let Some(own) = self.stacks[at].by_number(number) {
            (own.physical, own.nested) = (Some(physical), Some(id));
        }
        if side == Side::Aws {
            self.tell(at, number, Action::Create, Status::InProgress, "Resource creation Initiated");
        }
        let _ = self.begin_stack(inner);
        Turn::Goes
    }

    fn change_inner(&mut self, at: usize, there: &Resource, declared: &Declared, properties: Value) -> Turn {
        let side = self.stacks[at].side;
        let definition = self.stacks[at].definition.clone();
        let inside = match self.inside(side, &definition, declared, Some(&properties), None) {
            Ok(Some(inside)) => inside,
            Ok(None) => return Turn::Done,
            Err(flaw) => return Turn::Failed(Failure::of(&declared.name, &words::flaw(&flaw))),
        };
        let id = there.nested.clone().unwrap_or_default();
        let now = self.stack(&id);
        let same = now.is_some_and(|inner| {
            inner.definition.template.raw == inside.template.raw
                && inner.definition.values == inside.values
                && inner.status == Status::Complete
        });
        if same {
            return Turn::Done;
        }
        if let Some(own) = self.stacks[at].by_number(there.number) {
            own.properties = properties;
        }
        self.tell(at, there.number, Action::Update, Status::InProgress, &words::plain(side));
        let asked =
            Asked { definition: inside, timeout_mins: self.stacks[at].timeout_mins, ..Asked::default() };
        match self.update_stack(&id, asked) {
            Ok(()) => Turn::Goes,
            Err(flaw) => Turn::Failed(Failure::of(&declared.name, &words::flaw(&flaw))),
        }
    }

    fn change_resource(
        &mut self,
        at: usize,
        place: usize,
        there: &Resource,
        declared: &Declared,
        properties: Value,
    ) -> Turn {
        let side = self.stacks[at].side;
        let kind = self.kind(side, &self.stacks[at].definition.real_kind(&declared.kind));
        let changed = changed(&there.properties, &properties);
        let live = |name: &String| {
            kind.as_ref().is_some_and(|kind| {
                kind.properties.iter().any(|own| own.live && (own.name == name || own.name == "*"))
            })
        };
        let heat_update = |world: &mut Self| {
            world.tell(at, there.number, Action::Update, Status::InProgress, &words::plain(side));
        };
        if there.kind != declared.kind || !changed.iter().all(live) {
            match side {
                Side::Heat => {
                    heat_update(self);
                    let why = format!("The Resource {} requires replacement.", declared.name);
                    self.tell(at, there.number, Action::Update, Status::Complete, &why);
                }
                Side::Aws => {
                    let why = "Requested update requires the creation of a new physical resource; hence creating one.";
                    self.tell(at, there.number, Action::Update, Status::InProgress, why);
                }
            }
            self.outdate(at, there.number);
            // CloudFormation goes on calling it an update.
            let action = if side == Side::Aws { Action::Update } else { Action::Create };
            return self.make(at, place, declared, properties, action);
        }
        heat_update(self);
        let Some(kind) = kind else { return Turn::Done };
        let mut next = there.clone();
        next.properties = properties.clone();
        let now = self.now();
        match kind.behaviour.change(&mut self.site(at, &next, now), &there.properties) {
            Ok(data) => {
                if let Some(own) = self.stacks[at].by_number(there.number) {
                    own.properties = properties;
                    own.metadata = declared.metadata.clone();
                    if !data.is_null() {
                        own.data = data;
                    }
                }
                if let Some(operation) = self.operation(at) {
                    operation.jobs[place].step = Step::Running(now);
                }
                Turn::Goes
            }
            Err(why) => Turn::Failed(Failure::of(&declared.name, &why)),
        }
    }
}
