//! What a request to make or change a stack asks for.

use std::sync::Arc;

use serde_json::Value;

use super::refuse::{bad, bad_environment, fault, flawed, silent};
use super::{Answer, Call, as_text};
use crate::world::World;
use crate::world::stack::{Definition, Environment, Failing, Files, Flaw, Stack, Template};

/// The largest body that is taken, in bytes.
const LARGEST: usize = 1_048_576;
/// The longest tag.
const TAG: usize = 80;

/// The body of a request.
pub(super) fn body(call: &Call<'_>) -> Result<Value, Answer> {
    let size = call.request.body.len();
    if size > LARGEST {
        return Err(flawed(&Flaw::TooLong("JSON body", size, LARGEST)));
    }
    if size == 0 {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&call.request.body).map_err(|why| bad(&format!("{why}")))
}

/// Whether a stack may be called so.
pub(super) fn name(body: &Value) -> Result<String, Answer> {
    let name = as_text(&body["stack_name"]);
    if name.is_empty() {
        return Err(bad("No stack name specified"));
    }
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && name.len() <= 255;
    if good { Ok(name) } else { Err(flawed(&Flaw::Name(name))) }
}

/// The template of a request, where it has one.
pub(super) fn template(world: &World, body: &Value) -> Result<Option<Template>, Answer> {
    let given = &body["template"];
    let url = as_text(&body["template_url"]);
    if !given.is_null() && *given != "" {
        return Template::for_heat(given).map(Some).map_err(|flaw| flawed(&flaw));
    }
    if url.is_empty() {
        return Ok(None);
    }
    if let Some(text) = world.object(&url) {
        return Template::for_heat(&Value::from(text)).map(Some).map_err(|flaw| flawed(&flaw));
    }
    let scheme = url.split("://").next().unwrap_or_default();
    let why = match scheme {
        "http" | "https" => format!("Failed to retrieve template from {url}"),
        other => format!("Invalid URL scheme {other}"),
    };
    Err(bad(&format!("Could not retrieve template: {why}")))
}

/// The files that are sent along.
fn files(body: &Value) -> Files {
    let rows = body["files"].as_object().into_iter().flatten();
    rows.map(|(name, text)| (name.clone(), as_text(text))).collect()
}

/// The environment of a request: that of the files it names, its own, and its parameters over all.
pub(super) fn environment(body: &Value, files: &Files) -> Result<Environment, Answer> {
    let mut environment = Environment::default();
    for name in body["environment_files"].as_array().into_iter().flatten() {
        let text = files.get(&as_text(name)).cloned().unwrap_or_default();
        environment.lay(Environment::read(&Value::from(text)).map_err(|flaw| bad_environment(&flaw))?);
    }
    environment.lay(Environment::read(&body["environment"]).map_err(|flaw| bad_environment(&flaw))?);
    for (name, value) in body["parameters"].as_object().into_iter().flatten() {
        environment.parameters.insert(name.clone(), value.clone());
    }
    Ok(environment)
}

/// The definition that a request makes; `before` is what stays where it says nothing.
pub(super) fn definition(
    world: &World,
    body: &Value,
    before: Option<&Definition>,
) -> Result<Definition, Answer> {
    let template = template(world, body)?;
    let own = files(body);
    let mut environment = environment(body, &own)?;
    let mut files = own;
    let template = match (template, before) {
        (Some(template), _) => Arc::new(template),
        (None, Some(before)) => Arc::clone(&before.template),
        (None, None) => return Err(bad("No template specified")),
    };
    if let Some(before) = before {
        let cleared: Vec<String> =
            body["clear_parameters"].as_array().into_iter().flatten().map(as_text).collect();
        let mut kept = before.environment.clone();
        kept.parameters.retain(|name, _| !cleared.contains(name) && template.parameter(name).is_some());
        kept.lay(environment);
        environment = kept;
        let mut all: Files = before.files.as_ref().clone();
        all.extend(files);
        files = all;
    }
    Definition::new(template, environment, Arc::new(files)).map_err(|flaw| flawed(&flaw))
}

/// The tags of a request, where it has such.
pub(super) fn tags(body: &Value) -> Result<Option<Vec<String>>, Answer> {
    let text = match &body["tags"] {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        _ => return Err(silent("AttributeError")),
    };
    let tags: Vec<String> = text.split(',').map(str::to_owned).collect();
    if let Some(tag) = tags.iter().find(|tag| tag.chars().count() > TAG) {
        return Err(bad(&format!("Invalid tag, \"{tag}\" is longer than {TAG} characters")));
    }
    Ok(Some(tags))
}

pub(super) fn timeout(body: &Value) -> Result<Option<i64>, Answer> {
    match &body["timeout_mins"] {
        Value::Null => Ok(None),
        value => match as_text(value).parse() {
            Ok(minutes) => Ok(Some(minutes)),
            Err(_) => Err(bad("Only integer is acceptable by 'timeout_mins'.")),
        },
    }
}

/// What becomes of it where it fails, and where nothing is said.
pub(super) fn failing(body: &Value, usual: Failing) -> Result<Failing, Answer> {
    let text = as_text(&body["disable_rollback"]).to_lowercase();
    match text.as_str() {
        "" => Ok(usual),
        "true" | "1" | "yes" => Ok(Failing::Keep),
        "false" | "0" | "no" => Ok(Failing::RollBack),
        other => {
            let message = format!(
                "Unrecognized value \"{other}\" for \"disable_rollback\", acceptable values are: true, false"
            );
            Err(fault(400, "HTTPBadRequest", &message))
        }
    }
}

/// Refuses what is being deleted.
pub(super) fn changeable(stack: &Stack) -> Result<(), Answer> {
    use crate::world::stack::Action;
    if stack.action == Action::Delete || (stack.action == Action::Suspend && !stack.busy()) {
        let message =
            format!("Updating a stack when it is {} is not supported.", stack.action.name().to_lowercase());
        return Err(fault(400, "NotSupported", &message));
    }
    Ok(())
}
