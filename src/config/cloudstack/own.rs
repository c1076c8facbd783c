//! A CloudStack cloud of our own settings: the keys of a profile, laid over the profile that it names, if any.

use super::{CloudStack, CloudStackSettings, empty, profile};
use crate::cloud::{Error, nearest};
use crate::config::document::Item;
use crate::config::environment::Environment;
use crate::config::merge;
use crate::config::openstack::bad_value;
use crate::config::own_keys;

/// The keys that mean something here; all else is a slip.
const KNOWN: [&str; 22] = [
    "provider",
    "profile",
    "endpoint",
    "url",
    "key",
    "apikey",
    "secret",
    "secretkey",
    "username",
    "password",
    "domain",
    "project",
    "zone",
    "verify",
    "cacert",
    "cert",
    "cert_key",
    "timeout",
    "retry",
    "expiration",
    "projectid",
    "zoneid",
];

/// The settings of a cloud of ours.
pub(super) fn settings(
    all: &CloudStack,
    name: &str,
    item: &Item,
    environment: &Environment,
) -> Result<CloudStackSettings, Error> {
    for (key, value) in item.fields() {
        if !KNOWN.contains(&key.as_str()) {
            return Err(own_keys::unknown(&format!("cloud `{name}`"), key, value, &KNOWN));
        }
        if value.as_text().is_none() {
            let message = format!("`{key}` of cloud `{name}` has a value of no use, at {}", value.at.line());
            return Err(bad_value(&value.at, message, "give one text"));
        }
    }
    let mut base = empty(item.at.clone());
    if let Some((named, text)) = item.get("profile").and_then(|item| Some((item, item.as_text()?))) {
        let Some(section) = all.section(text) else {
            let message = format!(
                "cloud `{name}` has the profile `{text}`, and there is no such profile, at {}",
                named.at.line()
            );
            let names: Vec<&str> = all.sections.iter().map(|(name, _)| name.as_str()).collect();
            let help = match nearest::nearest(text, &names, 1).first() {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("name one of: {}", names.join(", ")),
            };
            return Err(bad_value(&named.at, message, help));
        };
        merge::deep(&mut base, section);
    }
    merge::deep(&mut base, item);
    profile::settings(name, &base, item.at.line(), environment)
}
