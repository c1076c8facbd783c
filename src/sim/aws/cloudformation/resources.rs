//! The resources of a stack, and what happened to them.

use super::call::{Cloud, Told};
use super::flawed::{invalid, missing};
use super::members;
use super::show::{asked_name, named, need, page};
use crate::aws::refused::Outcome;
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::stack::{Event, Resource, Stack, spaced};

pub(super) fn events(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let rows: Vec<&Event> = stack.events.iter().rev().collect();
    let (rows, next) = page(cloud, rows)?;
    let mut xml = Xml::default();
    members(&mut xml, "StackEvents", rows, |xml, event| {
        let own = event.physical == stack.arn();
        let id = match own {
            true => event.id.clone(),
            false => format!("{}-{}-{}", event.logical, event.status_word(), event.id),
        };
        xml.text("StackId", stack.arn()).text("EventId", id).text("StackName", &stack.name);
        xml.text("LogicalResourceId", &event.logical).text("PhysicalResourceId", &event.physical);
        xml.text("ResourceType", &event.kind).text("Timestamp", time::milli(event.at));
        xml.text("ResourceStatus", event.status_word());
        xml.some("ResourceStatusReason", Some(&event.reason).filter(|reason| !reason.is_empty()));
        if event.properties.is_object() {
            xml.text("ResourceProperties", spaced(&event.properties));
        }
        xml.some("ClientRequestToken", event.token.as_ref());
    });
    xml.some("NextToken", next);
    Ok(xml.into())
}

fn there(stack: &Stack) -> Vec<&Resource> {
    stack.resources.iter().filter(|own| !own.outdated).collect()
}

fn row(xml: &mut Xml, stack: &Stack, resource: &Resource) {
    xml.text("StackName", &stack.name).text("StackId", stack.arn());
    xml.text("LogicalResourceId", &resource.logical);
    xml.some("PhysicalResourceId", resource.physical.as_ref());
    xml.text("ResourceType", &resource.kind);
}

fn status(xml: &mut Xml, resource: &Resource) {
    xml.text("ResourceStatus", resource.state());
    xml.some("ResourceStatusReason", Some(&resource.reason).filter(|reason| !reason.is_empty()));
    xml.node("DriftInformation", |xml| {
        xml.text("StackResourceDriftStatus", "NOT_CHECKED");
    });
}

/// The stack of this name, or the one that has a resource of this id.
fn meant<'a>(cloud: &'a Cloud<'_>) -> Outcome<&'a Stack> {
    if let Some(name) = cloud.params.get("StackName") {
        return named(cloud, name);
    }
    let Some(id) = cloud.params.get("PhysicalResourceId") else {
        return Err(invalid("Either StackName or PhysicalResourceId must be specified"));
    };
    let has = |stack: &&Stack| {
        stack.project == cloud.asker.project
            && there(stack).iter().any(|own| own.physical.as_deref() == Some(id))
    };
    cloud.world.stacks.iter().find(has).ok_or_else(|| missing(id))
}

pub(super) fn describe_all(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = meant(cloud)?;
    let wanted = cloud.params.get("LogicalResourceId");
    let rows = there(stack).into_iter().filter(|own| wanted.is_none_or(|name| own.logical == name));
    let mut xml = Xml::default();
    members(&mut xml, "StackResources", rows, |xml, resource| {
        row(xml, stack, resource);
        xml.some("Timestamp", resource.updated.map(time::milli));
        status(xml, resource);
    });
    Ok(xml.into())
}

pub(super) fn describe(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let logical = need(cloud, "LogicalResourceId", "logicalResourceId")?;
    let stack = named(cloud, &name)?;
    let found = stack.resource(&logical);
    let resource =
        found.ok_or_else(|| invalid(format!("Resource {logical} does not exist for stack {name}")))?;
    let mut xml = Xml::default();
    xml.node("StackResourceDetail", |xml| {
        row(xml, stack, resource);
        xml.some("LastUpdatedTimestamp", resource.updated.map(time::milli));
        status(xml, resource);
        xml.text(
            "Metadata",
            if resource.metadata.is_null() { "{}".to_owned() } else { spaced(&resource.metadata) },
        );
    });
    Ok(xml.into())
}

pub(super) fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let (rows, next) = page(cloud, there(stack))?;
    let mut xml = Xml::default();
    members(&mut xml, "StackResourceSummaries", rows, |xml, resource| {
        xml.text("LogicalResourceId", &resource.logical);
        xml.some("PhysicalResourceId", resource.physical.as_ref());
        xml.text("ResourceType", &resource.kind);
        xml.some("LastUpdatedTimestamp", resource.updated.map(time::milli));
        status(xml, resource);
    });
    xml.some("NextToken", next);
    Ok(xml.into())
}
