//! The clouds of a session: configuration on one side, drivers on the other. A cloud is made when it is first asked for.
//!
//! How a driver is made and how the simulated cloud is started are handed in, so that this file knows neither.

use crate::cloud::ports::{self, Known};
use crate::cloud::{Cloud, Error, Kind, Providers, Time, region};
use crate::config::openstack::{self as config, Profile};
use crate::config::{
    AwsSettings, Chosen, CloudStackSettings, Entry, Found, Note, SIM, SIM_AWS, SIM_CLOUDSTACK,
};
use crate::provider::capabilities::{BuiltIn, Drivers};
use crate::provider::openstack::service::{Service, Version};
use crate::provider::openstack::session::{Auth, Interface, Named, Scope, ServiceSettings, Settings};
use crate::wire::{self, Counters, Pace, Proxies, Trace, Wire};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a driver is made of, and so which one.
pub enum Plan {
    /// A Keystone and what to log in to it with.
    OpenStack(Box<Settings>),
    /// Keys, a region and where its services are.
    Aws(Box<AwsSettings>),
    /// An endpoint, and keys or a password.
    CloudStack(Box<CloudStackSettings>),
}

/// Makes a driver from a cloud's name, what it is made of and its way out.
pub type Make = Box<dyn Fn(Arc<str>, Plan, Wire) -> Arc<dyn Cloud> + Send + Sync>;

/// Starts the simulated cloud, or finds it started: what the driver of this name's face is made of, and its clock. Called once
/// a face at the most.
pub type Simulate = Box<dyn Fn(&str) -> Result<(Plan, Arc<dyn wire::Clock>), Error> + Send + Sync>;

/// What the command line says about clouds.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--cloud`.
    pub cloud: Option<String>,
    /// `--timeout`: the longest one request may take; the cloud's own `api_timeout` where not given.
    pub timeout: Option<Duration>,
    /// `--concurrency` and `--rate`, for the whole run.
    pub pace: Pace,
    /// `--dry-run`.
    pub dry_run: bool,
    /// Whether the simulated cloud stands in where none is configured.
    pub simulate: bool,
}

/// A cloud that was asked for, and its way out.
type Made = (Arc<dyn Cloud>, Wire);

/// Puts a dry run's overlay over a cloud.
pub type Cover = Box<dyn Fn(Arc<dyn Cloud>) -> Arc<dyn Cloud> + Send + Sync>;

/// The session's clouds.
pub struct Clouds {
    found: Found,
    options: Options,
    make: Make,
    start: Simulate,
    cover: Option<Cover>,
    clock: Arc<dyn wire::Clock>,
    trace: Arc<dyn Trace>,
    made: Mutex<BTreeMap<String, Made>>,
    /// What tells each of them from others.
    places: Mutex<BTreeMap<String, Json>>,
    /// The cloud that the session turned to.
    turned: Mutex<Option<String>>,
    secrets: wire::mask::Known,
    /// What was said of configuration already, and how it is said.
    said: Mutex<BTreeSet<String>>,
    say: Say,
    drivers: Drivers,
}

/// Holds back what an earlier life of the run may have sent: it is looked for first.
#[derive(Debug)]
struct SentBefore;

#[async_trait]
impl wire::MaySend for SentBefore {
    async fn may_send(&self, _: &wire::Request, _: u32) -> Result<(), String> {
        Ok(())
    }

    fn may_have_been_sent(&self, request: &wire::Request) -> bool {
        request.intent == wire::Intent::Once && crate::cloud::call_scope::unsure().is_some()
    }
}

/// Says what configuration has to say.
pub type Say = Box<dyn Fn(&Note) + Send + Sync>;

impl Clouds {
    /// Nothing is opened until a cloud is asked for.
    pub fn new(
        found: Found,
        options: Options,
        make: Make,
        start: Simulate,
        clock: Arc<dyn wire::Clock>,
        trace: Arc<dyn Trace>,
    ) -> Clouds {
        Clouds {
            found,
            options,
            make,
            start,
            cover: None,
            clock,
            trace,
            made: Mutex::default(),
            places: Mutex::default(),
            turned: Mutex::default(),
            secrets: wire::mask::Known::default(),
            said: Mutex::default(),
            say: Box::new(|_| {}),
            drivers: Drivers::all(),
        }
    }

    /// The same, with clouds of these providers and of no other.
    pub fn of(self, drivers: Drivers) -> Clouds {
        Clouds { drivers, ..self }
    }

    /// The same, with a way to say what configuration has to say, each thing once.
    pub fn saying(self, say: Say) -> Clouds {
        Clouds { say, ..self }
    }

    fn note(&self, notes: &[Note]) {
        for note in notes {
            let (Note::Warning(text) | Note::Detail(text)) = note;
            if self.said.lock().unwrap_or_else(PoisonError::into_inner).insert(text.clone()) {
                (self.say)(note);
            }
        }
    }

    /// Every cloud lies under an overlay from now on.
    pub fn covered(mut self, cover: Cover) -> Clouds {
        self.cover = Some(cover);
        self
    }

    /// The session's cloud and what chose it.
    pub fn chosen(&self) -> Result<Chosen, Error> {
        if let Some(name) = self.turned.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(Chosen { name, by: "`:use`".to_string() });
        }
        if let Some((_, cloud)) = self.options.cloud.as_deref().and_then(|name| self.built_in(name)) {
            return Ok(Chosen { name: cloud.name.to_string(), by: "--cloud".to_string() });
        }
        self.found.choose(self.options.cloud.as_deref()).or_else(|error| match error.diagnostic {
            Some("config::none") if self.options.simulate => {
                Ok(Chosen { name: SIM.to_string(), by: "no cloud being configured".to_string() })
            }
            _ => Err(error),
        })
    }

    /// Make another cloud the session's. Nothing is sent.
    ///
    /// # Errors
    /// When there is no such cloud, or its configuration lacks something.
    pub fn turn(&self, name: &str) -> Result<(), Error> {
        ports::Clouds::get(self, Some(name))?;
        *self.turned.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_string());
        Ok(())
    }

    /// Whether a cloud is the embedded simulated one, by any of its faces.
    pub fn is_simulated(&self, name: &str) -> bool {
        self.found.entries().iter().any(|entry| entry.name == name && entry.provider == "simulated")
    }

    /// The provider of a cloud, and the project where its configuration names one.
    pub fn described(&self, name: &str) -> Vec<String> {
        if self.is_simulated(name) {
            return vec!["simulated".to_string()];
        }
        if let Some((provider, _)) = self.built_in(name) {
            return vec![provider.to_string()];
        }
        let entry = self.found.entries().into_iter().find(|entry| entry.name == name);
        let provider = entry.map_or("openstack", |entry| entry.provider);
        let project = match self.found.openstack(name, None).map(|profile| profile.scope) {
            Ok(config::Scope::Project(project)) => project.name.or(project.id),
            _ => None,
        };
        std::iter::once(provider.to_string()).chain(project).collect()
    }

    /// A cloud that needs no configuration, with its provider's word.
    fn built_in(&self, name: &str) -> Option<(&'static str, BuiltIn)> {
        self.drivers.built_in().find(|(_, cloud)| cloud.name == name)
    }

    /// Files that could not be read.
    pub fn problems(&self) -> &[Error] {
        &self.found.problems
    }

    /// What was sent so far, by cloud.
    pub fn counters(&self) -> BTreeMap<String, Counters> {
        self.made
            .lock()
            .map(|made| made.iter().map(|(name, (_, wire))| (name.clone(), wire.counters())).collect())
            .unwrap_or_default()
    }

    /// The secrets that are hidden.
    pub fn secrets(&self) -> wire::mask::Known {
        self.secrets.clone()
    }

    /// Whether one was used that is not simulated.
    pub fn has_real(&self) -> bool {
        self.made.lock().is_ok_and(|made| made.keys().any(|name| !self.is_simulated(region::name_of(name))))
    }

    /// What tells each cloud that was asked for from others: its endpoint, project and user.
    pub fn places(&self) -> BTreeMap<String, Json> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A text without the secrets that were met so far.
    pub fn hide(&self, text: &str) -> String {
        self.secrets.hide(text)
    }

    fn cloud(&self, name: &str) -> Result<Made, Error> {
        let mut sending = wire::Settings {
            pace: self.options.pace.clone(),
            dry_run: self.options.dry_run,
            known: self.secrets.clone(),
            may_send: Some(Arc::new(SentBefore)),
            ..wire::Settings::default()
        };
        sending.timeout = self.options.timeout.unwrap_or(sending.timeout);
        if let Some((_, built_in)) = self.built_in(name) {
            let wire = Wire::new(sending, self.clock.clone(), self.trace.clone());
            return Ok((self.under((built_in.open)(Arc::from(name))), wire));
        }
        let (plan, clock) = if self.is_simulated(name) {
            (self.start)(name)?
        } else {
            sending.proxies =
                Proxies::from_variables(|name| self.found.environment().get(name).map(str::to_string));
            (self.plan(name, &mut sending)?, self.clock.clone())
        };
        let place = super::cloud_place::place(&plan, self.is_simulated(name));
        self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string(), place);
        sending.total = sending.total.max(sending.timeout);
        let wire = Wire::new(sending, clock, self.trace.clone());
        let cloud = (self.make)(Arc::from(name), plan, wire.clone());
        Ok((self.under(cloud), wire))
    }

    /// A cloud under the overlay of a dry run, where this is one.
    fn under(&self, cloud: Arc<dyn Cloud>) -> Arc<dyn Cloud> {
        match &self.cover {
            Some(cover) => cover(cloud),
            None => cloud,
        }
    }

    /// What configuration says of a cloud, and how requests to it are sent.
    fn plan(&self, name: &str, sending: &mut wire::Settings) -> Result<Plan, Error> {
        let (name, region) = region::split(name);
        self.note(&self.found.notes);
        if self.found.provider(name) == "aws" {
            let settings = self.found.aws(name, region)?;
            sending.tls = settings.tls.clone();
            sending.attempts = settings.attempts;
            return Ok(Plan::Aws(Box::new(settings)));
        }
        if self.found.provider(name) == "cloudstack" {
            let settings = self.found.cloudstack(name, region)?;
            self.note(&settings.notes);
            sending.tls = settings.tls.clone();
            sending.attempts = settings.attempts;
            sending.timeout = self.options.timeout.or(settings.timeout).unwrap_or(sending.timeout);
            return Ok(Plan::CloudStack(Box::new(settings)));
        }
        let profile = self.found.openstack(name, region)?;
        self.note(&profile.notes);
        sending.tls = profile.tls.clone();
        sending.timeout = self.options.timeout.or(profile.api_timeout).unwrap_or(sending.timeout);
        Ok(Plan::OpenStack(Box::new(settings(profile))))
    }
}

impl ports::Clouds for Clouds {
    fn get(&self, name: Option<&str>) -> Result<Arc<dyn Cloud>, Error> {
        let name =
            name.map_or_else(|| self.chosen().map(|chosen| chosen.name), |name| Ok(name.to_string()))?;
        let Ok(mut made) = self.made.lock() else {
            return Err(Error::new(crate::cloud::Kind::Failed, "the list of clouds broke in another task"));
        };
        if let Some((cloud, _)) = made.get(&name) {
            return Ok(cloud.clone());
        }
        let (cloud, wire) = self.cloud(&name)?;
        made.insert(name, (cloud.clone(), wire));
        Ok(cloud)
    }

    fn in_region(&self, name: Option<&str>, region: &str) -> Result<Arc<dyn Cloud>, Error> {
        let name =
            name.map_or_else(|| self.chosen().map(|chosen| chosen.name), |name| Ok(name.to_string()))?;
        let own = region::name_of(&name);
        let default = if self.is_simulated(own) || self.built_in(own).is_some() {
            self.get(Some(own))?.region()
        } else if self.found.provider(own) == "aws" {
            self.found.aws(own, None).ok().map(|settings| settings.region)
        } else if self.found.provider(own) == "cloudstack" {
            None
        } else {
            self.found.openstack(own, None)?.region
        };
        match default {
            Some(default) if default == region => self.get(Some(own)),
            Some(default) if self.is_simulated(own) => {
                let message = format!("cloud `{own}` has no region `{region}`");
                let error = Error::new(Kind::NotFound, message).coded("config::unknown_cloud");
                Err(error.help(format!("its region is {default}")))
            }
            _ => self.get(Some(&region::in_region(own, region))),
        }
    }

    fn hide(&self, text: &str) -> String {
        self.secrets.hide(text)
    }

    fn made(&self) -> Vec<Arc<dyn Cloud>> {
        self.made.lock().map(|all| all.values().map(|(one, _)| one.clone()).collect()).unwrap_or_default()
    }

    fn mask_secret(&self, secret: &str) {
        self.secrets.add(secret);
    }

    fn known(&self) -> Vec<Known> {
        let chosen = self.chosen().map(|chosen| chosen.name).ok();
        let built_in = self.drivers.built_in().map(|(provider, cloud)| Entry {
            name: cloud.name.to_string(),
            provider,
            found: "built in".to_string(),
            regions: Vec::new(),
        });
        let entries = self.found.entries().into_iter().chain(built_in);
        entries
            .map(|entry| Known {
                default: chosen.as_ref() == Some(&entry.name),
                speaks: self.drivers.provider(spoken(&entry)),
                name: entry.name,
                provider: entry.provider,
                found: entry.found,
                regions: entry.regions,
            })
            .collect()
    }

    fn providers(&self) -> Providers {
        self.drivers.providers()
    }
}

/// The word of the provider whose API a cloud speaks.
fn spoken(entry: &Entry) -> &'static str {
    match (entry.provider, entry.name.as_str()) {
        ("simulated", SIM_AWS) => "aws",
        ("simulated", SIM_CLOUDSTACK) => "cloudstack",
        ("simulated", _) => "openstack",
        (provider, _) => provider,
    }
}

/// A wire's clock as verbs see it.
pub struct CloudClock(pub Arc<dyn wire::Clock>);

#[async_trait]
impl ports::Clock for CloudClock {
    fn now(&self) -> Time {
        Time::from_system(self.0.now())
    }

    fn chance(&self) -> f64 {
        self.0.chance()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, by: Duration) {
        self.0.sleep(by).await;
    }

    async fn lapse(&self, by: Duration) {
        self.0.lapse(by).await;
    }
}

/// What a session needs, from what was configured.
pub fn settings(profile: Profile) -> Settings {
    let interfaces =
        |words: &[String]| words.iter().filter_map(|word| Interface::parse(word)).collect::<Vec<Interface>>();
    let mut services = BTreeMap::new();
    for (prefix, service) in &profile.services {
        let known = Service::named(prefix);
        // Older clients take a microversion for the version of an API.
        let of_version = service.api_version.as_deref().and_then(Version::parse);
        let of_version = of_version.filter(|version| known == Service::Compute && version.1 > 1);
        let entry: &mut ServiceSettings = services.entry(known.key().to_string()).or_default();
        let said = ServiceSettings {
            endpoint: service.endpoint.clone(),
            interfaces: interfaces(&service.interfaces),
            region: service.region.clone(),
            name: service.name.clone(),
            kind: service.kind.clone(),
            microversion: service.microversion.as_deref().and_then(Version::parse).or(of_version),
        };
        // Several prefixes may mean one service: what one leaves open another may say.
        entry.endpoint = said.endpoint.or(entry.endpoint.take());
        entry.interfaces =
            if said.interfaces.is_empty() { std::mem::take(&mut entry.interfaces) } else { said.interfaces };
        entry.region = said.region.or(entry.region.take());
        entry.name = said.name.or(entry.name.take());
        entry.kind = said.kind.or(entry.kind.take());
        entry.microversion = said.microversion.or(entry.microversion);
    }
    Settings {
        auth_url: profile.auth_url,
        identity_version: profile.identity_version,
        auth: match profile.auth {
            config::Auth::Password { user, password } => Auth::Password { user: named(user), password },
            config::Auth::Token(token) => Auth::Token(token),
            config::Auth::ApplicationCredential { credential, user, secret } => {
                Auth::ApplicationCredential { credential: named(credential), user: named(user), secret }
            }
            config::Auth::Fixed { endpoint, token } => Auth::Fixed { endpoint, token },
        },
        scope: match profile.scope {
            config::Scope::Unscoped => Scope::Unscoped,
            config::Scope::Project(project) => Scope::Project(named(project)),
            config::Scope::Domain(domain) => Scope::Domain(named(domain)),
            config::Scope::System => Scope::System,
            config::Scope::Trust(id) => Scope::Trust(id),
        },
        region: profile.region,
        interfaces: interfaces(&profile.interfaces),
        services,
        found: match profile.found.as_str() {
            "environment" => "the environment (OS_*)".to_string(),
            place => place.to_string(),
        },
        public: false,
    }
}

fn named(named: config::Named) -> Named {
    Named { id: named.id, name: named.name, domain_id: named.domain_id, domain_name: named.domain_name }
}
