//! boto 2's own files: `/etc/boto.cfg` and `~/.boto`, or the one that `BOTO_CONFIG` names.
//!
//! They name hosts alone. A CloudFormation host that is not Amazon's is taken for Heat's heat-api-cfn, on the port and path that
//! boto's users give in code (8000, `/v1/`); a port and a path that stand in the file win. Such clouds are signed for as
//! boto does it, by version 2.

use super::endpoints::{Endpoints, checked};
use super::{ANY_REGION, AwsSettings, BOTO, checked_region};
use crate::cloud::Error;
use crate::config::document::Item;
use crate::config::environment::Environment;
use crate::config::openstack::bad_value;
use crate::wire::Tls;
use crate::wire::auth::{Credentials, Source, Version};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The files, the last having the last word.
pub(super) fn files(environment: &Environment) -> Vec<PathBuf> {
    if let Some(path) = environment.get("BOTO_CONFIG") {
        return vec![environment.path(path)];
    }
    let site = environment.site.iter().map(|folder| folder.join("boto.cfg"));
    site.chain(environment.home.iter().map(|home| home.join(".boto"))).collect()
}

/// Whether the files describe a cloud, and not only how boto prints.
pub(super) fn is_cloud(boto: &Item) -> bool {
    let key = |section: &str, key: &str| boto.get(section).and_then(|section| section.get(key)).is_some();
    key("Credentials", "aws_access_key_id") || ENDPOINTS.iter().any(|(_, endpoint, ..)| key("Boto", endpoint))
}

/// Service, the keys of its host and region, and what stands behind a private host where the file names no more.
const ENDPOINTS: [(&str, &str, &str, &str); 2] = [
    ("ec2", "ec2_region_endpoint", "ec2_region_name", "/"),
    ("cloudformation", "cfn_region_endpoint", "cfn_region_name", ":8000/v1/"),
];

/// The keys, where both are there.
pub(super) fn keys(boto: &Item) -> Result<Option<Credentials>, Error> {
    let section = boto.get("Credentials");
    let text = |key: &str| section.and_then(|section| section.get(key)).and_then(Item::as_text);
    match (text("aws_access_key_id"), text("aws_secret_access_key")) {
        (Some(access), Some(secret)) => {
            Ok(Some(Credentials::new(access, secret).session_token(text("aws_security_token"))))
        }
        (None, None) => Ok(None),
        (access, _) => {
            let missing = if access.is_some() { "aws_secret_access_key" } else { "aws_access_key_id" };
            let at = section.map_or(&boto.at, |section| &section.at);
            Err(bad_value(
                at,
                format!("boto's `[Credentials]` has no `{missing}`, at {}", at.line()),
                "add it",
            ))
        }
    }
}

/// The cloud that the files describe.
pub(super) fn settings(boto: &Item, environment: &Environment) -> Result<AwsSettings, Error> {
    let item =
        |key: &str| boto.get("Boto").and_then(|section| section.get(key)).filter(|item| !item.is_null());
    let text = |key: &str| item(key).and_then(Item::as_text);
    let truth = |key: &str| match item(key).and_then(|item| Some((item, item.as_text()?))) {
        None => Ok(true),
        Some((_, "1" | "yes" | "true" | "on" | "True" | "Yes" | "TRUE" | "On")) => Ok(true),
        Some((_, "0" | "no" | "false" | "off" | "False" | "No" | "FALSE" | "Off")) => Ok(false),
        Some((item, _)) => {
            let message = format!("`{key}` of `[Boto]` is neither true nor false, at {}", item.at.line());
            Err(bad_value(&item.at, message, "write True or False"))
        }
    };
    let secure = truth("is_secure")?;
    let (mut named, mut region) = (BTreeMap::new(), None);
    for (service, endpoint, region_key, behind) in ENDPOINTS {
        if let Some((item, host)) = item(endpoint).and_then(|item| Some((item, item.as_text()?)))
            && !is_amazon(host)
        {
            named.insert(service.to_string(), checked(item, &url(host, secure, behind))?);
        }
        if let Some(item) = item(region_key) {
            let named = checked_region(item, item.as_text().unwrap_or_default())?;
            region.get_or_insert(named);
        }
    }
    let private = !named.is_empty();
    let Some(credentials) = keys(boto)? else {
        let message = format!("cloud `{BOTO}` has no keys, at {}", boto.at.line());
        let help = "add `[Credentials]` with `aws_access_key_id` and `aws_secret_access_key`";
        return Err(bad_value(&boto.at, message, help).coded("config::credentials"));
    };
    Ok(AwsSettings {
        name: BOTO.to_string(),
        found: boto.at.line(),
        region: region.unwrap_or(ANY_REGION.to_string()),
        endpoints: Endpoints { named, any: None, amazon: !private, ..Endpoints::default() },
        version: if private { Version::V2 } else { Version::V4 },
        source: Source::Static(credentials),
        tls: Tls {
            verify: truth("https_validate_certificates")?,
            cacert: text("ca_certificates_file")
                .filter(|path| *path != "system")
                .map(|path| environment.path(path)),
            ..Tls::default()
        },
        attempts: attempts(item("num_retries"))?,
    })
}

/// boto counts the attempts after the first one.
fn attempts(retries: Option<&Item>) -> Result<Option<u32>, Error> {
    let Some(item) = retries else { return Ok(None) };
    match item.as_text().and_then(|text| text.trim().parse::<u32>().ok()) {
        Some(retries) => Ok(Some(retries.saturating_add(1))),
        None => {
            let message = format!("`num_retries` of `[Boto]` is no whole number, at {}", item.at.line());
            Err(bad_value(&item.at, message, "give how often a request is sent again, such as 5"))
        }
    }
}

fn is_amazon(host: &str) -> bool {
    let host = host.split([':', '/']).next().unwrap_or_default();
    [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".amazonaws.eu",
        ".c2s.ic.gov",
        ".sc2s.sgov.gov",
        ".cloud.adc-e.uk",
        ".csp.hci.ic.gov",
    ]
    .iter()
    .any(|domain| host.ends_with(domain))
}

/// The URL of a host that stands alone, with a port, with a path, or as a URL already.
fn url(host: &str, secure: bool, behind: &str) -> String {
    if host.contains("://") {
        return host.to_string();
    }
    let scheme = if secure { "https" } else { "http" };
    let alone = !host.contains([':', '/']) || host.starts_with('[') && host.ends_with(']');
    match alone {
        true => format!("{scheme}://{host}{behind}"),
        false => format!("{scheme}://{host}"),
    }
}
