//! What is refused before anything is made: unknown types and properties, references that lead nowhere, wrong values.

use std::sync::Arc;

use serde_json::Value;

use super::evaluate::{evaluate, holds, references};
use super::flaw::{Flaw, Outcome};
use super::kind::{Kind, Shape};
use super::order::all_needs;
use super::parameter::as_text;
use super::sight::Sight;
use super::template::Declared;
use super::{Definition, Side, Stack};
use crate::world::World;

/// How many resources a stack may have, those inside it counted.
const MOST: usize = 1000;
/// How deep stacks may be in each other.
const DEEPEST: usize = 5;

impl World {
    /// Whether this stack can be made so.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(crate) fn check_stack(&self, stack: &Stack, definition: &Definition) -> Outcome<()> {
        let mut count = 0;
        self.check_level(stack, definition, 0, &mut count)
    }

    fn check_level(
        &self,
        stack: &Stack,
        definition: &Definition,
        depth: usize,
        count: &mut usize,
    ) -> Outcome<()> {
        let template = &definition.template;
        *count += template.resources.len();
        if *count > MOST {
            return Err(Flaw::TooManyResources);
        }
        if depth > DEEPEST {
            return Err(Flaw::Other(format!("Recursion depth exceeds {DEEPEST}.")));
        }
        all_needs(self, stack.side, template)?;
        self.check_parameters(definition)?;
        let sight = Sight { world: self, stack, definition, early: true };
        for declared in &template.resources {
            if let Some(condition) = &declared.condition
                && !holds(condition, &sight, &format!("resources.{}.condition", declared.name))?
            {
                continue;
            }
            self.check_resource(stack, declared, &sight, depth, count)?;
        }
        for output in &template.outputs {
            if let Some(condition) = &output.condition
                && !holds(condition, &sight, &format!("outputs.{}.condition", output.name))?
            {
                continue;
            }
            evaluate(&output.value, &sight, &format!("outputs.{}.value", output.name))?;
        }
        Ok(())
    }

    /// Constraints that ask the world: an image of this name, and the like.
    fn check_parameters(&self, definition: &Definition) -> Outcome<()> {
        for parameter in &definition.template.parameters {
            let custom = parameter.constraints.iter().filter(|(rule, ..)| rule == "custom_constraint");
            for (_, what, _) in custom {
                let value = as_text(definition.values.get(&parameter.name).unwrap_or(&Value::Null));
                if value.is_empty() {
                    continue;
                }
                if let Err(why) = self.known(&as_text(what), &value) {
                    let why = format!("Error validating value '{value}': {why}");
                    return Err(Flaw::Parameter(parameter.name.clone(), why));
                }
            }
        }
        Ok(())
    }

    fn known(&self, what: &str, value: &str) -> Result<(), String> {
        let (there, words) = match what {
            "glance.image" => (
                self.images.iter().any(|image| image.id == value || image.name.as_deref() == Some(value)),
                format!("No images matching {{'name': '{value}'}}."),
            ),
            "nova.flavor" => (
                self.flavors.iter().any(|flavor| flavor.id == value || flavor.name == value),
                format!("No Flavor matching {{'name': '{value}'}}."),
            ),
            "nova.keypair" => (
                self.keypairs.iter().any(|key| key.name == value),
                format!("The Key ({value}) could not be found."),
            ),
            "neutron.network" => (
                self.networks.iter().any(|network| network.id == value || network.name == value),
                format!("Unable to find network with name or id '{value}'"),
            ),
            _ => (true, String::new()),
        };
        if there { Ok(()) } else { Err(words) }
    }

    fn check_resource(
        &self,
        stack: &Stack,
        declared: &Declared,
        sight: &Sight<'_>,
        depth: usize,
        count: &mut usize,
    ) -> Outcome<()> {
        let at = format!("resources.{}.properties", declared.name);
        let inside = self.inside(stack.side, sight.definition, declared, None, Some(sight))?;
        let kind = self.kind(stack.side, &sight.definition.real_kind(&declared.kind));
        if inside.is_none() && kind.is_none() {
            return Err(Flaw::UnknownType(declared.name.clone(), declared.kind.clone()));
        }
        // CloudFormation tells of them when the resource is made.
        if let Some(kind) = kind.as_ref().filter(|_| stack.side == Side::Heat) {
            check_names(declared, kind)?;
        }
        for (name, value) in declared.properties.as_object().into_iter().flatten() {
            let place = format!("{at}.{name}");
            let found = evaluate(value, sight, &place)?;
            let mut later = Vec::new();
            references(value, sight.definition.template.form, "", &mut later);
            let own = kind.as_ref().and_then(|kind| kind.properties.iter().find(|own| own.name == name));
            if let Some(own) = own.filter(|_| later.is_empty()) {
                fits(own.shape, &found).map_err(|why| Flaw::Property(place, why))?;
            }
        }
        let properties = evaluate(&declared.properties, sight, &at)?;
        if let Some(kind) = &kind {
            let later = |name: &str| {
                let mut later = Vec::new();
                references(&declared.properties[name], sight.definition.template.form, "", &mut later);
                !later.is_empty()
            };
            kind.behaviour
                .check(&properties, &later)
                .map_err(|(name, why)| Flaw::Property(format!("{at}.{name}"), why))?;
        }
        if let Some(inside) = inside {
            self.check_level(stack, &inside, depth + 1, count)?;
        }
        Ok(())
    }
}

pub(super) fn check_names(declared: &Declared, kind: &Arc<Kind>) -> Outcome<()> {
    let given = declared.properties.as_object();
    let open = kind.properties.iter().any(|own| own.name == "*");
    for name in given.into_iter().flatten().map(|(name, _)| name).filter(|_| !open) {
        if !kind.properties.iter().any(|own| own.name == name) {
            return Err(Flaw::UnknownProperty(declared.name.clone(), name.clone()));
        }
    }
    let missing = kind
        .properties
        .iter()
        .find(|own| own.required && given.and_then(|given| given.get(own.name)).is_none_or(Value::is_null));
    match missing {
        Some(own) => Err(Flaw::PropertyMissing(declared.name.clone(), own.name.to_owned())),
        None => Ok(()),
    }
}

fn fits(shape: Shape, value: &Value) -> Result<(), String> {
    let text = as_text(value);
    let good = value.is_null()
        || match shape {
            Shape::Integer => value.is_i64() || text.parse::<i64>().is_ok(),
            Shape::Number => value.is_number() || text.parse::<f64>().is_ok(),
            Shape::Flag => {
                value.is_boolean()
                    || matches!(
                        text.to_lowercase().as_str(),
                        "true" | "false" | "yes" | "no" | "1" | "0" | "on" | "off" | "t" | "f" | "y" | "n"
                    )
            }
            Shape::List => value.is_array() || value.is_string(),
            Shape::Map => value.is_object(),
            Shape::Text => !value.is_object() && !value.is_array(),
            Shape::Any => true,
        };
    let what = match shape {
        Shape::Integer => format!("Value '{text}' is not an integer"),
        Shape::Number => format!("could not convert string to float: '{text}'"),
        Shape::Flag => format!("\"{text}\" is not a valid boolean"),
        Shape::List => format!("\"{text}\" is not a list"),
        Shape::Map => format!("\"{text}\" is not a map"),
        Shape::Text => "Value must be a string".to_owned(),
        Shape::Any => String::new(),
    };
    if good { Ok(()) } else { Err(what) }
}

impl Definition {
    /// The type that stands for this one, where the environment names another.
    pub(super) fn real_kind(&self, kind: &str) -> String {
        match self.environment.stands_for(kind) {
            Some(other) if !other.ends_with(".yaml") && !other.ends_with(".template") => other,
            _ => kind.to_owned(),
        }
    }
}

impl Side {
    /// Whether a type is a stack inside, by its name alone.
    pub(super) fn nests(self, kind: &str) -> bool {
        matches!(
            (self, kind),
            (Self::Heat, "OS::Heat::ResourceGroup" | "OS::Heat::Stack") | (_, "AWS::CloudFormation::Stack")
        )
    }
}
