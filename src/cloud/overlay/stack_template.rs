//! What a template says of the stack that would be made of it: its resources, its outputs, and what happens on the way. What only
//! the cloud can work out is left empty.

use crate::base::yaml_tree;
use crate::cloud::stack::short_forms::written_out;
use crate::cloud::{Stack, StackEvent, StackResource, StackSpec, TemplateSource, Time, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A stack as this run left it.
#[derive(Debug, Clone, Default)]
pub(super) struct DryStack {
    /// Its template, as the service tells it.
    pub(super) template: Option<Value>,
    /// Its resources, where a template tells them.
    pub(super) resources: Option<Vec<StackResource>>,
    /// What this run did with it.
    pub(super) events: Vec<StackEvent>,
    /// Whether it was updated, and nobody has waited for that.
    pub(super) updating: bool,
}

/// A template that can be read here.
pub(super) struct Template {
    tree: Json,
}

impl Template {
    /// The template that a script gave; `None` where it gave none, or only the service can read it.
    pub(super) fn of(spec: &StackSpec) -> Option<Template> {
        Template::read(spec.template.as_ref().and_then(TemplateSource::text)?)
    }

    fn read(text: &str) -> Option<Template> {
        let tree = written_out(&yaml_tree::parse(text).ok()?);
        tree.is_object().then_some(Template { tree })
    }

    /// The template that a service told: a map, or text.
    pub(super) fn told(value: &Value) -> Option<Template> {
        match value {
            Value::Text(text) => Template::read(text),
            map => Some(map.to_request()).filter(Json::is_object).map(|tree| Template { tree }),
        }
    }

    /// As the service tells it: Heat as a map, CloudFormation as it was written.
    pub(super) fn value(&self, spec: &StackSpec, as_map: bool) -> Value {
        match spec.template.as_ref().and_then(TemplateSource::text) {
            Some(text) if !as_map => Value::text(text),
            _ => Value::from_json(&self.tree),
        }
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Json)> {
        let lower = name.to_ascii_lowercase();
        let found = self.tree.get(name).or_else(|| self.tree.get(&lower));
        found.and_then(Json::as_object).into_iter().flatten()
    }

    /// Its resources, made now; those that were there keep their ids.
    pub(super) fn resources(&self, stack: &Stack, known: &[StackResource], now: Time) -> Vec<StackResource> {
        let one = |(name, about): (&String, &Json)| {
            let there = known.iter().find(|one| one.resource == *name);
            there.cloned().unwrap_or_else(|| StackResource {
                id: String::new(),
                resource: name.clone(),
                stack: stack.name.clone(),
                kind: field(about, "Type").and_then(Json::as_str).unwrap_or_default().to_string(),
                status: "CREATE_COMPLETE".to_string(),
                reason: None,
                time: Some(now),
            })
        };
        self.section("Resources").map(one).collect()
    }

    /// Whether a parameter's value is hidden.
    pub(super) fn hides(&self, name: &str) -> bool {
        let about = self.section("Parameters").find(|(known, _)| *known == name).map(|(_, about)| about);
        let hidden = about.and_then(|about| field(about, "NoEcho").or_else(|| about.get("hidden")));
        match hidden {
            Some(Json::Bool(hidden)) => *hidden,
            Some(Json::String(word)) => matches!(word.to_ascii_lowercase().as_str(), "true" | "yes" | "on"),
            _ => false,
        }
    }

    /// The parameters that it has a value for itself, as a cloud tells them.
    pub(super) fn defaults(&self) -> BTreeMap<String, String> {
        let one = |(name, about): (&String, &Json)| {
            let text = match field(about, "Default")? {
                Json::Null => return None,
                _ if self.hides(name) => "******".to_string(),
                Json::String(text) => text.clone(),
                other => told(other),
            };
            Some((name.clone(), text))
        };
        self.section("Parameters").filter_map(one).collect()
    }

    /// Its outputs: a parameter's value, what was told before, or nothing.
    pub(super) fn outputs(&self, stack: &Stack) -> BTreeMap<String, Json> {
        let defaults: BTreeMap<&String, &Json> = self
            .section("Parameters")
            .filter_map(|(name, about)| Some((name, field(about, "Default")?)))
            .collect();
        let one = |(name, about): (&String, &Json)| {
            let value = field(about, "Value").unwrap_or(&Json::Null);
            let known = match parameter(value) {
                Some(asked) => stack
                    .parameters
                    .get(asked)
                    .map(|text| Json::from(text.as_str()))
                    .or_else(|| defaults.get(&asked.to_string()).map(|value| (*value).clone())),
                None if is_plain(value) => Some(value.clone()),
                None => stack.outputs.get(name).cloned(),
            };
            (name.clone(), known.unwrap_or_default())
        };
        self.section("Outputs").map(one).collect()
    }
}

/// The parameters as a cloud tells them: hidden ones are asterisks.
pub(super) fn as_text(spec: &StackSpec, hidden: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let text = |name: &str, value: &Value| match value {
        _ if hidden(name) => "******".to_string(),
        Value::Text(text) => text.to_string(),
        Value::Secret(_) => "******".to_string(),
        other => told(&other.to_request()),
    };
    let given = spec.parameters.iter().filter(|(_, value)| **value != Value::Unit);
    given.map(|(name, value)| (name.clone(), text(name, value))).collect()
}

/// A value as a cloud tells it.
fn told(value: &Json) -> String {
    match value {
        Json::Bool(true) => "True".to_string(),
        Json::Bool(false) => "False".to_string(),
        json => json.to_string(),
    }
}

/// A field by either service's name: `Value`, `value`.
fn field<'a>(about: &'a Json, name: &str) -> Option<&'a Json> {
    about.get(name).or_else(|| about.get(name.to_ascii_lowercase()))
}

/// The parameter that a value is: `{get_param: x}`, `{Ref: x}`.
fn parameter(value: &Json) -> Option<&str> {
    let map: &Map<String, Json> = value.as_object().filter(|map| map.len() == 1)?;
    map.get("get_param").or_else(|| map.get("Ref"))?.as_str()
}

/// Whether a value stands as it is written.
fn is_plain(value: &Json) -> bool {
    !value.is_object() && !value.is_array() && !value.is_null()
}

/// What an operation that goes well tells: the stack's beginning, its resources, its end.
pub(super) fn story(
    stack: &Stack,
    verb: &str,
    resources: &[StackResource],
    id: impl Fn() -> String,
    now: Time,
) -> Vec<StackEvent> {
    let event = |resource: &str, kind: Option<String>, status: &str| StackEvent {
        id: id(),
        time: Some(now),
        resource: resource.to_string(),
        physical_id: (resource == stack.name).then(|| stack.id.clone()),
        kind,
        status: status.to_string(),
        stack: (stack.name.clone(), stack.id.clone()),
        ..StackEvent::default()
    };
    let mut all = vec![event(&stack.name, None, &format!("{verb}_IN_PROGRESS"))];
    let done = format!("{verb}_COMPLETE");
    all.extend(resources.iter().map(|one| event(&one.resource, Some(one.kind.clone()), &done)));
    all.push(event(&stack.name, None, &done));
    all
}
