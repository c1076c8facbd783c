//! What is remembered of resources, brought up to what is there now; and the signals that are sent to them.

use serde_json::{Value, json};

use super::evaluate::references;
use super::{Action, Status};
use crate::world::World;

impl World {
    /// Looks again at the resources that a stack's outputs tell of.
    pub(crate) fn refresh_stack(&mut self, id: &str) {
        let Some(stack) = self.stack(id) else { return };
        let mut named = Vec::new();
        for output in &stack.definition.template.outputs {
            references(&output.value, stack.definition.template.form, "", &mut named);
        }
        for (name, _) in named {
            self.refresh_resource(id, &name);
        }
    }

    /// Looks again at a resource, and at those inside it.
    pub(crate) fn refresh_resource(&mut self, id: &str, name: &str) {
        let Some(at) = self.stack_at(id) else { return };
        let stack = &self.stacks[at];
        let Some(resource) = stack.resource(name).cloned() else { return };
        if let Some(inner) = &resource.nested {
            let names: Vec<String> = self
                .stack(inner)
                .map(|inner| inner.resources.iter().map(|own| own.logical.clone()).collect())
                .unwrap_or_default();
            for name in names {
                self.refresh_resource(inner, &name);
            }
            return;
        }
        let ready = resource.status == Status::Complete && resource.action != Action::Delete;
        let Some(kind) = self.kind(stack.side, &resource.kind).filter(|_| ready) else { return };
        let now = self.now();
        let data = kind.behaviour.settled(&mut self.site(at, &resource, now));
        if let (Some(data), Some(own)) = (data, self.stacks[at].by_number(resource.number)) {
            own.data = data;
        }
    }

    /// Marks a resource as one that the next update replaces, or takes that back.
    pub(crate) fn mark_unhealthy(&mut self, id: &str, number: u64, sick: bool, reason: &str) {
        let Some(at) = self.stack_at(id) else { return };
        let status = if sick { Status::Failed } else { Status::Complete };
        self.tell(at, number, Action::Check, status, reason);
    }

    /// Keeps a signal that was sent to a resource.
    pub(crate) fn signal_resource(&mut self, id: &str, number: u64, key: &str, signal: Value) {
        let Some(at) = self.stack_at(id) else { return };
        let Some(own) = self.stacks[at].by_number(number) else { return };
        if !own.data["signals"].is_object() {
            own.data = json!({"path": own.data["path"], "signals": {}});
        }
        own.data["signals"][key] = signal;
    }
}
