//! Where a service answers: an override, or the catalog's URL for the region and interface, with the version that is spoken.

use super::catalog::{Missing, Wanted};
use super::discovery;
use super::keystone::{Auth, Interface, ServiceSettings, Token};
use super::service::Service;
use super::session::Session;
use crate::cloud::{Kind, Result};
use crate::wire::{Answer, Method, Request};

impl Session {
    /// Which endpoints of a service, best first.
    pub(super) fn interfaces<'a>(&'a self, service: Option<&'a ServiceSettings>) -> &'a [Interface] {
        let own = service.map(|service| service.interfaces.as_slice()).filter(|list| !list.is_empty());
        let list = own.unwrap_or(&self.0.settings.interfaces);
        if list.is_empty() { &[Interface::Public] } else { list }
    }

    /// The URL of a service up to its version and project, without a slash at its end.
    pub(super) async fn endpoint(&self, token: &Token, service: &Service) -> Result<String> {
        if let Ok(known) = self.0.endpoints.lock()
            && let Some(known) = known.get(service)
        {
            return Ok(known.clone());
        }
        let found = self.find_endpoint(token, service)?;
        let found = found.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_string();
        let versioned = self.versioned(token, service, found).await?;
        if let Ok(mut known) = self.0.endpoints.lock() {
            known.insert(service.clone(), versioned.clone());
        }
        Ok(versioned)
    }

    fn find_endpoint(&self, token: &Token, service: &Service) -> Result<String> {
        let settings = &self.0.settings;
        let own = settings.services.get(service.key());
        if let Some(endpoint) = own.and_then(|own| own.endpoint.as_deref()) {
            return Ok(filled(endpoint, token));
        }
        if let Auth::Fixed { endpoint, .. } = &settings.auth {
            return endpoint.clone().ok_or_else(|| {
                let message = format!("{} has no endpoint for {service}", self.name());
                let help =
                    format!("add `endpoint` or `{}_endpoint_override` in {}", service.key(), settings.found);
                self.error(Kind::InvalidArgument, message).help(help)
            });
        }
        let kinds = match own.and_then(|own| own.kind.as_deref()) {
            Some(kind) => vec![kind],
            None => service.kinds(),
        };
        let region = own.and_then(|own| own.region.as_deref()).or(settings.region.as_deref());
        let name = own.and_then(|own| own.name.as_deref());
        let interfaces = self.interfaces(own);
        let missing = match token.catalog.choose(Wanted { kinds: &kinds, name, region, interfaces }) {
            Ok(endpoint) => return Ok(endpoint.url.clone()),
            Err(missing) => missing,
        };
        if *service == Service::Identity {
            return Ok(settings.auth_url.trim().to_string());
        }
        let cloud = self.name();
        Err(match missing {
            Missing::Service(kinds) if kinds.is_empty() => self
                .error(
                    Kind::Unsupported,
                    format!("the token of {cloud} has no services: it is for no project"),
                )
                .help(format!("add `project_name` to the credentials in {}", settings.found)),
            Missing::Service(kinds) => self
                .error(Kind::Unsupported, format!("{cloud} has no {service} service"))
                .help(format!("choose one of its services: {}", kinds.join(", "))),
            Missing::Region(regions) => self
                .error(
                    Kind::InvalidArgument,
                    format!("{cloud} has no {service} service in region `{}`", region.unwrap_or_default()),
                )
                .help(format!("set `region_name` in {} to one of: {}", settings.found, regions.join(", "))),
            Missing::Choice(regions) => self
                .error(
                    Kind::Ambiguous,
                    format!("{cloud} has {service} in {} regions, and none is chosen", regions.len()),
                )
                .coded("config::value")
                .help(format!("set `region_name` in {} to one of: {}", settings.found, regions.join(", "))),
            Missing::Interface(words) => self
                .error(
                    Kind::InvalidArgument,
                    format!(
                        "{cloud} has no {} endpoint of {service}",
                        interfaces
                            .iter()
                            .map(|interface| interface.as_str())
                            .collect::<Vec<_>>()
                            .join(" or ")
                    ),
                )
                .help(format!("set `interface` in {} to one of: {}", settings.found, words.join(", "))),
        })
    }

    /// With its version, where the service has versions and the URL names none. Only Compute must be asked: the others have one
    /// version of use.
    async fn versioned(&self, token: &Token, service: &Service, url: String) -> Result<String> {
        let cut = discovery::cut(&url);
        let project = token.project_id.as_deref().unwrap_or_default();
        Ok(match (service, cut.version) {
            (Service::Image, Some("v1" | "v1.0" | "v1.1")) => self.second_glance(token, cut.before).await?,
            (Service::Identity, _) if !matches!(self.0.settings.auth, Auth::Fixed { .. }) => {
                // Catalogs often name v2.0 long after everyone speaks v3: it is spoken to as the login was.
                let (base, _) = self.keystone().await?;
                format!("{}/{}", cut.before, discovery::cut(&base).version.unwrap_or("v3"))
            }
            (Service::Image, None) => format!("{url}/v2"),
            (Service::Network, None) => format!("{url}/v2.0"),
            (Service::Volume, None) => format!("{url}/v3/{project}").trim_end_matches('/').to_string(),
            (Service::Orchestration, None) => format!("{url}/v1/{project}").trim_end_matches('/').to_string(),
            (Service::Compute, None) => {
                let request = Request::new("version.list", Method::Get, format!("{url}/"));
                let answer = self.ask(&request, service, token).await?;
                let offered = document(&answer);
                let best = discovery::best(&offered, 2);
                if let Some(best) = best {
                    self.0.ranges.lock().await.insert(service.clone(), best.range());
                }
                let versioned = format!("{url}/{}", best.map_or("v2.1", |best| best.path.as_str()));
                self.keep_discovery(service, &versioned, best.map(discovery::Offered::range));
                versioned
            }
            _ => url,
        })
    }
}

impl Session {
    /// Many catalogs name the first API of Glance long after it has the second. One that has the first alone is left to Nova,
    /// which shows its images in words of its own.
    async fn second_glance(&self, token: &Token, base: &str) -> Result<String> {
        let request = Request::new("version.list", Method::Get, format!("{base}/"));
        let answer = self.ask(&request, &Service::Image, token).await?;
        let offered = document(&answer);
        if !offered.is_empty() && discovery::best(&offered, 2).is_none() {
            let message = format!("the image service of {} has its first API alone", self.name());
            return Err(self.answered(Kind::Unsupported, message, &answer, &Service::Image));
        }
        let found = format!("{base}/v2");
        self.keep_discovery(&Service::Image, &found, None);
        Ok(found)
    }
}

/// The versions that an answer lists; none where it is no version document.
pub(super) fn document(answer: &Answer) -> Vec<discovery::Offered> {
    serde_json::from_slice(&answer.body).map(|document| discovery::versions(&document)).unwrap_or_default()
}

/// An override with the project's id in its place, as `%(project_id)s` or `$(tenant_id)s` and their kin say it.
fn filled(endpoint: &str, token: &Token) -> String {
    let project = token.project_id.as_deref().unwrap_or_default();
    ["%(project_id)s", "%(tenant_id)s", "$(project_id)s", "$(tenant_id)s"]
        .iter()
        .fold(endpoint.to_string(), |text, name| text.replace(name, project))
}
