//! What Heat's query protocol tells of stacks, `None` and all.

use serde_json::Value;

use super::call::{Cloud, Told};
use super::heat::{asked_name, named, template};
use super::heat_words::{CRASHED, flawed, refused};
use super::members;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::stack::{Action, Failing, Flaw, Form, Resource, Side, Stack, Status, as_text, spaced};

/// A time, or the word that stands for none.
fn moment(at: Option<std::time::SystemTime>) -> String {
    at.map_or_else(|| "None".to_owned(), time::second)
}

fn shown(xml: &mut Xml, cloud: &Cloud<'_>, stack: &Stack) {
    let description = stack.definition.template.description.clone();
    xml.text("Capabilities", "").text("CreationTime", time::second(stack.created));
    xml.text("Description", description.unwrap_or_else(|| "No description".to_owned()));
    let keeps = if stack.failing == Failing::RollBack { "False" } else { "True" };
    xml.text("DisableRollback", keeps).text("NotificationARNs", "");
    let mut parameters: Vec<(String, String)> = match stack.definition.template.form {
        Form::Hot => vec![
            ("OS::stack_id".into(), stack.id.clone()),
            ("OS::project_id".into(), stack.project.clone()),
            ("OS::stack_name".into(), stack.name.clone()),
        ],
        _ => vec![
            ("AWS::StackId".into(), stack.arn()),
            ("AWS::StackName".into(), stack.name.clone()),
            ("AWS::Region".into(), "ap-southeast-1".into()),
        ],
    };
    parameters.extend(stack.definition.shown());
    members(xml, "Parameters", parameters, |xml, (name, value)| {
        xml.text("ParameterKey", name).text("ParameterValue", value);
    });
    if let Some(updated) = stack.updated {
        xml.text("LastUpdatedTime", time::second(updated));
    }
    xml.text("StackId", stack.arn()).text("StackName", &stack.name).text("StackStatusReason", &stack.reason);
    let minutes = stack.timeout_mins.map_or_else(|| "None".to_owned(), |minutes| minutes.to_string());
    xml.text("TimeoutInMinutes", minutes).text("StackStatus", stack.state());
    if stack.is_gone() {
        xml.text("Outputs", "");
        return;
    }
    members(xml, "Outputs", cloud.world.outputs(stack), |xml, output| {
        let description = output.description.unwrap_or_else(|| "No description given".to_owned());
        let value = match &output.value {
            Value::String(text) => text.clone(),
            Value::Null => "None".to_owned(),
            other => spaced(other),
        };
        xml.text("Description", description).text("OutputKey", output.name).text("OutputValue", value);
    });
}

fn own<'a>(cloud: &'a Cloud<'_>) -> Vec<&'a Stack> {
    let here = |stack: &&Stack| {
        stack.side == Side::Heat
            && stack.project == cloud.asker.project
            && stack.parent.is_none()
            && !stack.is_gone()
    };
    let mut rows: Vec<&Stack> = cloud.world.stacks.iter().filter(here).collect();
    rows.reverse();
    rows
}

pub(super) fn describe(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = cloud.params.get("StackName").map(str::to_owned);
    if let Some(name) = &name {
        let id = named(cloud, name)?.id.clone();
        cloud.world.refresh_stack(&id);
    }
    let rows = match &name {
        Some(name) => vec![named(cloud, name)?],
        None => own(cloud),
    };
    let mut xml = Xml::default();
    members(&mut xml, "Stacks", rows, |xml, stack| shown(xml, cloud, stack));
    Ok(xml.into())
}

pub(super) fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let mut xml = Xml::default();
    members(&mut xml, "StackSummaries", own(cloud), |xml, stack| {
        xml.text("CreationTime", time::second(stack.created)).text("LastUpdatedTime", moment(stack.updated));
        xml.text("StackId", stack.arn()).text("StackName", &stack.name);
        xml.text("StackStatusReason", &stack.reason).text("StackStatus", stack.state());
        xml.text("DeletionTime", moment(stack.deleted));
        if let Some(description) = &stack.definition.template.description {
            xml.text("TemplateDescription", description);
        }
    });
    Ok(xml.into())
}

/// Heat's engine dies of it, for every stack.
pub(super) fn events(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    named(cloud, &asked_name(cloud)?)?;
    Err(Refused::with(500, CRASHED, "The server encountered an unexpected internal server error"))
}

/// The id of a resource, where it was made.
fn physical(resource: &Resource) -> String {
    let failed =
        resource.action == Action::Create && resource.status == Status::Failed && resource.nested.is_none();
    resource.physical.clone().filter(|_| !failed).unwrap_or_default()
}

fn resource_row(xml: &mut Xml, stack: &Stack, resource: &Resource) {
    xml.text("Description", &resource.description).text("LogicalResourceId", &resource.logical);
    xml.text("PhysicalResourceId", physical(resource)).text("ResourceStatusReason", &resource.reason);
    xml.text("ResourceType", &resource.kind).text("StackId", stack.arn()).text("StackName", &stack.name);
}

fn there<'a>(stack: &'a Stack, wanted: Option<&'a str>) -> impl Iterator<Item = &'a Resource> {
    let fits = move |own: &&Resource| !own.outdated && wanted.is_none_or(|name| own.logical == name);
    stack.resources.iter().filter(fits)
}

pub(super) fn resources(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (name, id) = (cloud.params.get("StackName"), cloud.params.get("PhysicalResourceId"));
    if name.is_some() && id.is_some() {
        let message = "Use `StackName` or `PhysicalResourceId` but not both";
        return Err(refused("InvalidParameterCombination", message));
    }
    let stack = match id {
        Some(id) => {
            let has = |stack: &&&Stack| there(stack, None).any(|own| own.physical.as_deref() == Some(id));
            own(cloud).iter().find(has).copied().ok_or_else(|| flawed(Flaw::Missing(id.to_owned())))?
        }
        None => named(cloud, &asked_name(cloud)?)?,
    };
    let mut xml = Xml::default();
    members(
        &mut xml,
        "StackResources",
        there(stack, cloud.params.get("LogicalResourceId")),
        |xml, resource| {
            resource_row(xml, stack, resource);
            xml.text("Timestamp", moment(resource.updated)).text("ResourceStatus", resource.state());
        },
    );
    Ok(xml.into())
}

pub(super) fn resource(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let name = cloud.params.get("LogicalResourceId").unwrap_or_default();
    let found = stack.resource(name);
    let found = found.ok_or_else(|| flawed(Flaw::NoResource(name.to_owned(), stack.name.clone())))?;
    let mut xml = Xml::default();
    xml.node("StackResourceDetail", |xml| {
        resource_row(xml, stack, found);
        xml.text("LastUpdatedTimestamp", moment(found.updated)).text("ResourceStatus", found.state());
        xml.text(
            "Metadata",
            if found.metadata.is_null() { "{}".to_owned() } else { spaced(&found.metadata) },
        );
    });
    Ok(xml.into())
}

pub(super) fn list_resources(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let mut xml = Xml::default();
    members(&mut xml, "StackResourceSummaries", there(stack, None), |xml, resource| {
        xml.text("LastUpdatedTimestamp", moment(resource.updated))
            .text("LogicalResourceId", &resource.logical);
        xml.text("PhysicalResourceId", physical(resource)).text("ResourceStatusReason", &resource.reason);
        xml.text("ResourceType", &resource.kind).text("ResourceStatus", resource.state());
    });
    Ok(xml.into())
}

pub(super) fn template_of(stack: &Stack) -> String {
    spaced(&stack.definition.template.raw)
}

pub(super) fn template_text(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let mut xml = Xml::default();
    xml.text("TemplateBody", template_of(stack));
    Ok(xml.into())
}

pub(super) fn estimate(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    template(cloud)?;
    let mut xml = Xml::default();
    xml.text("Url", "http://en.wikipedia.org/wiki/Gratis");
    Ok(xml.into())
}

pub(super) fn validate(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let template = template(cloud)?;
    let mut xml = Xml::default();
    xml.text("Description", template.description.clone().unwrap_or_else(|| "No description".to_owned()));
    members(&mut xml, "Parameters", &template.parameters, |xml, parameter| {
        xml.text("ParameterKey", &parameter.name);
        xml.text("DefaultValue", parameter.default.as_ref().map(as_text).unwrap_or_default());
        xml.text("Description", &parameter.description).text("NoEcho", parameter.hidden);
    });
    xml.node("Environment", |xml| {
        xml.node("resource_registry", |xml| {
            xml.text("resources", "");
        });
        xml.text("parameters", "").text("parameter_defaults", "").text("event_sinks", "");
    });
    Ok(xml.into())
}
