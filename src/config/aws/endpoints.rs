//! Where the services of a cloud are, in botocore's order: `AWS_ENDPOINT_URL_EC2`, `AWS_ENDPOINT_URL`, the profile's
//! services section, its own `endpoint_url`. What none of them says is Amazon's own, which the driver knows.

use super::profile::Profile;
use super::{Aws, keys};
use crate::cloud::Error;
use crate::config::document::{At, Item};
use crate::config::environment::Environment;
use crate::config::openstack::bad_value;
use crate::wire::auth::source::Hosts;
use std::collections::BTreeMap;
use url::Url;

/// Where services are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// By service: `ec2`, `cloudformation`, `sts`.
    pub named: BTreeMap<String, String>,
    /// Of every other service.
    pub any: Option<String>,
    /// Whether a service that neither names is Amazon's; a private cloud's keys are not sent there.
    pub amazon: bool,
    /// Which of Amazon's hosts.
    pub hosts: Hosts,
}

impl Endpoints {
    /// The address of a service, where one is said.
    pub fn of(&self, service: &str) -> Option<&str> {
        self.named.get(service).or(self.any.as_ref()).map(String::as_str)
    }

    /// Whether the cloud is another than Amazon's, or a part of it is.
    pub(super) fn private(&self) -> bool {
        self.any.is_some() || !self.named.is_empty()
    }
}

/// The variable's own words for "yes".
pub(super) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// Which of Amazon's hosts the variables and the profile choose.
fn hosts(profile: &Profile<'_>, environment: &Environment) -> Result<Hosts, Error> {
    let chosen = |name: &str, key: &str| {
        let variable = environment.get(name).map(|text| Item::text(At::Variable(name.into()), text));
        let Some(item) = variable.or_else(|| profile.item(key).cloned()) else { return Ok(false) };
        match item.as_text().map(str::to_ascii_lowercase).as_deref() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => {
                let message = format!("`{key}` has a value of no use, at {}", item.at.line());
                Err(bad_value(&item.at, message, "give true or false"))
            }
        }
    };
    Ok(Hosts {
        fips: chosen("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?,
        dualstack: chosen("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?,
    })
}

/// A URL that requests can go to.
pub(super) fn checked(item: &Item, text: &str) -> Result<String, Error> {
    let good = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match good {
        true => Ok(text.to_string()),
        false => Err(bad_value(
            &item.at,
            format!("an endpoint is no URL, at {}", item.at.line()),
            "give it with `http://` or `https://`: http://127.0.0.1:5000",
        )),
    }
}

impl Aws {
    /// The endpoints of a profile under this environment.
    pub(super) fn endpoints(
        &self,
        name: &str,
        profile: &Profile<'_>,
        explicit: bool,
        environment: &Environment,
    ) -> Result<Endpoints, Error> {
        let hosts = hosts(profile, environment)?;
        let mut all = Endpoints { amazon: true, hosts, ..Endpoints::default() };
        let ignored = match environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
            Some(text) => is_true(text),
            None => profile.text("ignore_configured_endpoint_urls").is_some_and(is_true),
        };
        if !ignored {
            self.configured(&mut all, name, profile, environment)?;
        }
        // What OpenStack's and Eucalyptus's rc files export beside their keys.
        if !explicit && keys::of_ec2(environment) {
            for (service, variable) in [("ec2", "EC2_URL"), ("cloudformation", "AWS_CLOUDFORMATION_URL")] {
                if let Some(url) = environment.get(variable).filter(|_| all.of(service).is_none()) {
                    let item = Item::text(At::Variable(variable.into()), url);
                    all.named.insert(service.to_string(), checked(&item, url)?);
                    all.amazon = false;
                }
            }
        }
        Ok(all)
    }

    fn configured(
        &self,
        all: &mut Endpoints,
        name: &str,
        profile: &Profile<'_>,
        environment: &Environment,
    ) -> Result<(), Error> {
        let variable = |name: &str, url: &str| checked(&Item::text(At::Variable(name.into()), url), url);
        for (key, url) in &environment.variables {
            let service = key.strip_prefix("AWS_ENDPOINT_URL_").filter(|_| !url.is_empty());
            if let Some(service) = service {
                all.named.insert(service.to_ascii_lowercase(), variable(key, url)?);
            }
        }
        if let Some(url) = environment.get("AWS_ENDPOINT_URL") {
            all.any = Some(variable("AWS_ENDPOINT_URL", url)?);
            return Ok(());
        }
        if let Some((item, services)) =
            profile.item("services").and_then(|item| Some((item, item.as_text()?)))
        {
            let Some(section) = self.section("services", services) else {
                let message = format!(
                    "cloud `{name}` has the services `{services}`, which are not described, at {}",
                    item.at.line()
                );
                return Err(bad_value(&item.at, message, format!("add a section `[services {services}]`")));
            };
            for (service, settings) in section.fields() {
                let Some(item) = settings.get("endpoint_url") else { continue };
                let Some(url) = item.as_text() else { continue };
                all.named.entry(service.clone()).or_insert(checked(item, url)?);
            }
        }
        if let Some((item, url)) = profile.item("endpoint_url").and_then(|item| Some((item, item.as_text()?)))
        {
            all.any = Some(checked(item, url)?);
        }
        Ok(())
    }
}
