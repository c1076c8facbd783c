//! A stack as CloudFormation shows it.

use super::call::Cloud;
use super::flawed::{constraint, missing};
use super::members;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::stack::{Failing, Side, Stack, as_text, spaced};

/// How many rows a page has.
const PAGE: usize = 100;

/// The stack that a name or an ARN means; a deleted one is found by its ARN alone.
pub(super) fn named<'a>(cloud: &'a Cloud<'_>, text: &str) -> Outcome<&'a Stack> {
    let own = |stack: &&Stack| stack.side == Side::Aws && stack.project == cloud.asker.project;
    let found = if text.starts_with("arn:") {
        let id = text.rsplit('/').next().unwrap_or_default();
        cloud.world.stack(id).filter(own).filter(|stack| stack.arn() == text)
    } else {
        cloud.world.stack_named(Side::Aws, &cloud.asker.project, text)
    };
    found.ok_or_else(|| missing(text))
}

/// The name that must be there.
pub(super) fn asked_name(cloud: &Cloud<'_>) -> Outcome<String> {
    need(cloud, "StackName", "stackName")
}

pub(super) fn need(cloud: &Cloud<'_>, name: &str, member: &str) -> Outcome<String> {
    match cloud.params.get(name) {
        Some(text) => Ok(text.to_owned()),
        None => Err(super::flawed::invalid(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))),
    }
}

/// The page of these rows that is asked for, and the token of the next.
pub(super) fn page<T>(cloud: &Cloud<'_>, rows: Vec<T>) -> Outcome<(Vec<T>, Option<String>)> {
    let from = match cloud.params.get("NextToken") {
        None => 0,
        Some(token) => {
            let number = token.strip_prefix("page-").and_then(|text| text.parse::<usize>().ok());
            number.ok_or_else(|| constraint(token, "nextToken", "be a token that was given"))?
        }
    };
    let more = rows.len() > from + PAGE;
    let rows = rows.into_iter().skip(from).take(PAGE).collect();
    Ok((rows, more.then(|| format!("page-{}", from + PAGE))))
}

/// A number or a truth of the request, read as it must be.
pub(super) fn flag(cloud: &Cloud<'_>, name: &str) -> Outcome<Option<bool>> {
    match cloud.params.get(name) {
        None => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(text) => Err(Refused::new("MalformedInput", format!("Invalid boolean {text} for {name}"))),
    }
}

/// The values of the parameters, hidden ones masked.
pub(super) fn parameters(xml: &mut Xml, stack: &Stack) {
    let definition = &stack.definition;
    members(xml, "Parameters", &definition.template.parameters, |xml, parameter| {
        let value = match definition.values.get(&parameter.name) {
            _ if parameter.hidden => "****".to_owned(),
            Some(serde_json::Value::Array(rows)) => rows.iter().map(as_text).collect::<Vec<_>>().join(","),
            Some(value) => as_text(value),
            None => String::new(),
        };
        xml.text("ParameterKey", &parameter.name).text("ParameterValue", value);
    });
}

pub(super) fn texts(xml: &mut Xml, name: &str, rows: &[String]) {
    xml.node(name, |xml| {
        for row in rows {
            xml.text("member", row);
        }
    });
}

pub(super) fn tags(xml: &mut Xml, stack: &Stack) {
    members(xml, "Tags", &stack.labels, |xml, (key, value)| {
        xml.text("Key", key).text("Value", value);
    });
}

/// The whole of a stack.
pub(super) fn full(xml: &mut Xml, cloud: &Cloud<'_>, stack: &Stack) {
    xml.text("StackId", stack.arn()).text("StackName", &stack.name);
    xml.some("Description", stack.definition.template.description.as_ref());
    parameters(xml, stack);
    xml.text("CreationTime", time::micro(stack.created));
    xml.some("LastUpdatedTime", stack.updated.map(time::micro));
    xml.some("DeletionTime", stack.deleted.map(time::micro));
    xml.text("StackStatus", stack.state());
    xml.some("StackStatusReason", Some(&stack.reason).filter(|reason| !reason.is_empty()));
    xml.text("DisableRollback", stack.failing == Failing::Keep).text("NotificationARNs", "");
    xml.some("TimeoutInMinutes", stack.timeout_mins);
    if !stack.capabilities.is_empty() {
        texts(xml, "Capabilities", &stack.capabilities);
    }
    let done = stack.status == crate::world::stack::Status::Complete
        && !stack.is_gone()
        && stack.action != crate::world::stack::Action::Rollback;
    let rows: Vec<_> =
        cloud.world.outputs(stack).into_iter().filter(|row| done && row.flaw.is_none()).collect();
    if !rows.is_empty() {
        members(xml, "Outputs", rows, |xml, output| {
            let value = match &output.value {
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => spaced(&output.value),
                other => as_text(other),
            };
            xml.text("OutputKey", output.name).text("OutputValue", value);
            xml.some("Description", output.description).some("ExportName", output.export);
        });
    }
    tags(xml, stack);
    xml.text("EnableTerminationProtection", stack.protected);
    if let Some((parent, _)) = &stack.parent {
        let own = cloud.world.stack(parent);
        xml.some("ParentId", own.map(Stack::arn));
        xml.some("RootId", own.map(|own| cloud.world.root_of(own).arn()));
    }
    xml.node("DriftInformation", |xml| {
        xml.text("StackDriftStatus", "NOT_CHECKED");
    });
}
