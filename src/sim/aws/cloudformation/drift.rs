//! Drift: what is gone from where it was made, of the kinds that are looked for; the others are not checked, and say so.

use super::call::{Cloud, Told};
use super::flawed::invalid;
use super::members;
use super::show::{asked_name, named, need};
use crate::aws::refused::Outcome;
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::stack::spaced;

pub(super) fn detect(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    if stack.busy() || stack.is_gone() {
        let message = format!("Stack:{} is in {} state and can not be checked.", stack.arn(), stack.state());
        return Err(invalid(message));
    }
    let mut xml = Xml::default();
    xml.text("StackDriftDetectionId", &stack.id);
    Ok(xml.into())
}

pub(super) fn status(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = need(cloud, "StackDriftDetectionId", "stackDriftDetectionId")?;
    let own = cloud.world.stack(&id).filter(|stack| stack.project == cloud.asker.project);
    let stack = own.ok_or_else(|| invalid(format!("Drift detection with id {id} does not exist")))?;
    let gone = stack.resources.iter().filter(|own| cloud.world.is_drifted(stack, own) == Some(true)).count();
    let mut xml = Xml::default();
    xml.text("StackId", stack.arn()).text("StackDriftDetectionId", &id);
    xml.text("StackDriftStatus", if gone == 0 { "IN_SYNC" } else { "DRIFTED" });
    xml.text("DetectionStatus", "DETECTION_COMPLETE").text("DriftedStackResourceCount", gone);
    xml.text("Timestamp", time::milli(cloud.world.now()));
    Ok(xml.into())
}

pub(super) fn resources(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let mut xml = Xml::default();
    let rows = stack.resources.iter().filter(|own| !own.outdated && own.physical.is_some());
    members(&mut xml, "StackResourceDrifts", rows, |xml, resource| {
        let drifted = cloud.world.is_drifted(stack, resource);
        xml.text("StackId", stack.arn()).text("LogicalResourceId", &resource.logical);
        xml.some("PhysicalResourceId", resource.physical.as_ref()).text("ResourceType", &resource.kind);
        xml.text("ExpectedProperties", spaced(&resource.properties));
        let status = match drifted {
            Some(true) => "DELETED",
            Some(false) => "IN_SYNC",
            // Of kinds that are not compared, as CloudFormation leaves out some, too.
            None => "NOT_CHECKED",
        };
        xml.text(
            "ActualProperties",
            if drifted == Some(true) { "{}".to_owned() } else { spaced(&resource.properties) },
        );
        xml.text("PropertyDifferences", "");
        xml.text("StackResourceDriftStatus", status);
        xml.text("Timestamp", time::milli(cloud.world.now()));
    });
    Ok(xml.into())
}
