//! Environments: merged here, the later winning, so that what is hidden in one never stands in a file that Heat shows.

use super::files::Collector;
use crate::base::yaml_tree;
use crate::cloud::nearest::nearest;
use crate::cloud::{EnvironmentSource, Error, Kind, Stack};
use crate::provider::stacks::guard;
use serde_json::{Map, Value as Json};

/// The sections of an environment.
const SECTIONS: [&str; 6] = [
    "parameters",
    "parameter_defaults",
    "resource_registry",
    "encrypted_param_names",
    "event_sinks",
    "parameter_merge_strategies",
];

fn invalid(message: String) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("cloud::invalid_argument")
}

/// All environments in one; the files of their registries are collected.
///
/// # Errors
/// Of one that cannot be read, or that has a section of another name.
pub fn merged(sources: &[EnvironmentSource], files: &mut Collector<'_>) -> Result<Map<String, Json>, Error> {
    let mut all = Map::new();
    for source in sources {
        let (path, name, sections) = read(source)?;
        for (section, value) in sections {
            if !SECTIONS.contains(&section.as_str()) {
                let near = nearest(&section, SECTIONS, 1);
                let help = match near.first() {
                    Some(near) => format!("write `{near}`"),
                    None => format!("use one of: {}", SECTIONS.join(", ")),
                };
                return Err(invalid(format!("{name} has the section `{section}`, which no environment has"))
                    .help(help));
            }
            let value = match (section.as_str(), value) {
                ("resource_registry", Json::Object(registry)) => {
                    Json::Object(registered(registry, path, files)?)
                }
                (_, value) => value,
            };
            match (all.get_mut(&section), value) {
                (Some(Json::Object(known)), Json::Object(new)) => {
                    merge(known, new, section == "resource_registry")
                }
                (_, Json::Null) => {}
                (_, value) => drop(all.insert(section, value)),
            }
        }
    }
    Ok(all)
}

/// Take out what reads as a mask and keeps what is there.
///
/// # Errors
/// Where a mask would be sent as the value.
pub fn without_masks(environment: &mut Map<String, Json>, before: Option<&Stack>) -> Result<(), Error> {
    for section in ["parameters", "parameter_defaults"] {
        let Some(Json::Object(values)) = environment.get_mut(section) else { continue };
        let mut kept = Map::new();
        for (name, value) in std::mem::take(values) {
            if guard::is_sent(before, "environment", section, &name, &value)? {
                kept.insert(name, value);
            }
        }
        *values = kept;
    }
    Ok(())
}

/// A later section over an earlier one: a value is replaced whole, but in a registry what hangs on a resource is kept.
fn merge(known: &mut Map<String, Json>, new: Map<String, Json>, deep: bool) {
    for (key, value) in new {
        match (known.get_mut(&key), value) {
            (Some(Json::Object(known)), Json::Object(new)) if deep => merge(known, new, true),
            (_, value) => drop(known.insert(key, value)),
        }
    }
}

type Read<'a> = (&'a str, String, Map<String, Json>);

fn read(source: &EnvironmentSource) -> Result<Read<'_>, Error> {
    let (path, name, json) = match source {
        EnvironmentSource::Map(map) => ("", "the environment".to_string(), map.clone()),
        EnvironmentSource::File(path, text) => {
            let tree = yaml_tree::parse(text).map_err(|wrong| {
                invalid(format!(
                    "`{path}` is no YAML: line {}, column {}: {}",
                    wrong.line, wrong.column, wrong.what
                ))
                .help("mend the file; text with `: `, `#` or `@` needs quotes")
            })?;
            (path.as_str(), format!("`{path}`"), tree.json())
        }
    };
    match json {
        Json::Object(sections) => Ok((path, name, sections)),
        Json::Null => Ok((path, name, Map::new())),
        _ => Err(invalid(format!("{name} is no environment: it is no map"))
            .help(format!("write its sections: {}", SECTIONS.join(", ")))),
    }
}

/// A registry with the addresses of the templates in it.
fn registered(
    registry: Map<String, Json>,
    path: &str,
    files: &mut Collector<'_>,
) -> Result<Map<String, Json>, Error> {
    let mut out = Map::new();
    for (key, value) in registry {
        let value = match value {
            Json::Object(inner) => Json::Object(registered(inner, path, files)?),
            Json::String(name)
                if key != "hooks"
                    && key != "restricted_actions"
                    && !name.contains("::")
                    && !name.is_empty() =>
            {
                match files.file(&name, path, true, 1)? {
                    Some(address) => Json::from(address),
                    None => Json::from(name),
                }
            }
            other => other,
        };
        out.insert(key, value);
    }
    Ok(out)
}
