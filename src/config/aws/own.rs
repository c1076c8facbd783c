//! An AWS cloud of our own settings: the keys of a profile, laid over the profile that it names, if any.
//!
//! What stands there wins over the environment, for it was asked for by its name.

use super::endpoints::{Endpoints, checked};
use super::profile::Profile;
use super::{Aws, AwsSettings, keys, region};
use crate::cloud::Error;
use crate::config::document::{Data, Item};
use crate::config::environment::Environment;
use crate::config::merge;
use crate::config::openstack::bad_value;
use crate::config::own_keys;
use crate::wire::Tls;
use crate::wire::auth::Version;

/// The keys that mean something here; all else is a slip.
const KNOWN: [&str; 28] = [
    "provider",
    "profile",
    "region",
    "endpoint_url",
    "ec2_endpoint_url",
    "cloudformation_endpoint_url",
    "sts_endpoint_url",
    "signature_version",
    "ca_bundle",
    "verify",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "role_arn",
    "source_profile",
    "credential_source",
    "role_session_name",
    "external_id",
    "duration_seconds",
    "web_identity_token_file",
    "credential_process",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "max_attempts",
    "retry_mode",
];

/// The settings of a cloud of ours.
pub(super) fn settings(
    aws: &Aws,
    name: &str,
    asked_region: Option<&Item>,
    item: &Item,
    environment: &Environment,
) -> Result<AwsSettings, Error> {
    let wrong = |item: &Item, key: &str, valid: &str| {
        let message = format!("`{key}` of cloud `{name}` has a value of no use, at {}", item.at.line());
        bad_value(&item.at, message, format!("give {valid}"))
    };
    for (key, value) in item.fields() {
        if !KNOWN.contains(&key.as_str()) {
            return Err(own_keys::unknown(&format!("cloud `{name}`"), key, value, &KNOWN));
        }
        if value.as_text().is_none() {
            return Err(wrong(value, key, "one text"));
        }
    }
    let mut base = Item { at: item.at.clone(), data: Data::Map(Vec::new()) };
    if let Some((named, text)) = item.get("profile").and_then(|item| Some((item, item.as_text()?))) {
        let Some(profile) = aws.profile(text) else {
            let message = format!(
                "cloud `{name}` has the profile `{text}`, and there is no such profile, at {}",
                named.at.line()
            );
            return Err(bad_value(
                &named.at,
                message,
                format!("name one of: {}", aws.profile_names().join(", ")),
            ));
        };
        for section in [profile.config, profile.credentials].into_iter().flatten() {
            merge::deep(&mut base, section);
        }
    }
    let profile = Profile { name, config: Some(&base), credentials: Some(item) };
    let mut endpoints = Endpoints::default();
    for (key, value) in item.fields() {
        if let Some(service) = key.strip_suffix("_endpoint_url") {
            endpoints.named.insert(service.to_string(), checked(value, value.as_text().unwrap_or_default())?);
        } else if key == "endpoint_url" {
            endpoints.any = Some(checked(value, value.as_text().unwrap_or_default())?);
        }
    }
    if !endpoints.private() {
        endpoints = aws.endpoints(name, &profile, true, environment)?;
    }
    let version = match item.get("signature_version").map(|item| (item, item.as_text())) {
        None | Some((_, Some("4" | "v4"))) => Version::V4,
        Some((_, Some("2" | "v2"))) => Version::V2,
        Some((item, _)) => return Err(wrong(item, "signature_version", "2 or 4")),
    };
    let verify = match item.get("verify").map(|item| (item, item.as_text())) {
        None | Some((_, Some("true"))) => true,
        Some((_, Some("false"))) => false,
        Some((item, _)) => return Err(wrong(item, "verify", "true or false")),
    };
    let region = match asked_region.or(item.get("region")) {
        Some(item) => super::checked_region(item, item.as_text().unwrap_or_default())?,
        None => region(name, &profile, &endpoints, environment)?,
    };
    let source = keys::source(aws, &profile, true, &region, &endpoints, environment)?;
    let cacert = profile.text("ca_bundle").map(|path| environment.path(path));
    Ok(AwsSettings {
        name: name.to_string(),
        found: item.at.line(),
        region,
        endpoints,
        version,
        source,
        tls: Tls { verify, cacert, ..Tls::default() },
        attempts: super::retries::attempts(&profile, environment)?,
    })
}
