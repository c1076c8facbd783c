//! Making, changing and deleting stacks by Heat's query protocol.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::{Cloud, Told};
use super::heat_words::{flawed, refused};
use crate::aws::refused::Outcome;
use crate::aws::xml::Xml;
use crate::world::stack::{Asked, Definition, Environment, Failing, Files, Flaw, Side, Stack, Template};

/// The stack that a name, an id or an ARN means.
pub(super) fn named<'a>(cloud: &'a Cloud<'_>, text: &str) -> Outcome<&'a Stack> {
    let own = |stack: &&Stack| stack.side == Side::Heat && stack.project == cloud.asker.project;
    let id = text.rsplit('/').next().unwrap_or(text);
    let found = if text.starts_with("arn:") {
        cloud.world.stack(id).filter(own)
    } else {
        let live = cloud.world.stack_named(Side::Heat, &cloud.asker.project, text);
        live.or_else(|| cloud.world.stack(text).filter(own).filter(|stack| !stack.is_gone()))
    };
    found.ok_or_else(|| flawed(Flaw::Missing(text.to_owned())))
}

pub(super) fn asked_name(cloud: &Cloud<'_>) -> Outcome<String> {
    match cloud.params.get("StackName") {
        Some(name) => Ok(name.to_owned()),
        None => Err(refused("MissingParameter", "The parameter StackName is required.")),
    }
}

pub(super) fn template(cloud: &Cloud<'_>) -> Outcome<Template> {
    let url = cloud.params.get("TemplateUrl");
    let text = match (cloud.params.get("TemplateBody"), url) {
        (Some(text), _) => text.to_owned(),
        (None, Some(url)) => {
            let found = cloud.world.object(url).map(str::to_owned);
            found.ok_or_else(|| {
                refused("InvalidParameterValue", &format!("Failed to retrieve template from {url}"))
            })?
        }
        (None, None) => {
            return Err(refused("MissingParameter", "TemplateBody or TemplateUrl were not given."));
        }
    };
    if text.trim() == "{}" {
        return Err(flawed(Flaw::NotMap));
    }
    Template::for_heat(&Value::from(text)).map_err(flawed)
}

fn given(cloud: &Cloud<'_>) -> Map<String, Value> {
    let rows = cloud.params.records("Parameters.member");
    let row = |row: &crate::aws::params::Params| {
        Some((row.get("ParameterKey")?.to_owned(), Value::from(row.raw("ParameterValue")?)))
    };
    rows.iter().filter_map(row).collect()
}

fn asked(cloud: &Cloud<'_>, usual: Failing) -> Outcome<Asked> {
    let (disable, on_failure) = (cloud.params.get("DisableRollback"), cloud.params.get("OnFailure"));
    let failing = match (disable, on_failure) {
        (Some(_), Some(_)) => {
            let message = "DisableRollback and OnFailure may not be used together";
            return Err(refused("InvalidParameterCombination", message));
        }
        (Some(text), None) if text.eq_ignore_ascii_case("true") => Failing::Keep,
        (Some(_), None) => Failing::RollBack,
        (None, Some("DO_NOTHING")) => Failing::Keep,
        (None, Some("ROLLBACK" | "DELETE")) => Failing::RollBack,
        (None, Some(other)) => {
            return Err(refused(
                "InvalidParameterValue",
                &format!("Unexpected value for OnFailure: {other}"),
            ));
        }
        (None, None) => usual,
    };
    let timeout_mins = match cloud.params.get("TimeoutInMinutes") {
        None => None,
        Some(text) => {
            let wrong = || refused("InvalidParameterValue", "Only integer is acceptable by 'timeout_mins'.");
            Some(text.parse().map_err(|_| wrong())?)
        }
    };
    let template = Arc::new(template(cloud)?);
    let environment = Environment { parameters: given(cloud), ..Environment::default() };
    let definition = Definition::new(template, environment, Arc::new(Files::new())).map_err(flawed)?;
    Ok(Asked { definition, failing, timeout_mins, ..Asked::default() })
}

fn made(stack: &Stack) -> Told {
    let mut xml = Xml::default();
    xml.text("StackId", stack.arn());
    Told::from(xml).about(&stack.id, &stack.name)
}

pub(super) fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let asked = Asked { name: name.clone(), ..asked(cloud, Failing::Keep)? };
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && name.len() <= 255;
    if !good {
        return Err(flawed(Flaw::Name(name)));
    }
    let id = cloud.world.create_stack(Side::Heat, asked, &cloud.asker).map_err(flawed)?;
    Ok(made(named(cloud, &id)?))
}

pub(super) fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    if !cloud.params.has("TemplateBody") && !cloud.params.has("TemplateUrl") {
        template(cloud)?;
    }
    let stack = named(cloud, &name)?;
    let (id, failing, tags) = (stack.id.clone(), stack.failing, stack.tags.clone());
    let asked = Asked { tags, ..asked(cloud, failing)? };
    cloud.world.update_stack(&id, asked).map_err(flawed)?;
    Ok(made(named(cloud, &id)?))
}

pub(super) fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    cloud.world.delete_stack(&id, Vec::new()).map_err(flawed)?;
    Ok(Told::default().about(&id, &name))
}

pub(super) fn cancel(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, name) = (stack.id.clone(), stack.name.clone());
    cloud.world.cancel_update(&id, true).map_err(flawed)?;
    Ok(Told::default().about(&id, &name))
}
