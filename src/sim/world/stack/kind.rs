//! What an engine knows of a type of resources: its properties and attributes, and how one is made, changed and deleted.
//! The types themselves are the protocols'.

use std::time::SystemTime;

use serde_json::Value;

use super::Side;
use crate::world::{Asker, World};

/// What a property's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Integer,
    Number,
    Flag,
    List,
    Map,
    Any,
}

/// A property of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// It can be changed on what is there.
    pub(crate) live: bool,
}

/// A property that a change of makes another resource.
pub(crate) const fn plain(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, required: false, live: false }
}

/// One that must be given.
pub(crate) const fn needed(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, required: true, live: false }
}

/// One that can be changed on what is there.
pub(crate) const fn live(name: &'static str, shape: Shape) -> Property {
    Property { name, shape, required: false, live: true }
}

/// A type of resources.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    pub(crate) properties: &'static [Property],
    pub(crate) attributes: &'static [&'static str],
    /// Types of the same template that are made first, though nothing refers to them.
    pub(crate) after: &'static [&'static str],
    pub(crate) behaviour: Box<dyn Behaviour>,
}

/// Where a resource is made, changed or deleted.
pub(crate) struct Site<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) asker: Asker,
    pub(crate) stack: String,
    pub(crate) stack_name: String,
    pub(crate) logical: String,
    /// What it is called where it is made.
    pub(crate) name: String,
    pub(crate) properties: Value,
    pub(crate) physical: String,
    pub(crate) data: Value,
    /// When this step began.
    pub(crate) since: SystemTime,
    /// The stack's tags.
    pub(crate) labels: crate::world::Pairs,
}

impl Site<'_> {
    /// A property as text; nothing where there is none.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.properties.get(name).filter(|value| !value.is_null()).map(super::as_text)
    }
}

/// What was made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) physical: String,
    pub(crate) data: Value,
}

/// How far something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    Done,
    Wait,
    /// Something is in the way; it may go.
    Held(String),
    Failed(String),
}

/// How the resources of a type behave.
pub(crate) trait Behaviour: Send + Sync {
    /// Begins to make one.
    ///
    /// # Errors
    /// The sentence of the service that refused it.
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String>;

    /// Whether it is made.
    fn made(&self, _: &mut Site<'_>) -> Progress {
        Progress::Done
    }

    /// What is to be remembered of it once it is made.
    fn settled(&self, _: &mut Site<'_>) -> Option<Value> {
        None
    }

    /// Changes one that is there: only properties that can be.
    ///
    /// # Errors
    /// The sentence of the service that refused it.
    fn change(&self, _: &mut Site<'_>, _: &Value) -> Result<Value, String> {
        Ok(Value::Null)
    }

    /// Deletes it, or goes on with that; asked until it is done.
    fn delete(&self, _: &mut Site<'_>) -> Progress {
        Progress::Done
    }

    /// Whether its properties are right, as far as they are known (`later` names those that are not): else which, and why.
    ///
    /// # Errors
    /// The property and what is wrong with it.
    fn check(&self, _: &Value, _later: &dyn Fn(&str) -> bool) -> Result<(), (String, String)> {
        Ok(())
    }

    /// Suspends, resumes or checks it.
    ///
    /// # Errors
    /// The sentence of the service that refused it.
    fn act(&self, _: &mut Site<'_>, _: super::Action) -> Result<(), String> {
        Ok(())
    }

    /// Whether it is still where it was made; `None` of a kind that is not looked for.
    fn is_there(&self, _: &World, _: &super::Resource) -> Option<bool> {
        None
    }

    /// What the attribute of this name is; none where it has no value.
    fn attribute(&self, _: &World, _: &super::Resource, _: &str) -> Option<Value> {
        None
    }

    /// What a reference to it gives.
    fn reference(&self, _: &World, resource: &super::Resource) -> Value {
        Value::from(resource.physical.clone().unwrap_or_else(|| resource.name.clone()))
    }
}

impl World {
    /// The type of this name, as this side knows it.
    pub(crate) fn kind(&self, side: Side, name: &str) -> Option<std::sync::Arc<Kind>> {
        self.kinds.iter().find(|kind| kind.side == side && kind.name == name).cloned()
    }
}
