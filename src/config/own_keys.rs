//! The keys that our own settings know, so that a slip in one is found.

use super::document::Item;
use super::openstack::bad_value;
use crate::cloud::{Error, nearest};

/// The keys of an OpenStack cloud: those of an entry of clouds.yaml.
const OPENSTACK: [&str; 19] = [
    "provider",
    "auth",
    "auth_type",
    "profile",
    "cloud",
    "region_name",
    "regions",
    "interface",
    "endpoint_type",
    "verify",
    "insecure",
    "cacert",
    "cert",
    "key",
    "identity_api_version",
    "api_timeout",
    "networks",
    "floating_ip_source",
    "force_ipv4",
];

/// The keys below `auth`; older files have them beside it.
const AUTH: [&str; 27] = [
    "auth_url",
    "username",
    "user_name",
    "user_id",
    "password",
    "project_name",
    "project_id",
    "tenant_name",
    "tenant_id",
    "user_domain_name",
    "user_domain_id",
    "project_domain_name",
    "project_domain_id",
    "domain_name",
    "domain_id",
    "default_domain_name",
    "default_domain_id",
    "default_domain",
    "token",
    "auth_token",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
    "trust_id",
    "system_scope",
    "endpoint",
    "url",
];

/// The ends of keys that begin with a service: `compute_endpoint_override`.
const ENDINGS: [&str; 10] = [
    "_endpoint_override",
    "_default_microversion",
    "_api_version",
    "_endpoint_type",
    "_interface",
    "_region_name",
    "_service_name",
    "_service_type",
    "_endpoint",
    "_timeout",
];

/// The error for a key that is not known.
pub(super) fn unknown(of: &str, key: &str, item: &Item, known: &[&str]) -> Error {
    let message = format!("{of} has no setting `{key}`, at {}", item.at.line());
    let mut error = bad_value(&item.at, message, format!("choose from: {}", known.join(", ")));
    error.label = nearest::did_you_mean(key, known);
    if let Some(close) = nearest::nearest(key, known, 1).first() {
        error.help = Some(format!("write `{close}`, or choose from: {}", known.join(", ")));
    }
    error
}

/// The first key of an OpenStack cloud that is not known.
pub(super) fn check_openstack(name: &str, item: &Item) -> Result<(), Error> {
    let of = format!("cloud `{name}`");
    for (key, value) in item.fields() {
        let plain = key.replace('-', "_");
        let known = OPENSTACK.contains(&plain.as_str())
            || AUTH.contains(&plain.as_str())
            || ENDINGS.iter().any(|ending| plain.ends_with(ending));
        if !known {
            return Err(unknown(&of, key, value, &[OPENSTACK.as_slice(), AUTH.as_slice()].concat()));
        }
    }
    for (key, value) in item.get("auth").map(Item::fields).unwrap_or_default() {
        if !AUTH.contains(&key.replace('-', "_").as_str()) {
            return Err(unknown(&format!("`auth` of {of}"), key, value, &AUTH));
        }
    }
    Ok(())
}

/// A key that a slip of the hand keeps from being read, with its place and the word it is near to: first of an entry, then of
/// its `auth`. Another program's keys are not looked at unless they are near to one of ours.
pub(super) fn slip<'a>(item: &'a Item, auth: &'a Item) -> Option<(&'a str, &'a Item, String)> {
    let all = [OPENSTACK.as_slice(), AUTH.as_slice()].concat();
    let of = |item: &'a Item, known: &[&str]| {
        item.fields().iter().find_map(|(key, value)| {
            let plain = key.replace('-', "_");
            let is_known =
                all.contains(&plain.as_str()) || ENDINGS.iter().any(|ending| plain.ends_with(ending));
            let near = if is_known { None } else { nearest::nearest(&plain, known, 1).pop() };
            near.map(|near| (key.as_str(), value, near))
        })
    };
    of(item, &all).or_else(|| of(auth, &AUTH))
}
