//! What a request to make or change a stack asks for.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::Cloud;
use super::flawed::{constraint, flawed, invalid};
use super::show::flag;
use crate::aws::refused::Outcome;
use crate::world::Pairs;
use crate::world::stack::{Asked, Definition, Environment, Failing, Files, Flaw, Stack, Template};

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
