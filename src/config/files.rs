//! Where openstacksdk looks for clouds.yaml, secure.yaml and clouds-public.yaml.

use super::document::{self, Item};
use super::environment::Environment;
use super::openstack::bad_value;
use crate::cloud::{Error, Kind};
use std::path::PathBuf;

/// The first of the files that is there and can be read; whether one that a variable names cannot is told apart, for no other
/// stands in for it.
pub(super) fn first(
    environment: &Environment,
    name: &str,
    variable: &str,
    problems: &mut Vec<Error>,
    misnamed: &mut Option<Error>,
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
        let named = given_path.as_ref() == Some(&path);
        if !path.exists() {
            if named {
                let shown = environment.shown(&path);
                let message = format!("{variable} names {shown}, which is not there");
                let error = Error::new(Kind::InvalidArgument, message)
                    .coded("config::value")
                    .fact("found", format!("the variable {variable}"))
                    .help(format!("mend or unset {variable}"));
                misnamed.get_or_insert_with(|| error.clone());
                problems.push(error);
            }
            continue;
        }
        let error = match document::read(&path, &environment.shown(&path)) {
            Ok(item) if item.is_map() || item.is_null() => return Some(item),
            Ok(item) => {
                let message = format!("{} is no map of settings", environment.shown(&path));
                bad_value(&item.at, message, "start it with `clouds:`")
            }
            Err(error) => error,
        };
        if named {
            misnamed.get_or_insert_with(|| error.clone());
        }
        problems.push(error);
    }
    None
}
