//! How often a request is tried, as botocore reads it: `AWS_MAX_ATTEMPTS` or `max_attempts`, and `AWS_RETRY_MODE` or `retry_mode`.

use super::profile::Profile;
use crate::cloud::Error;
use crate::config::document::{At, Item};
use crate::config::environment::Environment;
use crate::config::openstack::bad_value;

/// The most attempts at one request, the first one included; `None` where nothing is said of it.
pub(super) fn attempts(profile: &Profile<'_>, environment: &Environment) -> Result<Option<u32>, Error> {
    let said = |name: &str, key: &str| {
        let variable = environment.get(name).map(|text| Item::text(At::Variable(name.into()), text));
        variable.or_else(|| profile.item(key).cloned())
    };
    let wrong = |item: &Item, key: &str, valid: &str| {
        let message = format!("`{key}` has a value of no use, at {}", item.at.line());
        bad_value(&item.at, message, format!("give {valid}"))
    };
    let of_mode = match said("AWS_RETRY_MODE", "retry_mode") {
        None => None,
        Some(item) => match item.as_text().map(str::to_ascii_lowercase).as_deref() {
            Some("legacy") => Some(5),
            Some("standard" | "adaptive") => Some(3),
            _ => return Err(wrong(&item, "retry_mode", "legacy, standard or adaptive")),
        },
    };
    let Some(item) = said("AWS_MAX_ATTEMPTS", "max_attempts") else { return Ok(of_mode) };
    match item.as_text().and_then(|text| text.trim().parse::<u32>().ok()).filter(|most| *most > 0) {
        Some(most) => Ok(Some(most)),
        None => Err(wrong(&item, "max_attempts", "a whole number above 0")),
    }
}
