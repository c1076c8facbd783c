//! Making stacks, changing and deleting them; what AWS allows in which state.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::{Cloud, Told};
use super::flawed::{constraint, flawed, invalid};
use super::show::{asked_name, flag, named, need};
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::Xml;
use crate::world::Pairs;
use crate::world::stack::{
    Action, Asked, Definition, Environment, Failing, Files, Flaw, Side, Stack, Status, Template, Verdict,
    as_text,
};

/// The largest template that is sent by itself, and by its address.
const BODY: usize = 51_200;
const BY_URL: usize = 1_048_576;

/// The template of a request: sent, at an address, or the one that the stack has.
pub(super) fn template(cloud: &Cloud<'_>, before: Option<&Stack>) -> Outcome<Arc<Template>> {
    let previous = flag(cloud, "UsePreviousTemplate")?.unwrap_or_default();
    let text = match (cloud.params.get("TemplateBody"), cloud.params.get("TemplateURL")) {
        (Some(_), Some(_)) => return Err(invalid("Either Template URL or Template Body must be specified.")),
        (Some(text), None) => {
            if text.len() > BODY {
                return Err(constraint("...", "templateBody", "have length less than or equal to 51200"));
            }
            text.to_owned()
        }
        (None, Some(url)) => {
            let found = cloud.world.object(url).map(str::to_owned);
            let text = found.ok_or_else(|| invalid("S3 error: Access Denied"))?;
            if text.len() > BY_URL {
                return Err(invalid(format!("Template may not exceed {BY_URL} bytes in size.")));
            }
            text
        }
        (None, None) => match before.filter(|_| previous) {
            Some(stack) => return Ok(Arc::clone(&stack.definition.template)),
            None => return Err(invalid("Either Template URL or Template Body must be specified.")),
        },
    };
    Template::for_aws(&text).map(Arc::new).map_err(flawed)
}

/// The values of a request: given, or those that the stack has.
fn given(cloud: &Cloud<'_>, before: Option<&Stack>) -> Outcome<Map<String, Value>> {
    let mut rows = Map::new();
    for row in cloud.params.records("Parameters.member") {
        let Some(name) = row.get("ParameterKey") else { continue };
        let previous = row.get("UsePreviousValue").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        match (row.raw("ParameterValue"), before) {
            (_, Some(stack)) if previous => {
                let kept = stack.definition.environment.parameters.get(name).cloned();
                let kept = kept.or_else(|| stack.definition.values.get(name).cloned());
                let Some(kept) = kept else {
                    let message = format!(
                        "Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key not \
                         in the previous template"
                    );
                    return Err(invalid(message));
                };
                rows.insert(name.to_owned(), kept);
            }
            (_, None) if previous => {
                let message = format!(
                    "Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key not in \
                     the previous template"
                );
                return Err(invalid(message));
            }
            (value, _) => {
                rows.insert(name.to_owned(), value.unwrap_or_default().into());
            }
        }
    }
    Ok(rows)
}

fn labels(cloud: &Cloud<'_>, before: Option<&Stack>) -> Pairs {
    let rows = cloud.params.records("Tags.member");
    if rows.is_empty() && !cloud.params.has("Tags") {
        return before.map(|stack| stack.labels.clone()).unwrap_or_default();
    }
    let text = |row: &crate::aws::params::Params, name: &str| row.raw(name).unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "Key"), text(row, "Value"))).collect()
}

/// Refuses what makes users and roles without the caller's word for it.
fn acknowledged(template: &Template, given: &[String]) -> Outcome<()> {
    let iam: Vec<_> = template.resources.iter().filter(|own| own.kind.starts_with("AWS::IAM::")).collect();
    let named = iam.iter().any(|own| {
        ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"]
            .iter()
            .any(|name| own.properties.get(*name).is_some())
    });
    let has = |name: &str| given.iter().any(|own| own == name);
    let wanted = match (iam.is_empty(), named) {
        (true, _) => return Ok(()),
        (false, true) if has("CAPABILITY_NAMED_IAM") => return Ok(()),
        (false, false) if has("CAPABILITY_IAM") || has("CAPABILITY_NAMED_IAM") => return Ok(()),
        (false, true) => "CAPABILITY_NAMED_IAM",
        (false, false) => "CAPABILITY_IAM",
    };
    Err(flawed(Flaw::Capabilities(vec![wanted])))
}

/// What a request to make or change a stack asks for.
pub(super) fn asked(cloud: &Cloud<'_>, before: Option<&Stack>) -> Outcome<Asked> {
    let template = template(cloud, before)?;
    if template.resources.is_empty() {
        return Err(flawed(Flaw::NoResources));
    }
    let capabilities = cloud.params.list("Capabilities.member");
    acknowledged(&template, &capabilities)?;
    let parameters = given(cloud, before)?;
    let environment = Environment { parameters, ..Environment::default() };
    let definition = Definition::new(template, environment, Arc::new(Files::new())).map_err(flawed)?;
    let failing = failing(cloud, before)?;
    let timeout_mins = match cloud.params.get("TimeoutInMinutes") {
        None => before.and_then(|stack| stack.timeout_mins),
        Some(text) => match text.parse::<i64>() {
            Ok(minutes) if minutes >= 1 => Some(minutes),
            _ => return Err(constraint(text, "timeoutInMinutes", "have value greater than or equal to 1")),
        },
    };
    Ok(Asked {
        definition,
        labels: labels(cloud, before),
        capabilities,
        failing,
        timeout_mins,
        token: cloud.params.get("ClientRequestToken").map(str::to_owned),
        ..Asked::default()
    })
}

fn failing(cloud: &Cloud<'_>, before: Option<&Stack>) -> Outcome<Failing> {
    let (disable, on_failure) = (flag(cloud, "DisableRollback")?, cloud.params.get("OnFailure"));
    if disable.is_some() && on_failure.is_some() {
        return Err(invalid("Only one of DisableRollback or OnFailure can be specified, not both"));
    }
    Ok(match (disable, on_failure) {
        (Some(true), _) | (None, Some("DO_NOTHING")) => Failing::Keep,
        (None, Some("DELETE")) => Failing::Delete,
        (Some(false), _) | (None, Some("ROLLBACK")) => Failing::RollBack,
        (None, Some(other)) => {
            return Err(constraint(
                other,
                "onFailure",
                "satisfy enum value set: [ROLLBACK, DO_NOTHING, DELETE]",
            ));
        }
        (None, None) => before.map_or(Failing::RollBack, |stack| stack.failing),
    })
}

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
    let (id, own) = (stack.id.clone(), stack.name.clone());
    cloud.world.cancel_update(&id, true).map_err(|flaw| match flaw {
        Flaw::State(..) => invalid("CancelUpdateStack cannot be called from current stack status"),
        other => flawed(other),
    })?;
    Ok(Told { bare: true, ..Told::default() }.about(&id, &own))
}

pub(super) fn go_on(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = asked_name(cloud)?;
    let stack = named(cloud, &name)?;
    let (id, own, arn) = (stack.id.clone(), stack.name.clone(), stack.arn());
    let skip = cloud.params.list("ResourcesToSkip.member");
    cloud.world.continue_rollback(&id, &skip).map_err(|flaw| match flaw {
        Flaw::State(_, state) => {
            invalid(format!("Stack:{arn} is in {state} state and can not continue rollback."))
        }
        other => flawed(other),
    })?;
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
