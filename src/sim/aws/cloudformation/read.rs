//! What is told of stacks, of templates and of exports.

use super::asked::template as asked_template;
use super::call::{Cloud, Told};
use super::flawed::invalid;
use super::members;
use super::show::{asked_name, full, named, need, page, texts};
use crate::aws::refused::Outcome;
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::stack::{Flaw, Side, Stack, Template, as_text};

fn own<'a>(cloud: &'a Cloud<'_>) -> Vec<&'a Stack> {
    let here = |stack: &&Stack| stack.side == Side::Aws && stack.project == cloud.asker.project;
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
        None => own(cloud).into_iter().filter(|stack| !stack.is_gone()).collect(),
    };
    let (rows, next) = page(cloud, rows)?;
    let mut xml = Xml::default();
    members(&mut xml, "Stacks", rows, |xml, stack| full(xml, cloud, stack));
    xml.some("NextToken", next);
    Ok(xml.into())
}

pub(super) fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let wanted = cloud.params.list("StackStatusFilter.member");
    let fits = |stack: &&Stack| wanted.is_empty() || wanted.contains(&stack.state());
    let (rows, next) = page(cloud, own(cloud).into_iter().filter(fits).collect())?;
    let mut xml = Xml::default();
    members(&mut xml, "StackSummaries", rows, |xml, stack| {
        xml.text("StackId", stack.arn()).text("StackName", &stack.name);
        xml.some("TemplateDescription", stack.definition.template.description.as_ref());
        xml.text("CreationTime", time::micro(stack.created));
        xml.some("LastUpdatedTime", stack.updated.map(time::micro));
        xml.some("DeletionTime", stack.deleted.map(time::micro));
        xml.text("StackStatus", stack.state());
        xml.some("StackStatusReason", Some(&stack.reason).filter(|reason| !reason.is_empty()));
        if let Some((parent, _)) = &stack.parent {
            xml.some("ParentId", cloud.world.stack(parent).map(Stack::arn));
        }
        xml.node("DriftInformation", |xml| {
            xml.text("StackDriftStatus", "NOT_CHECKED");
        });
    });
    xml.some("NextToken", next);
    Ok(xml.into())
}

pub(super) fn template(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let mut xml = Xml::default();
    xml.text("TemplateBody", &stack.definition.template.text);
    texts(&mut xml, "StagesAvailable", &["Original".to_owned(), "Processed".to_owned()]);
    Ok(xml.into())
}

/// What a template makes users and roles with.
fn capabilities(template: &Template) -> Vec<String> {
    let iam = template.resources.iter().any(|own| own.kind.starts_with("AWS::IAM::"));
    if iam { vec!["CAPABILITY_IAM".to_owned()] } else { Vec::new() }
}

pub(super) fn summary(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let named_stack = match cloud.params.get("StackName") {
        Some(name) => Some(named(cloud, name)?),
        None => None,
    };
    let template = match named_stack {
        Some(stack) => std::sync::Arc::clone(&stack.definition.template),
        None => asked_template(cloud, None)?,
    };
    for resource in &template.resources {
        if cloud.world.kind(Side::Aws, &resource.kind).is_none() {
            let flaw = Flaw::UnknownType(resource.name.clone(), resource.kind.clone());
            return Err(super::flawed::flawed(flaw));
        }
    }
    let mut xml = Xml::default();
    members(&mut xml, "Parameters", &template.parameters, |xml, parameter| {
        xml.text("ParameterKey", &parameter.name);
        xml.some("DefaultValue", parameter.default.as_ref().map(as_text));
        xml.text("ParameterType", &parameter.word).text("NoEcho", parameter.hidden);
        xml.text("Description", &parameter.description);
        xml.node("ParameterConstraints", |xml| {
            let allowed = parameter.constraints.iter().find(|(rule, ..)| rule == "allowed_values");
            if let Some((_, values, _)) = allowed {
                let rows: Vec<String> = values.as_array().into_iter().flatten().map(as_text).collect();
                texts(xml, "AllowedValues", &rows);
            }
        });
    });
    xml.some("Description", template.description.as_ref());
    let mut kinds: Vec<String> = template.resources.iter().map(|own| own.kind.clone()).collect();
    kinds.dedup();
    texts(&mut xml, "ResourceTypes", &kinds);
    let needs = capabilities(&template);
    if !needs.is_empty() {
        texts(&mut xml, "Capabilities", &needs);
        xml.text("CapabilitiesReason", "The following resource(s) require capabilities: [AWS::IAM::Role]");
    }
    xml.text("Version", "2010-09-09");
    Ok(xml.into())
}

pub(super) fn validate(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let template = asked_template(cloud, None)?;
    if template.resources.is_empty() {
        return Err(super::flawed::flawed(Flaw::NoResources));
    }
    for resource in &template.resources {
        if cloud.world.kind(Side::Aws, &resource.kind).is_none() {
            let flaw = Flaw::UnknownType(resource.name.clone(), resource.kind.clone());
            return Err(super::flawed::flawed(flaw));
        }
    }
    let mut xml = Xml::default();
    members(&mut xml, "Parameters", &template.parameters, |xml, parameter| {
        xml.text("ParameterKey", &parameter.name);
        xml.some("DefaultValue", parameter.default.as_ref().map(as_text));
        xml.text("NoEcho", parameter.hidden).text("Description", &parameter.description);
    });
    xml.some("Description", template.description.as_ref());
    texts(&mut xml, "Capabilities", &capabilities(&template));
    texts(&mut xml, "DeclaredTransforms", &[]);
    Ok(xml.into())
}

pub(super) fn estimate(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    asked_template(cloud, None)?;
    let mut xml = Xml::default();
    xml.text("Url", "http://calculator.s3.amazonaws.com/calc5.html?key=cloudformation/simulated");
    Ok(xml.into())
}

pub(super) fn exports(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for stack in own(cloud).into_iter().filter(|stack| !stack.is_gone()) {
        rows.extend(stack.exports.iter().map(|(name, value)| (stack.arn(), name.clone(), as_text(value))));
    }
    rows.sort_by(|one, other| one.1.cmp(&other.1));
    let (rows, next) = page(cloud, rows)?;
    let mut xml = Xml::default();
    members(&mut xml, "Exports", rows, |xml, (stack, name, value)| {
        xml.text("ExportingStackId", stack).text("Name", name).text("Value", value);
    });
    xml.some("NextToken", next);
    Ok(xml.into())
}

pub(super) fn imports(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = need(cloud, "ExportName", "exportName")?;
    let rows = cloud.world.importers(&cloud.asker.project, &name);
    if rows.is_empty() {
        return Err(invalid(format!("Export '{name}' is not imported by any stack.")));
    }
    let mut xml = Xml::default();
    texts(&mut xml, "Imports", &rows);
    Ok(xml.into())
}

pub(super) fn policy(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    named(cloud, &asked_name(cloud)?)?;
    Ok(Told::default())
}
