//! Where openstacksdk looks for clouds.yaml, secure.yaml and clouds-public.yaml.

use super::document::{self, Item};
use super::environment::Environment;
use super::openstack::bad_value;
use crate::cloud::{Error, Kind};
use std::path::PathBuf;

/// The first of the files that is there and can be read.
pub(super) fn first(
    environment: &Environment,
    name: &str,
    variable: &str,
    problems: &mut Vec<Error>,
) -> Option<Item> {
    let given = environment.get(variable).map(|path| environment.path(path));
    let mut folders = vec![environment.cwd.clone()];
    folders.extend(environment.config_folders("openstack"));
    folders.extend(environment.site.iter().map(|folder| folder.join("openstack")));
    let named = folders
        .iter()
        .flat_map(|folder| ["yaml", "yml", "json"].map(|ending| folder.join(format!("{name}.{ending}"))));
    let given_path = given.clone();
    let paths: Vec<PathBuf> = given.into_iter().chain(named).collect();
    for path in paths {
        if !path.exists() {
            if given_path.as_ref() == Some(&path) {
                let shown = environment.shown(&path);
                let message = format!("{variable} names {shown}, which is not there");
                problems.push(
                    Error::new(Kind::InvalidArgument, message)
                        .coded("config::value")
                        .fact("found", format!("the variable {variable}"))
                        .help(format!("mend or unset {variable}")),
                );
            }
            continue;
        }
        match document::read(&path, &environment.shown(&path)) {
            Ok(item) if item.is_map() => return Some(item),
            Ok(item) if item.is_null() => return Some(item),
            Ok(item) => {
                let message = format!("{} is no map of settings", environment.shown(&path));
                problems.push(bad_value(&item.at, message, "start it with `clouds:`"));
            }
            Err(error) => problems.push(error),
        }
    }
    None
}
