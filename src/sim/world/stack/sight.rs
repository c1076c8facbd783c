//! A stack as the expressions of its template see it.

use serde_json::{Value, json};

use super::definition::Definition;
use super::evaluate::{Scope, evaluate, follow, holds};
use super::flaw::{Flaw, Outcome};
use super::template::Form;
use super::{Side, Stack, Status};
use crate::world::World;

/// A stack and what it is to be.
pub(crate) struct Sight<'a> {
    pub(super) world: &'a World,
    pub(super) stack: &'a Stack,
    pub(super) definition: &'a Definition,
    /// Nothing is there yet: references are names, and attributes nothing.
    pub(super) early: bool,
}

impl Scope for Sight<'_> {
    fn form(&self) -> Form {
        self.definition.template.form
    }

    fn parameter(&self, name: &str) -> Option<Value> {
        let stack = self.stack;
        let own = || self.definition.values.get(name).cloned();
        let pseudo = match (self.form(), name) {
            (Form::Hot, "OS::stack_id") => Some(stack.id.clone()),
            (Form::Hot, "OS::stack_name") | (_, "AWS::StackName") => Some(stack.name.clone()),
            (Form::Hot, "OS::project_id") => Some(stack.project.clone()),
            (Form::HeatCfn | Form::Aws, "AWS::StackId") => Some(stack.arn()),
            (Form::HeatCfn, "AWS::Region") => Some("ap-southeast-1".to_owned()),
            (Form::Aws, "AWS::Region") => Some("us-east-1".to_owned()),
            (Form::Aws, "AWS::Partition") => Some("aws".to_owned()),
            (Form::Aws, "AWS::URLSuffix") => Some("amazonaws.com".to_owned()),
            (Form::Aws, "AWS::AccountId") => stack.arn().split(':').nth(4).map(str::to_owned),
            (Form::Aws, "AWS::NotificationARNs") => return Some(json!([])),
            _ => None,
        };
        pseudo.map(Value::from).or_else(own)
    }

    fn reference(&self, name: &str) -> Option<Value> {
        self.definition.template.resource(name)?;
        let Some(resource) = self.stack.resource(name).filter(|_| !self.early) else {
            return Some(Value::from(name));
        };
        if let Some(nested) = &resource.nested {
            let group = resource.kind == "OS::Heat::ResourceGroup";
            let inside = self.world.stack(nested);
            return Some(match inside {
                Some(stack) if !group => Value::from(stack.arn()),
                _ => Value::from(resource.name.clone()),
            });
        }
        let kind = self.world.kind(self.stack.side, &resource.kind)?;
        Some(kind.behaviour.reference(self.world, resource))
    }

    fn attribute(&self, name: &str, path: &[Value], at: &str) -> Outcome<Value> {
        let Some(declared) = self.definition.template.resource(name) else {
            let place = at.trim_end_matches(".get_attr").trim_end_matches(".Fn::GetAtt").to_owned();
            return Err(Flaw::Reference(name.to_owned(), place));
        };
        let attribute = path.first().map(super::as_text).unwrap_or_default();
        if let Some(kind) = self.world.kind(self.stack.side, &declared.kind)
            && !attribute.is_empty()
            && !has(&kind, &attribute)
        {
            return Err(Flaw::Attribute(name.to_owned(), attribute, at.to_owned()));
        }
        let Some(resource) = self.stack.resource(name).filter(|_| !self.early) else {
            return Ok(Value::Null);
        };
        let unmade = resource.action == super::Action::Create && resource.status != Status::Complete;
        if resource.physical.is_none() && resource.nested.is_none() || unmade {
            return Ok(Value::Null);
        }
        if resource.nested.is_some() {
            return Ok(self.world.nested_attribute(resource, path));
        }
        let Some(kind) = self.world.kind(self.stack.side, &resource.kind) else { return Ok(Value::Null) };
        let value = match attribute.as_str() {
            "" => self.world.attributes(&kind, resource),
            "show" => self.world.attributes(&kind, resource),
            name => kind.behaviour.attribute(self.world, resource, name).unwrap_or_default(),
        };
        Ok(follow(&value, path.get(1..).unwrap_or_default()))
    }

    fn file(&self, name: &str) -> Option<String> {
        self.definition.files.get(name).cloned()
    }

    fn condition(&self, name: &str) -> Outcome<bool> {
        let condition = self.definition.template.conditions.get(name);
        let condition = condition.ok_or_else(|| Flaw::NoCondition(name.to_owned()))?;
        holds(condition, self, &format!("conditions.{name}"))
    }

    fn export(&self, name: &str) -> Option<Value> {
        let own = |stack: &&Stack| {
            stack.project == self.stack.project && stack.side == Side::Aws && !stack.is_gone()
        };
        self.world.stacks.iter().filter(own).find_map(|stack| stack.exports.get(name).cloned())
    }

    fn mapping(&self, map: &str, first: &str, second: &str) -> Option<Value> {
        self.definition.template.mappings.get(map)?.get(first)?.get(second).cloned()
    }
}

/// Whether a type has an attribute: those with a dot are within a map.
fn has(kind: &super::Kind, attribute: &str) -> bool {
    attribute == "show" || kind.attributes.iter().any(|name| *name == attribute || *name == "*")
}

impl Stack {
    /// The name of a stack that no other ever has.
    pub(crate) fn arn(&self) -> String {
        match self.side {
            Side::Heat => format!("arn:openstack:heat::{}:stacks/{}/{}", self.project, self.name, self.id),
            Side::Aws => {
                let account = crate::aws::account(&self.project);
                format!("arn:aws:cloudformation:us-east-1:{account}:stack/{}/{}", self.name, self.id)
            }
        }
    }

    pub(super) fn sight<'a>(&'a self, world: &'a World) -> Sight<'a> {
        Sight { world, stack: self, definition: &self.definition, early: false }
    }
}

/// An output as it is at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) value: Value,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) export: Option<String>,
}

impl World {
    /// The outputs of a stack.
    pub(crate) fn outputs(&self, stack: &Stack) -> Vec<Told> {
        let sight = stack.sight(self);
        self.outputs_of(&sight)
    }

    pub(super) fn outputs_of(&self, sight: &Sight<'_>) -> Vec<Told> {
        let stack = sight.stack;
        let mut rows = Vec::new();
        for output in &sight.definition.template.outputs {
            let here = output.condition.as_ref().is_none_or(|value| holds(value, sight, "").unwrap_or(false));
            if !here {
                continue;
            }
            let at = format!("outputs.{}.value", output.name);
            let found =
                if stack.action == super::Action::Delete && refers_to_gone(stack, &output.value, sight) {
                    let name = first_gone(stack, &output.value, sight);
                    Err(Flaw::Reference(name, "unknown".to_owned()))
                } else {
                    evaluate(&output.value, sight, &at)
                };
            let export = output.export.as_ref().and_then(|value| evaluate(value, sight, &at).ok());
            let (value, flaw) = match found {
                Ok(value) => (value, None),
                Err(flaw) => (Value::Null, Some(flaw)),
            };
            rows.push(Told {
                name: output.name.clone(),
                description: output.description.clone(),
                value,
                flaw,
                export: export.as_ref().map(super::as_text),
            });
        }
        rows
    }

    /// All attributes of a resource.
    pub(crate) fn attributes(&self, kind: &super::Kind, resource: &super::Resource) -> Value {
        let row = |name: &&'static str| {
            let value = kind.behaviour.attribute(self, resource, name).unwrap_or_default();
            ((*name).to_owned(), value)
        };
        let named = kind.attributes.iter().filter(|name| **name != "*");
        if resource.physical.is_none() {
            return Value::Object(named.map(|name| ((*name).to_owned(), Value::Null)).collect());
        }
        Value::Object(named.map(row).collect())
    }
}

fn refers_to_gone(stack: &Stack, value: &Value, sight: &Sight<'_>) -> bool {
    !first_gone(stack, value, sight).is_empty()
}

/// The first resource that an expression refers to and that is being deleted or is gone.
fn first_gone(stack: &Stack, value: &Value, sight: &Sight<'_>) -> String {
    let mut found = Vec::new();
    super::evaluate::references(value, sight.form(), "", &mut found);
    let gone =
        |name: &str| sight.definition.template.resource(name).is_some() && stack.status != Status::Complete;
    found.into_iter().map(|(name, _)| name).find(|name| gone(name)).unwrap_or_default()
}
