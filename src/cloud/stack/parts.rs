//! What is read of a stack: its resources, its events, what an update would change, what a template asks for.

use crate::cloud::ty::{Field, Record, Ty};
use crate::cloud::{Time, Value};
use std::collections::BTreeMap;

/// A map of a script, from fields.
fn map(fields: Vec<(&str, Value)>) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
}

fn time(time: Option<Time>) -> Value {
    time.map_or(Value::Unit, Value::Time)
}

/// A resource of a stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackResource {
    /// The id that the resource has as its own kind of thing.
    pub id: String,
    /// Its name in the template.
    pub resource: String,
    /// The stack that it is in, by name.
    pub stack: String,
    /// Its type: `OS::Nova::Server`, `AWS::EC2::VPC`.
    pub kind: String,
    /// CREATE_COMPLETE …
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// When that was.
    pub time: Option<Time>,
}

impl StackResource {
    /// What scripts read of one.
    pub const RECORD: &'static Record =
        &Record { word: "a resource of a stack", fields: StackResource::FIELDS };

    /// The fields of a stack's resource.
    pub const FIELDS: &'static [Field] = &[
        Field::shown("resource", Ty::Text, "Its name in the template."),
        Field::shown("type", Ty::Text, "Its type: \"OS::Nova::Server\"."),
        Field::shown("status", Ty::Text, "CREATE_COMPLETE and so on."),
        Field::new("reason", Ty::Text, "Why it has this status, or ()."),
        Field::shown("id", Ty::Text, "The id that it has as a server, a network and so on, or ()."),
        Field::new("time", Ty::Time, "When it came to this status, or ()."),
        Field::new("stack", Ty::Text, "The stack that it is in; a nested one has a name of its own."),
    ];

    /// As scripts read it.
    pub fn value(&self) -> Value {
        map(vec![
            ("id", Value::optional_text(Some(&self.id))),
            ("time", time(self.time)),
            ("resource", Value::text(&self.resource)),
            ("type", Value::optional_text(Some(&self.kind))),
            ("status", Value::optional_text(Some(&self.status))),
            ("reason", Value::optional_text(self.reason.as_deref())),
            ("stack", Value::optional_text(Some(&self.stack))),
        ])
    }
}

/// Something that happened in a stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackEvent {
    /// Its id.
    pub id: String,
    /// When, as exactly as the service tells.
    pub time: Option<Time>,
    /// The resource; the stack's own name for the stack itself.
    pub resource: String,
    /// The resource's own id.
    pub physical_id: Option<String>,
    /// Its type, where it is known.
    pub kind: Option<String>,
    /// CREATE_IN_PROGRESS …, as the service says it.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// The stack that it happened in, by name and id.
    pub stack: (String, String),
    /// The names of the resources that lead to the nested stack that it happened in, outermost first.
    pub path: Vec<String>,
    /// The token of the request that began the operation.
    pub token: Option<String>,
}

impl StackEvent {
    /// What scripts read of one.
    pub const RECORD: &'static Record = &Record { word: "an event of a stack", fields: StackEvent::FIELDS };

    /// The fields of a stack's event.
    pub const FIELDS: &'static [Field] = &[
        Field::shown("time", Ty::Time, "When it happened."),
        Field::shown("resource", Ty::Text, "The resource; the stack's own name for the stack itself."),
        Field::shown("type", Ty::Text, "Its type, or ()."),
        Field::shown("status", Ty::Text, "CREATE_IN_PROGRESS and so on."),
        Field::shown("reason", Ty::Text, "Why, or ()."),
        Field::new("id", Ty::Text, "The event's id."),
        Field::new("stack", Ty::Text, "The stack that it happened in; a nested one has a name of its own."),
        Field::new("physical_id", Ty::Text, "The id that the resource has as a server and so on, or ()."),
    ];

    /// Whether it is about the stack itself that it happened in.
    pub fn is_of_stack(&self) -> bool {
        self.resource == self.stack.0
            && self.physical_id.as_ref().is_none_or(|id| *id == self.stack.1 || *id == self.stack.0)
    }

    /// The resource with those that lead to it: `outer/inner/boom`.
    pub fn place(&self) -> String {
        let mut path = self.path.clone();
        if !self.is_of_stack() {
            path.push(self.resource.clone());
        }
        path.join("/")
    }

    /// As scripts read it.
    pub fn value(&self) -> Value {
        map(vec![
            ("id", Value::text(&self.id)),
            ("time", time(self.time)),
            ("resource", Value::text(&self.resource)),
            ("type", Value::optional_text(self.kind.as_deref())),
            ("status", Value::text(&self.status)),
            ("reason", Value::optional_text(self.reason.as_deref())),
            ("stack", Value::optional_text(Some(&self.stack.0))),
            ("physical_id", Value::optional_text(self.physical_id.as_deref())),
        ])
    }
}

/// What an update would do to a resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackChange {
    /// `create`, `update`, `replace`, `delete` or `none`.
    pub action: &'static str,
    /// Its name in the template.
    pub resource: String,
    /// Its type.
    pub kind: String,
    /// Whether it is made anew; `None` where the service does not know before.
    pub replacement: Option<bool>,
}

impl StackChange {
    /// What scripts read of one.
    pub const RECORD: &'static Record = &Record { word: "a change of a stack", fields: StackChange::FIELDS };

    /// The fields of a change.
    pub const FIELDS: &'static [Field] = &[
        Field::shown(
            "action",
            Ty::OneOf(&["create", "update", "replace", "delete", "none"]),
            "What would happen: create, update, replace, delete or none.",
        ),
        Field::shown("resource", Ty::Text, "The resource's name in the template."),
        Field::shown("type", Ty::Text, "Its type."),
        Field::shown(
            "replacement",
            Ty::Bool,
            "Whether it is made anew, or () where that is known only later.",
        ),
    ];

    /// As scripts read it.
    pub fn value(&self) -> Value {
        map(vec![
            ("action", Value::text(self.action)),
            ("resource", Value::text(&self.resource)),
            ("type", Value::optional_text(Some(&self.kind))),
            ("replacement", self.replacement.map_or(Value::Unit, Value::Bool)),
        ])
    }
}

/// What a template asks for, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplateReport {
    /// Its parameters by name, each with what the service tells of it.
    pub parameters: BTreeMap<String, Value>,
    /// What the service refuses, in its words.
    pub errors: Vec<String>,
}

impl TemplateReport {
    /// As scripts read it.
    pub fn value(&self) -> Value {
        map(vec![
            ("parameters", Value::Map(self.parameters.clone())),
            ("errors", Value::Array(self.errors.iter().map(Value::text).collect())),
        ])
    }
}
