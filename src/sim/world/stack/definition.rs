//! What a stack is to be: a template, the values of its parameters, the environment that they came from, and files.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::flaw::{Flaw, Outcome};
use super::parameter::{self, as_text};
use super::template::Template;
use super::yaml::{Tags, read};

/// What stands where a hidden value would.
pub(crate) const HIDDEN: &str = "******";

/// Files by name.
pub(crate) type Files = BTreeMap<String, String>;

/// Values and types that are given beside a template.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Environment {
    pub(crate) parameters: Map<String, Value>,
    pub(crate) defaults: Map<String, Value>,
    pub(crate) registry: Map<String, Value>,
    pub(crate) sinks: Value,
}

/// The sections of an environment.
const SECTIONS: [&str; 6] = [
    "parameters",
    "encrypted_param_names",
    "parameter_defaults",
    "parameter_merge_strategies",
    "resource_registry",
    "event_sinks",
];

impl Environment {
    /// Reads an environment that was sent, as text or as a map.
    ///
    /// # Errors
    /// When it cannot be read, or has a section that there is not.
    pub(crate) fn read(given: &Value) -> Outcome<Self> {
        let raw = match given {
            Value::Null => return Ok(Self::default()),
            Value::String(text) => read(text, Tags::Refused).map_err(Flaw::Unreadable)?,
            other => other.clone(),
        };
        let map = |name: &str| raw[name].as_object().cloned().unwrap_or_default();
        if raw.is_null() {
            return Ok(Self::default());
        }
        let Some(sections) = raw.as_object() else {
            return Err(Flaw::Other("The environment is not a valid YAML mapping data type.".to_owned()));
        };
        if let Some(odd) = sections.keys().find(|name| !SECTIONS.contains(&name.as_str())) {
            return Err(Flaw::Section(odd.clone()));
        }
        Ok(Self {
            parameters: map("parameters"),
            defaults: map("parameter_defaults"),
            registry: map("resource_registry"),
            sinks: raw["event_sinks"].clone(),
        })
    }

    /// Lays another over it: what that one says is said last.
    pub(crate) fn lay(&mut self, other: Self) {
        self.parameters.extend(other.parameters);
        self.defaults.extend(other.defaults);
        self.registry.extend(other.registry);
        if !other.sinks.is_null() {
            self.sinks = other.sinks;
        }
    }

    /// The file that stands for a type, where a registry says so.
    pub(crate) fn stands_for(&self, kind: &str) -> Option<String> {
        self.registry.get(kind).and_then(Value::as_str).map(str::to_owned)
    }
}

/// What a stack is to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Definition {
    pub(crate) template: Arc<Template>,
    pub(crate) environment: Environment,
    pub(crate) files: Arc<Files>,
    /// The values of all parameters, of their types.
    pub(crate) values: BTreeMap<String, Value>,
}

impl Definition {
    /// Puts it together.
    ///
    /// # Errors
    /// When a parameter is missing, unknown or not allowed.
    pub(crate) fn new(template: Arc<Template>, environment: Environment, files: Arc<Files>) -> Outcome<Self> {
        let values =
            parameter::resolve(&template.parameters, &environment.parameters, &environment.defaults)?;
        Ok(Self { template, environment, files, values })
    }

    fn hides(&self, name: &str) -> bool {
        self.template.parameter(name).is_some_and(|parameter| parameter.hidden)
    }

    /// The values as text, hidden ones masked, in the order of their declaration.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let row = |declared: &super::Parameter| {
            let value = self.values.get(&declared.name)?;
            let text = if declared.hidden { HIDDEN.to_owned() } else { told(value) };
            Some((declared.name.clone(), text))
        };
        self.template.parameters.iter().filter_map(row).collect()
    }

    /// The environment as it is shown: hidden values masked.
    pub(crate) fn shown_environment(&self) -> Value {
        let masked = |rows: &Map<String, Value>| -> Map<String, Value> {
            let row = |(name, value): (&String, &Value)| {
                let value = if self.hides(name) { HIDDEN.into() } else { value.clone() };
                (name.clone(), value)
            };
            rows.iter().map(row).collect()
        };
        let mut registry = self.environment.registry.clone();
        registry.entry("resources").or_insert_with(|| json!({}));
        let sinks = if self.environment.sinks.is_null() { json!([]) } else { self.environment.sinks.clone() };
        json!({"resource_registry": registry, "parameters": masked(&self.environment.parameters),
            "parameter_defaults": masked(&self.environment.defaults), "event_sinks": sinks})
    }
}

/// A parameter's value as text: lists with commas, truths as Python writes them.
fn told(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(rows) => rows.iter().map(as_text).collect::<Vec<_>>().join(","),
        Value::Object(_) => spaced(value),
        other => as_text(other),
    }
}

/// JSON with a space after each colon and comma.
pub(crate) fn spaced(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let row = |(name, value): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), spaced(value))
            };
            format!("{{{}}}", map.iter().map(row).collect::<Vec<_>>().join(", "))
        }
        Value::Array(rows) => format!("[{}]", rows.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
