//! Stacks inside stacks: templates that stand for types, groups of one type, and stacks that a template names.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::evaluate::{evaluate, follow};
use super::flaw::{Flaw, Outcome};
use super::parameter::as_text;
use super::sight::Sight;
use super::template::{Declared, Template};
use super::{Definition, Environment, Resource, Side, Stack};
use crate::world::World;

impl Side {
    /// A template as this side reads it.
    fn template(self, text: &str) -> Outcome<Template> {
        match self {
            Side::Aws => Template::for_aws(text),
            Side::Heat => Template::for_heat(&Value::from(text)),
        }
    }
}

impl World {
    /// The definition of the stack inside a resource; none where it is no such resource. Its properties are given, or else
    /// what can be known of them before.
    pub(super) fn inside(
        &self,
        side: Side,
        around: &Definition,
        declared: &Declared,
        properties: Option<&Value>,
        early: Option<&Sight<'_>>,
    ) -> Outcome<Option<Definition>> {
        let at = format!("resources.{}.properties", declared.name);
        let stands = around.environment.stands_for(&declared.kind);
        let file = stands.unwrap_or_else(|| declared.kind.clone());
        let is_file = side == Side::Heat && [".yaml", ".template"].iter().any(|end| file.ends_with(end));
        if !is_file && !side.nests(&declared.kind) {
            return Ok(None);
        }
        let properties = match (properties, early) {
            (Some(properties), _) => properties.clone(),
            (None, Some(sight)) => evaluate(&declared.properties, sight, &at)?,
            (None, None) => declared.properties.clone(),
        };
        let (template, given) = if is_file {
            let text = around.files.get(&file).ok_or_else(|| Flaw::Fetch(file.clone()))?;
            (Template::for_heat(&Value::from(text.as_str()))?, map(&properties))
        } else {
            match declared.kind.as_str() {
                "OS::Heat::ResourceGroup" => (group(&declared.name, &properties)?, Map::new()),
                "OS::Heat::Stack" => {
                    (Template::for_heat(&properties["template"])?, map(&properties["parameters"]))
                }
                _ => {
                    let url = as_text(&properties["TemplateURL"]);
                    let text = self.object(&url).ok_or_else(|| Flaw::Fetch(url.clone()))?;
                    (side.template(text)?, map(&properties["Parameters"]))
                }
            }
        };
        let mut given = given;
        let known = |name: &str| template.parameter(name).is_some();
        if let Some(odd) = given.keys().find(|name| is_file && !known(name)) {
            return Err(Flaw::UnknownProperty(declared.name.clone(), odd.clone()));
        }
        if early.is_some() {
            fill_in(&template, around, declared, &mut given);
        }
        let missing = |flaw| match flaw {
            Flaw::ParameterMissing(names) if is_file => {
                Flaw::PropertyMissing(declared.name.clone(), names.first().cloned().unwrap_or_default())
            }
            other => other,
        };
        let environment = Environment {
            parameters: given,
            registry: around.environment.registry.clone(),
            ..Environment::default()
        };
        let definition = Definition::new(Arc::new(template), environment, Arc::clone(&around.files));
        definition.map(Some).map_err(missing)
    }

    /// An attribute of a resource that is a stack inside.
    pub(super) fn nested_attribute(&self, resource: &Resource, path: &[Value]) -> Value {
        let Some(stack) = resource.nested.as_deref().and_then(|id| self.stack(id)) else {
            return Value::Null;
        };
        let name = path.first().map(as_text).unwrap_or_default();
        let rest = path.get(1..).unwrap_or_default();
        let outputs: BTreeMap<String, Value> =
            self.outputs(stack).into_iter().map(|output| (output.name, output.value)).collect();
        if let Some(inner) = name.strip_prefix("resource.") {
            let (inner, attribute) = inner.split_once('.').unwrap_or((inner, ""));
            let mut path = vec![Value::from(attribute)];
            path.extend(rest.iter().cloned());
            return self.member(stack, inner, &path);
        }
        if resource.kind == "OS::Heat::ResourceGroup" {
            return self.of_group(stack, &name, rest);
        }
        let value = match name.as_str() {
            "outputs" => json!(outputs),
            name => {
                let name = name.strip_prefix("Outputs.").unwrap_or(name);
                outputs.get(name).cloned().unwrap_or_default()
            }
        };
        follow(&value, rest)
    }

    fn member(&self, stack: &Stack, name: &str, path: &[Value]) -> Value {
        use super::evaluate::Scope as _;
        let sight = stack.sight(self);
        let empty = path.first().is_none_or(|first| as_text(first).is_empty());
        if empty {
            return sight.reference(name).unwrap_or_default();
        }
        sight.attribute(name, path, "").unwrap_or_default()
    }

    fn of_group(&self, stack: &Stack, name: &str, rest: &[Value]) -> Value {
        let mut members: Vec<&str> =
            stack.resources.iter().filter(|own| !own.outdated).map(|own| own.logical.as_str()).collect();
        members.sort_by_key(|name| (name.len(), (*name).to_owned()));
        let reference = |name: &str| self.member(stack, name, &[]);
        match name {
            "refs" => follow(&members.iter().map(|name| reference(name)).collect(), rest),
            "refs_map" => {
                let row = |name: &&str| ((*name).to_owned(), reference(name));
                follow(&Value::Object(members.iter().map(row).collect()), rest)
            }
            "removed_rsrc_list" => json!([]),
            "attributes" => {
                let row = |name: &&str| ((*name).to_owned(), self.member(stack, name, rest));
                Value::Object(members.iter().map(row).collect())
            }
            name => {
                let mut path = vec![Value::from(name)];
                path.extend(rest.iter().cloned());
                members.iter().map(|member| self.member(stack, member, &path)).collect()
            }
        }
    }

    /// The text that was put under this address.
    pub(crate) fn object(&self, url: &str) -> Option<&str> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.split('?').next().unwrap_or_default();
        let bucket = host.split_once(".s3").map(|(bucket, _)| format!("{bucket}/{path}"));
        let found = self.objects.get(path).or_else(|| self.objects.get(&bucket?));
        found.map(String::as_str)
    }

    /// A resource's real type, a stack inside it, and all stacks above.
    pub(crate) fn root_of<'a>(&'a self, stack: &'a Stack) -> &'a Stack {
        match stack.parent.as_ref().and_then(|(id, _)| self.stack(id)) {
            Some(parent) => self.root_of(parent),
            None => stack,
        }
    }
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The template of a group: as many of one definition as are asked for, each with its number in it.
fn group(name: &str, properties: &Value) -> Outcome<Template> {
    let wrong = |what: &str, why: String| Flaw::Property(format!("resources.{name}.properties.{what}"), why);
    let count = match &properties["count"] {
        Value::Null => 1,
        value => as_text(value)
            .parse::<i64>()
            .map_err(|_| wrong("count", format!("Value '{}' is not an integer", as_text(value))))?,
    };
    if count < 0 {
        return Err(wrong("count", format!("{count} is out of range (min: 0, max: None)")));
    }
    let index = properties["index_var"].as_str().unwrap_or("%index%");
    if !properties["resource_def"].is_object() {
        return Err(Flaw::PropertyMissing(name.to_owned(), "resource_def".to_owned()));
    }
    let mut resources = Map::new();
    for number in 0..count {
        resources
            .insert(number.to_string(), numbered(&properties["resource_def"], index, &number.to_string()));
    }
    Template::for_heat(&json!({"heat_template_version": "2015-04-30", "resources": resources}))
}

fn numbered(value: &Value, index: &str, number: &str) -> Value {
    match value {
        Value::String(text) => Value::from(text.replace(index, number)),
        Value::Array(rows) => rows.iter().map(|row| numbered(row, index, number)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, row)| (key.clone(), numbered(row, index, number))).collect())
        }
        other => other.clone(),
    }
}

/// Puts something in the place of what is not known yet: a type that no value has yet would refuse it.
fn fill_in(template: &Template, around: &Definition, declared: &Declared, given: &mut Map<String, Value>) {
    for parameter in &template.parameters {
        let later = given.get(&parameter.name).is_some_and(|value| {
            let mut found = Vec::new();
            let own = &declared.properties[&parameter.name];
            super::evaluate::references(own, around.template.form, "", &mut found);
            value.is_null() || !found.is_empty()
        });
        if later {
            let filler = parameter.default.clone().unwrap_or_else(|| json!("0"));
            given.insert(parameter.name.clone(), filler);
        }
    }
}
