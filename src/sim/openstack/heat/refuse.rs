//! Heat's error bodies, and its words for what is wrong with a stack.

use serde_json::json as v;

use super::{Answer, json};
use crate::openstack::answer::reason;
use crate::world::stack::{Flaw, HOT_VERSIONS, Unreadable};

/// An error body: the class of the error, and its message.
pub(super) fn fault(code: u16, class: &str, message: &str) -> Answer {
    let error = v!({"type": class, "traceback": null, "message": message});
    body(code, error)
}

fn body(code: u16, error: serde_json::Value) -> Answer {
    let explanation = match code {
        400 => {
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        }
        403 => "Access was denied to this resource.",
        404 => "The resource could not be found.",
        409 => "There was a conflict when trying to complete your request.",
        500 => "The server has either erred or is incapable of performing the requested operation.",
        503 => "The server is currently unavailable. Please try again at a later time.",
        _ => "",
    };
    json(code, &v!({"code": code, "title": reason(code), "explanation": explanation, "error": error}))
}

/// An error that says nothing but its class.
pub(super) fn silent(class: &str) -> Answer {
    body(400, v!({"type": class, "traceback": null}))
}

pub(super) fn bad(message: &str) -> Answer {
    fault(400, "HTTPBadRequest", message)
}

/// The class of an error that has no own.
pub(super) const fn usual(code: u16) -> &'static str {
    match code {
        400 => "HTTPBadRequest",
        403 => "HTTPForbidden",
        404 => "HTTPNotFound",
        409 => "HTTPConflict",
        500 => "HTTPInternalServerError",
        503 => "HTTPServiceUnavailable",
        _ => "HTTPError",
    }
}

/// The answer to a flaw.
pub(super) fn flawed(flaw: &Flaw) -> Answer {
    let (code, class, message) = told(flaw);
    fault(code, class, &message)
}

/// The same where an environment is what cannot be read.
pub(super) fn bad_environment(flaw: &Flaw) -> Answer {
    let why = match flaw {
        Flaw::Unreadable(why) => unreadable(why),
        Flaw::Section(name) => format!("environment has wrong section \"{name}\""),
        other => told(other).2,
    };
    bad(&format!("Environment not in valid format: {why}"))
}

fn unreadable(why: &Unreadable) -> String {
    let place = |line: &usize, column: &usize, source: &str| {
        let under = " ".repeat(column.saturating_sub(1));
        format!("\n  in \"<unicode string>\", line {line}, column {column}:\n    {source}\n    {under}^")
    };
    match why {
        Unreadable::At { what, line, column, source } => format!("{what}{}", place(line, column, source)),
        Unreadable::Tag { tag, line, column, source } => {
            format!("could not determine a constructor for the tag '{tag}'{}", place(line, column, source))
        }
        Unreadable::TooMuch(what) => (*what).to_owned(),
    }
}

/// A flaw in Heat's words: the status, the class, the message.
pub(crate) fn told(flaw: &Flaw) -> (u16, &'static str, String) {
    const INVALID: &str = "StackValidationFailed";
    const BAD: &str = "HTTPBadRequest";
    match flaw {
        Flaw::Exists(name) => (409, "StackExists", format!("The Stack ({name}) already exists.")),
        Flaw::Missing(name) => (404, "EntityNotFound", format!("The Stack ({name}) could not be found.")),
        Flaw::NoResource(name, stack) => {
            (404, "ResourceNotFound", format!("The Resource ({name}) could not be found in Stack {stack}."))
        }
        Flaw::NoOutput(name) => (404, "NotFound", format!("Specified output key {name} not found.")),
        Flaw::NoSnapshot(id) => (404, "NotFound", format!("Snapshot with id {id} not found")),
        Flaw::Name(name) => (
            400,
            INVALID,
            format!(
                "Invalid stack name {name} must contain only alphanumeric or \"_-.\" characters, must start with alpha and \
                 must be 255 characters or less."
            ),
        ),
        Flaw::Unreadable(why) => {
            let why = unreadable(why);
            (400, BAD, format!("Template not in valid format: Error parsing template [root stack] {why}"))
        }
        Flaw::NotMap => (
            400,
            BAD,
            "Template not in valid format: The template is not a JSON object or YAML mapping.".to_owned(),
        ),
        Flaw::NoVersion => {
            (400, BAD, "Template not in valid format: Template format version not found.".to_owned())
        }
        Flaw::Version(section, found) => {
            let known = if *section == "heat_template_version" {
                HOT_VERSIONS.join(", ")
            } else {
                "2010-09-09".to_owned()
            };
            let message = format!(
                "The template version is invalid: \"{section}: {found}\". \"{section}\" should be one of: {known}"
            );
            (400, "InvalidTemplateVersion", message)
        }
        Flaw::Section(name) => {
            (400, "InvalidTemplateSection", format!("The template section is invalid: {name}"))
        }
        Flaw::State(what, state) => {
            (400, "NotSupported", format!("{what} when stack is {state} is not supported."))
        }
        other => asked(other),
    }
}

/// What is wrong with what was given beside the template, or with how much it is.
fn asked(flaw: &Flaw) -> (u16, &'static str, String) {
    const INVALID: &str = "StackValidationFailed";
    match flaw {
        Flaw::NoResources => (400, INVALID, "No resources".to_owned()),
        Flaw::ParameterMissing(names) => {
            let name = names.first().map_or("", String::as_str);
            (400, "UserParameterMissing", format!("The Parameter ({name}) was not provided."))
        }
        Flaw::ParameterUnknown(names) => {
            let name = names.first().map_or("", String::as_str);
            (400, "UnknownUserParameter", format!("The Parameter ({name}) was not defined in template."))
        }
        Flaw::Parameter(name, why) => (400, INVALID, format!("Parameter '{name}' is invalid: {why}")),
        Flaw::Duplicate(name) => (400, INVALID, format!("Duplicate names {{'{name}'}}")),
        Flaw::TooManyResources => {
            let message = "Request limit exceeded: Maximum resources per stack exceeded.";
            (400, "RequestLimitExceeded", message.to_owned())
        }
        Flaw::TooLong(what, bytes, limit) => (
            400,
            "RequestLimitExceeded",
            format!(
                "Request limit exceeded: {what} size ({bytes} bytes) exceeds maximum allowed size ({limit} bytes)."
            ),
        ),
        Flaw::Fetch(url) => {
            (400, INVALID, format!("Could not fetch remote template \"{url}\": Invalid URL scheme "))
        }
        other => within(other),
    }
}

/// What is wrong inside a template.
fn within(flaw: &Flaw) -> (u16, &'static str, String) {
    const INVALID: &str = "StackValidationFailed";
    match flaw {
        Flaw::UnknownType(_, kind) => {
            (400, INVALID, format!("The Resource Type ({kind}) could not be found."))
        }
        Flaw::UnknownProperty(resource, name) => (
            400,
            INVALID,
            format!("Property error: : resources.{resource}.properties: : Unknown Property {name}"),
        ),
        Flaw::PropertyMissing(resource, name) => (
            400,
            INVALID,
            format!("Property error: : resources.{resource}.properties: : Property {name} not assigned"),
        ),
        Flaw::Property(place, why) | Flaw::Function(place, why) => {
            (400, INVALID, format!("Property error: : {place}: : {why}"))
        }
        Flaw::Reference(name, place) => (
            400,
            "InvalidTemplateReference",
            format!("The specified reference \"{name}\" (in {place}) is incorrect."),
        ),
        Flaw::Attribute(resource, attribute, place) => (
            400,
            INVALID,
            format!("{place}: : The Referenced Attribute ({resource} {attribute}) is incorrect."),
        ),
        Flaw::NoParameter(name, place) => {
            (400, INVALID, format!("Property error: : {place}: : The Parameter ({name}) was not provided."))
        }
        Flaw::NoFile(name, place) => (
            400,
            INVALID,
            format!(
                "Property error: : {place}: : No content found in the \"files\" section for get_file path: {name}"
            ),
        ),
        Flaw::NoCondition(name) => (400, INVALID, format!("Invalid condition \"{name}\"")),
        Flaw::Circular(rows) => {
            let class = |kind: &str| match kind.rsplit("::").next().unwrap_or_default() {
                "None" => "NoneResource".to_owned(),
                word => word.to_owned(),
            };
            let named = |(name, kind): &(String, String)| format!("{} \"{name}\"", class(kind));
            let next = |at: usize| rows.get((at + 1) % rows.len()).map(named).unwrap_or_default();
            let row = |(at, row): (usize, &(String, String))| format!("{}: {{{}}}", named(row), next(at));
            let all: Vec<_> = rows.iter().enumerate().map(row).collect();
            (400, "CircularDependencyException", format!("Circular Dependency Found: {{{}}}", all.join(", ")))
        }
        Flaw::Other(message) => (400, INVALID, message.clone()),
        other => (400, INVALID, format!("{other:?}")),
    }
}
