//! Change sets: what a change would do, kept until it is executed or deleted.

use super::actions::{changes, good_name, may_update};
use super::asked::asked;
use super::call::{Cloud, Told};
use super::flawed::{constraint, flawed, invalid};
use super::members;
use super::show::{asked_name, named, need, texts};
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::Xml;
use crate::openstack::time;
use crate::world::fresh_id;
use crate::world::stack::{Action, Asked, ChangeSet, Changes, Side, Stack, Verdict, as_text};

const EMPTY: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

fn arn(stack: &Stack, set: &ChangeSet) -> String {
    let account = crate::aws::account(&stack.project);
    format!("arn:aws:cloudformation:us-east-1:{account}:changeSet/{}/{}", set.name, set.id)
}

pub(super) fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let set_name = need(cloud, "ChangeSetName", "changeSetName")?;
    let kind = cloud.params.get("ChangeSetType").unwrap_or("UPDATE").to_owned();
    let good = set_name.starts_with(|c: char| c.is_ascii_alphabetic())
        && set_name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !good {
        return Err(constraint(
            &set_name,
            "changeSetName",
            "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
        ));
    }
    let there = cloud.world.stack_named(Side::Aws, &cloud.asker.project, &name).map(|stack| stack.id.clone());
    let there = there
        .or_else(|| named(cloud, &name).ok().filter(|stack| !stack.is_gone()).map(|stack| stack.id.clone()));
    let id = match (kind.as_str(), there) {
        ("CREATE", Some(id)) => {
            let reviewed = cloud.world.stack(&id).is_some_and(|stack| stack.action == Action::Review);
            if !reviewed {
                return Err(invalid(format!(
                    "Stack [{name}] already exists and cannot be created again with the changeSet [{set_name}]."
                )));
            }
            id
        }
        ("CREATE", None) => {
            good_name(&name)?;
            let asked = Asked { name: name.clone(), ..asked(cloud, None)? };
            let stack = cloud.world.blank_stack(Side::Aws, asked, &cloud.asker);
            cloud.world.check_stack(&stack, &stack.definition).map_err(flawed)?;
            cloud.world.review_stack(stack)
        }
        ("UPDATE", Some(id)) => {
            let stack = cloud.world.stack(&id).ok_or_else(|| super::flawed::missing(&name))?;
            may_update(stack)?;
            id
        }
        ("UPDATE", None) => return Err(invalid(format!("Stack [{name}] does not exist"))),
        (other, _) => {
            return Err(constraint(
                other,
                "changeSetType",
                "satisfy enum value set: [CREATE, UPDATE, IMPORT]",
            ));
        }
    };
    keep(cloud, &id, &set_name)
}

fn keep(cloud: &mut Cloud<'_>, id: &str, name: &str) -> Outcome<Told> {
    let stack = cloud.world.stack(id).ok_or_else(|| super::flawed::missing(id))?;
    if stack.change_sets.iter().any(|set| set.name == name) {
        let message = format!("ChangeSet {name} already exists");
        return Err(Refused::new("AlreadyExistsException", message));
    }
    let review = stack.action == Action::Review;
    let asked = asked(cloud, if review { None } else { Some(stack) })?;
    let rows = cloud.world.preview_stack(stack, &asked.definition).map_err(flawed)?;
    let differs = review || changes(cloud, stack, &asked)?;
    let set = ChangeSet {
        id: fresh_id(),
        name: name.to_owned(),
        description: cloud.params.get("Description").map(str::to_owned),
        created: cloud.world.now(),
        asked,
        rows: if differs { rows } else { Vec::new() },
        executed: false,
        flaw: (!differs).then(|| EMPTY.to_owned()),
    };
    let mut xml = Xml::default();
    xml.text("Id", arn(stack, &set)).text("StackId", stack.arn());
    let told = Told::from(xml).about(&set.id, name);
    cloud.world.keep_change_set(id, set);
    Ok(told)
}

/// The change set that is meant, by its ARN or by its name and the stack's.
fn meant<'a>(cloud: &'a Cloud<'_>) -> Outcome<(&'a Stack, &'a ChangeSet)> {
    let text = need(cloud, "ChangeSetName", "changeSetName")?;
    let gone = || {
        let message = format!("ChangeSet [{text}] does not exist");
        Refused::with(404, "ChangeSetNotFound", message)
    };
    if text.starts_with("arn:") {
        let id = text.rsplit('/').next().unwrap_or_default();
        let own = cloud.world.stacks.iter().filter(|stack| stack.project == cloud.asker.project);
        let mut all = own.flat_map(|stack| stack.change_sets.iter().map(move |set| (stack, set)));
        return all.find(|(_, set)| set.id == id).ok_or_else(gone);
    }
    let stack = named(cloud, &asked_name(cloud)?)?;
    let found = stack.change_sets.iter().find(|set| set.name == text);
    found.map(|set| (stack, set)).ok_or_else(gone)
}

fn state(xml: &mut Xml, set: &ChangeSet) {
    let failed = set.flaw.is_some();
    let execution = match (failed, set.executed) {
        (true, _) => "UNAVAILABLE",
        (false, true) => "EXECUTE_COMPLETE",
        (false, false) => "AVAILABLE",
    };
    xml.text("ExecutionStatus", execution);
    xml.text("Status", if failed { "FAILED" } else { "CREATE_COMPLETE" });
    xml.some("StatusReason", set.flaw.as_ref());
}

fn change(xml: &mut Xml, row: &Changes) {
    let action = match row.verdict {
        Verdict::Added => "Add",
        Verdict::Deleted => "Remove",
        _ => "Modify",
    };
    xml.text("Type", "Resource");
    xml.node("ResourceChange", |xml| {
        xml.text("Action", action).text("LogicalResourceId", &row.logical);
        xml.some("PhysicalResourceId", row.physical.as_ref()).text("ResourceType", &row.kind);
        if action == "Modify" {
            xml.text("Replacement", if row.verdict == Verdict::Replaced { "True" } else { "False" });
            texts(xml, "Scope", &["Properties".to_owned()]);
            members(xml, "Details", &row.properties, |xml, (name, replaces)| {
                xml.node("Target", |xml| {
                    xml.text("Attribute", "Properties").text("Name", name);
                    xml.text("RequiresRecreation", if *replaces { "Always" } else { "Never" });
                });
                xml.text("Evaluation", "Static").text("ChangeSource", "DirectModification");
            });
        }
    });
}

pub(super) fn describe(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (stack, set) = meant(cloud)?;
    let mut xml = Xml::default();
    xml.text("ChangeSetName", &set.name).text("ChangeSetId", arn(stack, set));
    xml.text("StackId", stack.arn()).text("StackName", &stack.name);
    xml.some("Description", set.description.as_ref());
    let definition = &set.asked.definition;
    members(&mut xml, "Parameters", &definition.template.parameters, |xml, parameter| {
        let value = if parameter.hidden {
            "****".to_owned()
        } else {
            definition.values.get(&parameter.name).map(as_text).unwrap_or_default()
        };
        xml.text("ParameterKey", &parameter.name).text("ParameterValue", value);
    });
    xml.text("CreationTime", time::milli(set.created));
    state(&mut xml, set);
    xml.text("NotificationARNs", "");
    texts(&mut xml, "Capabilities", &set.asked.capabilities);
    members(&mut xml, "Tags", &set.asked.labels, |xml, (key, value)| {
        xml.text("Key", key).text("Value", value);
    });
    let rows = set.rows.iter().filter(|row| row.verdict != Verdict::Unchanged);
    members(&mut xml, "Changes", rows, change);
    Ok(xml.into())
}

pub(super) fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let stack = named(cloud, &asked_name(cloud)?)?;
    let mut xml = Xml::default();
    members(&mut xml, "Summaries", &stack.change_sets, |xml, set| {
        xml.text("StackId", stack.arn()).text("StackName", &stack.name);
        xml.text("ChangeSetId", arn(stack, set)).text("ChangeSetName", &set.name);
        state(xml, set);
        xml.text("CreationTime", time::milli(set.created));
        xml.some("Description", set.description.as_ref());
    });
    Ok(xml.into())
}

pub(super) fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (stack, set) = match meant(cloud) {
        Ok(found) => found,
        // One that is not there is as good as deleted.
        Err(refused) if refused.code == "ChangeSetNotFound" => {
            return Ok(Told { repeats: true, ..Told::default() });
        }
        Err(refused) => return Err(refused),
    };
    let (id, set, name) = (stack.id.clone(), set.id.clone(), stack.name.clone());
    cloud.world.drop_change_set(&id, &set);
    Ok(Told::default().about(&set, &name))
}

pub(super) fn execute(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (stack, set) = meant(cloud)?;
    if set.flaw.is_some() || set.executed {
        let message = format!(
            "ChangeSet [{}] cannot be executed in its current status of [{}]",
            arn(stack, set),
            if set.executed { "EXECUTE_COMPLETE" } else { "FAILED" }
        );
        return Err(Refused::new("InvalidChangeSetStatus", message));
    }
    if stack.action != Action::Review {
        may_update(stack)?;
    }
    let (id, name, set) = (stack.id.clone(), stack.name.clone(), set.clone());
    let token = cloud.params.get("ClientRequestToken").map(str::to_owned);
    cloud.world.execute_change_set(&id, &set, token).map_err(flawed)?;
    Ok(Told::default().about(&id, &name))
}
