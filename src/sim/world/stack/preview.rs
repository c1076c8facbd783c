//! What a change would do, told without doing it.

use serde_json::{Map, Value};

use super::evaluate::{evaluate, holds};
use super::flaw::Outcome;
use super::sight::Sight;
use super::{Definition, Stack};
use crate::world::World;

/// What would become of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Unchanged,
    Updated,
    Replaced,
    Added,
    Deleted,
}

/// A resource: its name, its type, what it is there, what would become of it, and which properties differ.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    pub(crate) logical: String,
    pub(crate) kind: String,
    pub(crate) physical: Option<String>,
    pub(crate) verdict: Verdict,
    /// The properties, and whether a change of each makes another resource.
    pub(crate) properties: Vec<(String, bool)>,
}

impl World {
    /// What a stack would become with this definition.
    ///
    /// # Errors
    /// When the definition is wrong.
    pub(crate) fn preview_stack(&self, stack: &Stack, next: &Definition) -> Outcome<Vec<Changes>> {
        self.check_stack(stack, next)?;
        let sight = Sight { world: self, stack, definition: next, early: false };
        let mut rows = Vec::new();
        for declared in &next.template.resources {
            let at = format!("resources.{}", declared.name);
            let here = declared.condition.as_ref().map_or(Ok(true), |value| holds(value, &sight, &at))?;
            if !here {
                continue;
            }
            let there = stack.resource(&declared.name).filter(|own| own.physical.is_some());
            let mut row = Changes {
                logical: declared.name.clone(),
                kind: declared.kind.clone(),
                physical: there.and_then(|own| own.physical.clone()),
                verdict: Verdict::Added,
                properties: Vec::new(),
            };
            if let Some(there) = there {
                let properties = evaluate(&declared.properties, &sight, &at)?;
                let kind = self.kind(stack.side, &next.real_kind(&declared.kind));
                let replaces = |name: &String| {
                    !kind.as_ref().is_none_or(|kind| {
                        kind.properties.iter().any(|own| own.live && (own.name == name || own.name == "*"))
                    })
                };
                row.properties = changed(&there.properties, &properties)
                    .into_iter()
                    .map(|name| (name.clone(), replaces(&name)))
                    .collect();
                row.verdict =
                    if there.kind != declared.kind || row.properties.iter().any(|(_, replaces)| *replaces) {
                        Verdict::Replaced
                    } else if row.properties.is_empty()
                        && !self.differs_inside(stack, next, declared, &properties)
                    {
                        Verdict::Unchanged
                    } else {
                        Verdict::Updated
                    };
            }
            rows.push(row);
        }
        let kept = |name: &str| rows.iter().any(|row| row.logical == name);
        let gone: Vec<Changes> = stack
            .resources
            .iter()
            .filter(|own| !own.outdated && !kept(&own.logical) && own.action != super::Action::Delete)
            .map(|own| Changes {
                logical: own.logical.clone(),
                kind: own.kind.clone(),
                physical: own.physical.clone(),
                verdict: Verdict::Deleted,
                properties: Vec::new(),
            })
            .collect();
        rows.extend(gone);
        Ok(rows)
    }

    /// Whether the stack inside a resource would change.
    fn differs_inside(
        &self,
        stack: &Stack,
        next: &Definition,
        declared: &super::Declared,
        properties: &serde_json::Value,
    ) -> bool {
        let inner = stack.resource(&declared.name).and_then(|own| self.stack(own.nested.as_deref()?));
        let Some(inner) = inner else { return false };
        match self.inside(stack.side, next, declared, Some(properties), None) {
            Ok(Some(inside)) => {
                inner.definition.template.raw != inside.template.raw
                    || inner.definition.values != inside.values
            }
            _ => false,
        }
    }
}

/// The names of the properties that differ.
pub(super) fn changed(before: &Value, after: &Value) -> Vec<String> {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    names
}
