//! The parameters of a run that goes on: by its record, but for the secret ones, which no record holds.

use super::args::{Options, Parameters};
use super::given::{All, gather};
use super::setup::Setup;
use crate::cloud::Error;
use crate::script::given::{self, Given, GivenValue};
use crate::script::params::{Declared, option_name};
use serde_json::Value as Json;

/// The parameters of a run that goes on: those that are on record, and the secret ones, which no record holds, anew.
///
/// # Errors
/// Where a secret one is not given again.
pub(super) fn again(
    options: &Options,
    setup: &Setup,
    declared: &[Declared],
    known: All,
) -> Result<All, Error> {
    let secret: Vec<Declared> = declared.iter().filter(|one| one.secret).cloned().collect();
    let mut all = known;
    if !secret.is_empty() {
        let found = gather(options, setup, &secret, &Parameters::default())?;
        let wanted = |name: &String| secret.iter().any(|one| option_name(&one.name) == *name);
        all.extend(found.into_iter().filter(|(name, _)| wanted(name)));
    }
    let missing = secret.iter().filter(|one| one.required && !all.contains_key(&option_name(&one.name)));
    given::all(missing.map(given::missing).collect())?;
    Ok(all)
}

/// What was given, as a record holds it.
pub(super) fn to_json(given: &Given) -> Json {
    match &given.value {
        GivenValue::Text(text) => Json::from(text.as_str()),
        GivenValue::Items(items) => Json::from(items.clone()),
    }
}

/// What a record holds of what was given; `None` of a secret.
pub(super) fn from_json(json: &Json) -> Option<Given> {
    let value = match json {
        Json::String(text) => GivenValue::Text(text.clone()),
        Json::Array(items) => {
            GivenValue::Items(items.iter().filter_map(|item| item.as_str().map(str::to_string)).collect())
        }
        _ => return None,
    };
    Some(Given { value, from: None })
}
