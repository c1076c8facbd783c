//! Making stacks, changing and deleting them; what AWS allows in which state.

use serde_json::Value;

use super::asked::asked;
use super::call::{Cloud, Told};
use super::flawed::{constraint, flawed, invalid};
use super::show::{asked_name, flag, named, need};
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::Xml;
use crate::world::stack::{Action, Asked, Flaw, Side, Stack, Status, Template, Verdict, as_text};

/// Whether a stack may be called so.
pub(super) fn good_name(name: &str) -> Outcome<()> {
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if name.len() > 128 {
        return Err(constraint(name, "stackName", "have length less than or equal to 128"));
    }
    if good {
        return Ok(());
    }
    let rule = "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";
    Err(constraint(name, "stackName", rule))
}

pub(super) fn made(stack: &Stack) -> Told {
    let mut xml = Xml::default();
    xml.text("StackId", stack.arn());
    Told::from(xml).about(&stack.id, &stack.name)
}

pub(super) fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    good_name(&name)?;
    let there = cloud.world.stack_named(Side::Aws, &cloud.asker.project, &name);
    if let Some(stack) = there {
        let token = cloud.params.get("ClientRequestToken");
        if token.is_some() && stack.token.as_deref() == token {
            return Ok(Told { repeats: true, ..made(stack) });
        }
        if stack.action == Action::Review {
            let message =
                format!("Stack:{} is in REVIEW_IN_PROGRESS state and can not be created.", stack.arn());
            return Err(invalid(message));
        }
        return Err(flawed(Flaw::Exists(name)));
    }
    let asked = Asked { name, ..asked(cloud, None)? };
    let id = cloud.world.create_stack(Side::Aws, asked, &cloud.asker).map_err(flawed)?;
    let protected = flag(cloud, "EnableTerminationProtection")?.unwrap_or_default();
    cloud.world.protect_stack(&id, protected);
    let stack = cloud.world.stack(&id).ok_or_else(|| invalid("the stack is gone"))?;
    Ok(made(stack))
}

/// Refuses a change of a stack in this state.
pub(super) fn may_update(stack: &Stack) -> Outcome<()> {
    let state = stack.state();
    let good = matches!(
        state.as_str(),
        "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "UPDATE_FAILED"
            | "CREATE_FAILED"
            | "IMPORT_COMPLETE"
    );
    if good {
        return Ok(());
    }
    Err(invalid(format!("Stack:{} is in {state} state and can not be updated.", stack.arn())))
}

/// Whether there is something to change.
pub(super) fn changes(cloud: &Cloud<'_>, stack: &Stack, asked: &Asked) -> Outcome<bool> {
    let rows = cloud.world.preview_stack(stack, &asked.definition).map_err(flawed)?;
    let (old, new) = (&stack.definition.template, &asked.definition.template);
    let metadata = |template: &Template| -> Vec<(String, Value, String)> {
        let rows = template.resources.iter();
        rows.map(|own| (own.name.clone(), own.metadata.clone(), own.deletion.clone())).collect()
    };
    Ok(rows.iter().any(|row| row.verdict != Verdict::Unchanged)
        || old.outputs != new.outputs
        || metadata(old) != metadata(new)
        || stack.labels != asked.labels)
}

pub(super) fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    if stack.is_gone() {
        return Err(super::flawed::missing(&name));
    }
    let token = cloud.params.get("ClientRequestToken");
    if token.is_some() && stack.token.as_deref() == token && stack.action != Action::Create {
        return Ok(Told { repeats: true, ..made(stack) });
    }
    let asked = asked(cloud, Some(stack))?;
    may_update(stack)?;
    if stack.status == Status::Complete && !changes(cloud, stack, &asked)? {
        return Err(flawed(Flaw::NoChange));
    }
    let told = made(stack);
    let id = stack.id.clone();
    cloud.world.update_stack(&id, asked).map_err(flawed)?;
    Ok(told)
}

pub(super) fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let bare = || Told { bare: true, ..Told::default() };
    let Ok(stack) = named(cloud, &name) else { return Ok(Told { repeats: true, ..bare() }) };
    if stack.is_gone() {
        return Ok(Told { repeats: true, ..bare() });
    }
    if stack.protected {
        return Err(flawed(Flaw::Protected(stack.name.clone())));
    }
    let retain = cloud.params.list("RetainResources.member");
    let failed = stack.action == Action::Delete && stack.status == Status::Failed;
    if !retain.is_empty() && !failed {
        let message = format!(
            "Invalid operation on stack [{}]. Operation can not be performed since stack is not in DELETE_FAILED state. Please \
             remove the retain-resources parameter",
            stack.arn()
        );
        return Err(invalid(message));
    }
    let (id, own) = (stack.id.clone(), stack.name.clone());
    if let Some(flaw) = cloud.world.used_exports(&id) {
        return Err(flawed(flaw));
    }
    cloud.world.set_token(&id, cloud.params.get("ClientRequestToken"));
    cloud.world.delete_stack(&id, retain).map_err(flawed)?;
    Ok(bare().about(&id, &own))
}

pub(super) fn cancel(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, own, before) = (stack.id.clone(), stack.name.clone(), stack.token.clone());
    cloud.world.set_token(&id, cloud.params.get("ClientRequestToken"));
    if let Err(flaw) = cloud.world.cancel_update(&id, true) {
        cloud.world.set_token(&id, before.as_deref());
        return Err(match flaw {
            Flaw::State(..) => invalid("CancelUpdateStack cannot be called from current stack status"),
            other => flawed(other),
        });
    }
    Ok(Told { bare: true, ..Told::default() }.about(&id, &own))
}

pub(super) fn go_on(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, own, arn, before) = (stack.id.clone(), stack.name.clone(), stack.arn(), stack.token.clone());
    let skip = cloud.params.list("ResourcesToSkip.member");
    cloud.world.set_token(&id, cloud.params.get("ClientRequestToken"));
    if let Err(flaw) = cloud.world.continue_rollback(&id, &skip) {
        cloud.world.set_token(&id, before.as_deref());
        return Err(match flaw {
            Flaw::State(_, state) => {
                invalid(format!("Stack:{arn} is in {state} state and can not continue rollback."))
            }
            other => flawed(other),
        });
    }
    Ok(Told::default().about(&id, &own))
}

pub(super) fn roll_back(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, arn, state) = (stack.id.clone(), stack.arn(), stack.state());
    let told = made(stack);
    if !matches!(state.as_str(), "CREATE_FAILED" | "UPDATE_FAILED") {
        return Err(invalid(format!("Stack:{arn} is in {state} state and can not be rolled back.")));
    }
    cloud.world.set_token(&id, cloud.params.get("ClientRequestToken"));
    cloud.world.roll_back_stack(&id);
    Ok(told)
}

pub(super) fn protect(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let told = made(stack);
    let id = stack.id.clone();
    let on = flag(cloud, "EnableTerminationProtection")?.unwrap_or_default();
    cloud.world.protect_stack(&id, on);
    Ok(told)
}

/// Tells a wait condition, or a resource that waits, that something is done.
pub(super) fn signal(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let logical = need(cloud, "LogicalResourceId", "logicalResourceId")?;
    let (unique, status) = (need(cloud, "UniqueId", "uniqueId")?, need(cloud, "Status", "status")?);
    let stack = named(cloud, &name)?;
    let found = stack.resource(&logical);
    let number = found.map(|own| own.number).ok_or_else(|| {
        let message = format!("Resource {logical} does not exist for stack {name}");
        Refused::new("ValidationError", message)
    })?;
    let id = stack.id.clone();
    let signal = serde_json::json!({"status": as_text(&status.clone().into()), "data": "", "reason": ""});
    cloud.world.signal_resource(&id, number, &unique, signal);
    Ok(Told { bare: true, ..Told::default() }.about(&id, &name))
}
