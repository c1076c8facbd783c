//! CloudFormation's words for what is wrong with a stack or its template.

use crate::aws::refused::Refused;
use crate::world::stack::{Flaw, Unreadable};

/// The most common refusal.
pub(super) fn invalid(message: impl Into<String>) -> Refused {
    Refused::new("ValidationError", message)
}

/// The stack that nobody finds.
pub(super) fn missing(name: &str) -> Refused {
    invalid(format!("Stack with id {name} does not exist"))
}

/// A value that the protocol itself refuses.
pub(super) fn constraint(value: &str, name: &str, rule: &str) -> Refused {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must {rule}"
    ))
}

/// A list as CloudFormation writes it.
fn list(names: &[String]) -> String {
    names.join(", ")
}

/// The refusal that a flaw means.
pub(super) fn flawed(flaw: Flaw) -> Refused {
    match flaw {
        Flaw::Exists(name) => {
            Refused::new("AlreadyExistsException", format!("Stack [{name}] already exists"))
        }
        Flaw::Missing(name) => missing(&name),
        Flaw::Capabilities(names) => Refused::new(
            "InsufficientCapabilitiesException",
            format!("Requires capabilities : [{}]", names.join(", ")),
        ),
        Flaw::Unreadable(Unreadable::At { line, column, .. }) => {
            invalid(format!("Template format error: YAML not well-formed. (line {line}, column {column})"))
        }
        Flaw::Unreadable(Unreadable::Tag { tag, .. }) => {
            invalid(format!("Template format error: unsupported tag {tag}"))
        }
        Flaw::Unreadable(Unreadable::TooMuch(what)) => invalid(format!("Template format error: {what}")),
        Flaw::NotMap => invalid("Template format error: unsupported structure."),
        Flaw::Version(_, found) => {
            invalid(format!("Template format error: unsupported value for AWSTemplateFormatVersion: {found}"))
        }
        Flaw::Section(name) => invalid(format!("Invalid template property or properties [{name}]")),
        Flaw::NoResources => invalid("Template format error: At least one Resources member must be defined."),
        Flaw::TooManyResources => {
            invalid("Template format error: Number of resources is greater than maximum allowed, 500")
        }
        Flaw::Fetch(url) => invalid(format!("TemplateURL must be a supported URL: {url}")),
        Flaw::NoChange => invalid("No updates are to be performed."),
        Flaw::Protected(name) => {
            invalid(format!("Stack [{name}] cannot be deleted while TerminationProtection is enabled"))
        }
        Flaw::ExportUsed(export, stacks) => {
            invalid(format!("Export {export} cannot be deleted as it is in use by {}", stacks.join(" and ")))
        }
        Flaw::Property(place, why) => invalid(format!("Property validation failure: [{place}: {why}]")),
        Flaw::Other(why) => invalid(format!("Template format error: {why}")),
        other => in_template(other),
    }
}

/// What is wrong with a parameter's value, or inside a template.
fn in_template(flaw: Flaw) -> Refused {
    match flaw {
        Flaw::ParameterMissing(names) => invalid(format!("Parameters: [{}] must have values", list(&names))),
        Flaw::ParameterUnknown(names) => {
            invalid(format!("Parameters: [{}] do not exist in the template", list(&names)))
        }
        Flaw::Parameter(name, why) if why.contains("not an allowed value") => {
            invalid(format!("Parameter '{name}' must be one of AllowedValues"))
        }
        Flaw::Parameter(name, why) if why.contains("does not match pattern") => {
            let pattern = why.rsplit("pattern ").next().unwrap_or_default().trim_matches('"').to_owned();
            invalid(format!("Parameter '{name}' must match pattern {pattern}"))
        }
        Flaw::Parameter(name, why) if why.contains("to float") => {
            invalid(format!("Parameter '{name}' must be a number."))
        }
        Flaw::Parameter(name, why) => {
            invalid(format!("Parameter '{name}' failed to satisfy constraint: {why}"))
        }
        Flaw::UnknownType(_, kind) => {
            invalid(format!("Template format error: Unrecognized resource types: [{kind}]"))
        }
        Flaw::Reference(name, place) => {
            let section = if place.starts_with("outputs") { "Outputs" } else { "Resources" };
            invalid(format!(
                "Template format error: Unresolved resource dependencies [{name}] in the {section} block of the template"
            ))
        }
        Flaw::Attribute(resource, attribute, _) => invalid(format!(
            "Template error: resource {resource} does not support attribute type {attribute} in Fn::GetAtt"
        )),
        Flaw::NoCondition(name) => invalid(format!(
            "Template format error: Unresolved condition dependency {name} in the Conditions block of the template"
        )),
        Flaw::NoExport(name) => invalid(format!("No export named {name} found.")),
        Flaw::Function(_, why) => invalid(format!("Template error: {why}")),
        Flaw::Circular(rows) => {
            let names: Vec<String> = rows.into_iter().map(|(name, _)| name).collect();
            invalid(format!("Circular dependency between resources: [{}]", list(&names)))
        }
        Flaw::Duplicate(name) => invalid(format!(
            "Template format error: Duplicate name {name} between a parameter and a resource"
        )),
        other => invalid(format!("Template format error: {other:?}")),
    }
}
