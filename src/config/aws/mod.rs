//! The AWS clouds of a user: the environment, `~/.aws/config` and `credentials` with their profiles, `~/.boto`.
//!
//! The rules are botocore's, and boto 2's for its own files; [`profile`] lays the two files of a profile over each other,
//! [`keys`] says what its keys come from, [`endpoints`] where its services are. `aws` is what the environment or the default
//! profile says, `aws:NAME` a profile, which wins over keys in the environment, and `boto` what boto's files say; [`own`] is for
//! clouds of our own settings.

mod boto;
mod endpoints;
mod keys;
mod own;
mod profile;
mod retries;

pub use endpoints::Endpoints;

use super::document::{At, Item};
use super::encoding;
use super::environment::Environment;
use super::found::Entry;
use super::openstack::bad_value;
use super::{ini, merge};
use crate::cloud::{Error, Kind};
use crate::wire::Tls;
use crate::wire::auth::{Source, Version};
use profile::Profile;
use std::path::PathBuf;

/// The cloud of the environment or the default profile.
pub const AWS: &str = "aws";
/// The cloud of boto's files.
pub const BOTO: &str = "boto";
/// The region of a private cloud that names none: its signatures need one.
const ANY_REGION: &str = "us-east-1";

/// All that is known of an AWS cloud before it is asked anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSettings {
    /// Its name.
    pub name: String,
    /// Where it was found, as `clouds` lists it.
    pub found: String,
    /// The region.
    pub region: String,
    /// Where its services are.
    pub endpoints: Endpoints,
    /// How requests are signed.
    pub version: Version,
    /// What its keys come from.
    pub source: Source,
    /// TLS.
    pub tls: Tls,
    /// The most attempts at one request, where it is said.
    pub attempts: Option<u32>,
}

/// What AWS's and boto's files say.
#[derive(Debug, Clone, Default)]
pub(super) struct Aws {
    config: Option<Item>,
    credentials: Option<Item>,
    boto: Option<Item>,
    /// Clouds that our own settings describe, by name.
    own: Vec<(String, Item)>,
}

/// Read all files that are there; `own` are the clouds of our own settings.
pub(super) fn find(environment: &Environment, own: Vec<(String, Item)>, problems: &mut Vec<Error>) -> Aws {
    let mut read = |path: PathBuf| {
        if !path.is_file() {
            return None;
        }
        let shown = environment.shown(&path);
        let text = encoding::text(&path, &shown).and_then(|text| ini::parse(&text, &shown));
        text.map_err(|error| problems.push(error)).ok()
    };
    let mut of_aws = |variable: &str, name: &str| {
        let given = environment.get(variable).map(|path| environment.path(path));
        given.or_else(|| Some(environment.home.as_ref()?.join(".aws").join(name))).and_then(&mut read)
    };
    let (config, credentials) =
        (of_aws("AWS_CONFIG_FILE", "config"), of_aws("AWS_SHARED_CREDENTIALS_FILE", "credentials"));
    let mut boto: Option<Item> = None;
    for item in boto::files(environment).into_iter().filter_map(read) {
        match &mut boto {
            Some(under) => {
                // Where it is found is the file that has the last word.
                merge::deep(under, &item);
                under.at = item.at;
            }
            None => boto = Some(item),
        }
    }
    Aws { config, credentials, boto, own }
}

impl Aws {
    /// Every cloud of these files and of the environment.
    pub(super) fn entries(&self, environment: &Environment) -> Vec<Entry> {
        let entry = |name: String, found: String| Entry { name, provider: "aws", found, regions: Vec::new() };
        let (default, names) = (default_profile(environment).0, self.profile_names());
        let of_variables = keys::in_environment(environment);
        let own = self.profile(default).filter(|_| !of_variables);
        let mut all = Vec::new();
        match own {
            Some(profile) => all.push(entry(AWS.to_string(), profile.found())),
            None if of_variables || keys::in_container(environment) => {
                all.push(entry(AWS.to_string(), "environment".to_string()));
            }
            None => {}
        }
        for profile in names.iter().filter_map(|name| self.profile(name)) {
            // A default profile without keys is what `aws` lays under the environment's, and no cloud of its own.
            if profile.name != default || of_variables && keys::has_any(&profile) {
                all.push(entry(format!("{AWS}:{}", profile.name), profile.found()));
            }
        }
        if let Some(boto) = self.boto.as_ref().filter(|boto| boto::is_cloud(boto)) {
            all.push(entry(BOTO.to_string(), boto.at.line()));
        }
        all.retain(|entry| !self.own.iter().any(|(name, _)| *name == entry.name));
        all.extend(self.own.iter().map(|(name, item)| entry(name.clone(), item.at.line())));
        all
    }

    /// Whether a cloud of this name may be asked for: `aws` always, for the instance that this runs on may have a role.
    pub(super) fn knows(&self, name: &str) -> bool {
        if self.own.iter().any(|(own, _)| own == name) {
            return true;
        }
        match name.strip_prefix("aws:") {
            Some(profile) => self.profile(profile).is_some(),
            None => name == AWS || name == BOTO && self.boto.as_ref().is_some_and(boto::is_cloud),
        }
    }

    /// The error for a profile that is asked for and stands in `config` without the word `profile`.
    pub(super) fn bare(&self, name: &str, environment: &Environment) -> Option<Error> {
        let name = name.strip_prefix("aws:").unwrap_or(match name {
            AWS => default_profile(environment).0,
            other => other,
        });
        self.bare_section(name).map(|at| without_profile(name, at))
    }

    /// The settings of a cloud that is [known](Self::knows).
    pub(super) fn settings(
        &self,
        name: &str,
        asked_region: Option<&str>,
        environment: &Environment,
    ) -> Result<AwsSettings, Error> {
        let asked_region = asked_region.map(|region| Item::text(At::BuiltIn("the script".into()), region));
        let other = match self.own.iter().find(|(own, _)| own == name) {
            Some((_, item)) => Some(own::settings(self, name, asked_region.as_ref(), item, environment)?),
            None if name == BOTO => {
                self.boto.as_ref().map(|boto| boto::settings(boto, environment)).transpose()?
            }
            None => None,
        };
        if let Some(mut settings) = other {
            if let Some(item) = &asked_region {
                settings.region = checked_region(item, item.as_text().unwrap_or_default())?;
            }
            return Ok(settings);
        }
        let asked = name.strip_prefix("aws:");
        let (default, by) = default_profile(environment);
        let profile_name = asked.unwrap_or(default);
        let profile = match (self.profile(profile_name), by) {
            (None, Some(variable)) if asked.is_none() => {
                if let Some(at) = self.bare_section(profile_name) {
                    return Err(without_profile(profile_name, at));
                }
                let names = self.profile_names().join(", ");
                let message = format!("there is no AWS profile `{profile_name}`, which {variable} names");
                return Err(bad_value(
                    &At::Variable(variable.into()),
                    message,
                    if names.is_empty() {
                        format!("unset {variable}, or describe the profile in ~/.aws/config")
                    } else {
                        format!("set {variable} to one of: {names}")
                    },
                ));
            }
            (found, _) => found.unwrap_or(Profile { name: profile_name, config: None, credentials: None }),
        };
        let found = match keys::in_environment(environment) && asked.is_none() || profile.at().is_none() {
            true => "environment".to_string(),
            false => profile.found(),
        };
        let endpoints = self.endpoints(name, &profile, asked.is_some(), environment)?;
        let region = match &asked_region {
            Some(item) => checked_region(item, item.as_text().unwrap_or_default())?,
            None => region(name, &profile, &endpoints, environment)?,
        };
        let version = if endpoints.private() && keys::of_ec2(environment) && asked.is_none() {
            Version::V2
        } else {
            Version::V4
        };
        let source = keys::source(self, &profile, asked.is_some(), &region, &endpoints, environment)?;
        let bundle = environment
            .get("AWS_CA_BUNDLE")
            .or_else(|| profile.text("ca_bundle"))
            .map(|path| environment.path(path));
        let tls = Tls { cacert: bundle, ..Tls::default() };
        let attempts = retries::attempts(&profile, environment)?;
        Ok(AwsSettings { name: name.to_string(), found, region, endpoints, version, source, tls, attempts })
    }
}

/// The error for a section `[NAME]` of ~/.aws/config that is meant for a profile.
fn without_profile(name: &str, at: &At) -> Error {
    let message = format!("`[{name}]` at {} is no profile: the word `profile` is missing", at.line());
    let error = Error::new(Kind::NotFound, message).coded("config::unknown_cloud");
    at.mark(error.help(format!("write `[profile {name}]`; only ~/.aws/credentials has `[{name}]`")))
}

/// The profile of `aws`, and the variable that names it.
fn default_profile(environment: &Environment) -> (&str, Option<&'static str>) {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .into_iter()
        .find_map(|variable| Some((environment.get(variable)?, Some(variable))))
        .unwrap_or(("default", None))
}

/// The region, which is a part of host names and signatures.
fn region(
    name: &str,
    profile: &Profile<'_>,
    endpoints: &Endpoints,
    environment: &Environment,
) -> Result<String, Error> {
    let variable = |name: &'static str| Some(Item::text(At::Variable(name.into()), environment.get(name)?));
    let item = variable("AWS_REGION")
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or_else(|| profile.item("region").cloned());
    match item.as_ref().and_then(|item| Some((item, item.as_text()?))) {
        Some((item, region)) => checked_region(item, region),
        None if endpoints.private() => Ok(ANY_REGION.to_string()),
        None => {
            let help = match profile.at() {
                Some(_) => "add `region = us-east-1`, or yours, to the profile, or set AWS_REGION",
                None => "set AWS_REGION, or `region` in ~/.aws/config",
            };
            let error = Error::new(Kind::InvalidArgument, format!("cloud `{name}` has no region"))
                .coded("config::value")
                .help(help);
            Err(match profile.at() {
                Some(at) => at.mark(error),
                None => error,
            })
        }
    }
}

fn checked_region(item: &Item, region: &str) -> Result<String, Error> {
    match region.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        true => Ok(region.to_string()),
        false => Err(bad_value(
            &item.at,
            format!("`{region}` is no region, at {}", item.at.line()),
            "give letters, digits and dashes: us-east-1",
        )),
    }
}
