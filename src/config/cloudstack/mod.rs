//! The CloudStack clouds of a user: the environment, the ini files of `cs`, the profiles of cloudmonkey 5 and 6.
//!
//! `cloudstack` is what the variables say where all three are there, else the section of the ini files (`CLOUDSTACK_REGION`, or
//! `[cloudstack]`), else the profile that cloudmonkey has chosen; `cloudstack:NAME` is another section or profile. [`own`] is for clouds of
//! our own settings.

mod own;
mod profile;
mod slips;
mod sources;

use super::document::{At, Data, Item};
use super::environment::Environment;
use super::found::Entry;
use super::merge;
use super::note::Note;
use crate::cloud::{Error, Secret};
use crate::wire::{Credentials, Tls};
use std::time::Duration;

/// The cloud of the environment, or of the files' own choice.
pub const CLOUDSTACK: &str = "cloudstack";

/// How a session proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// An API key and its secret.
    Keys(Credentials),
    /// A name, a password and a domain; the root domain is empty.
    Password {
        /// The user.
        username: String,
        /// Its password.
        password: Secret,
        /// Its domain.
        domain: String,
    },
}

/// All that is known of a CloudStack cloud before it is asked anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudStackSettings {
    /// Its name.
    pub name: String,
    /// Where it was found, as `clouds` lists it.
    pub found: String,
    /// The API's URL.
    pub endpoint: String,
    /// Who asks.
    pub auth: Auth,
    /// The project that everything is about.
    pub project: Option<String>,
    /// The zone of what is made where none is named.
    pub zone: Option<String>,
    /// TLS.
    pub tls: Tls,
    /// The longest one request may take, where it is said.
    pub timeout: Option<Duration>,
    /// The most attempts at one request, where it is said.
    pub attempts: Option<u32>,
    /// How long a signed request is good for.
    pub lifetime: Duration,
    /// Headers that go with every request.
    pub headers: Vec<(String, String)>,
    /// What a person should know of it.
    pub notes: Vec<Note>,
}

/// What the files say.
#[derive(Debug, Clone, Default)]
pub(super) struct CloudStack {
    /// Sections of `cs`'s ini files and cloudmonkey's profiles, by name; of one name the former.
    sections: Vec<(String, Item)>,
    /// The section that `cloudstack` is.
    chosen: Option<String>,
    /// Where a section was chosen that is not there, and why `cloudstack` is none.
    misnamed: Option<(At, Error)>,
    /// Clouds that our own settings describe, by name.
    own: Vec<(String, Item)>,
    notes: Vec<Note>,
}

/// Read all files that are there; `own` are the clouds of our own settings.
pub(super) fn find(
    environment: &Environment,
    own: Vec<(String, Item)>,
    problems: &mut Vec<Error>,
) -> CloudStack {
    let mut all = CloudStack { own, ..CloudStack::default() };
    let ini = sources::ini(environment, problems, &mut all.notes);
    let monkey = sources::cloudmonkey(environment, problems, &mut all.notes);
    let wanted = environment.get("CLOUDSTACK_REGION").unwrap_or(CLOUDSTACK);
    all.chosen = ini.iter().map(|(name, _)| name).find(|name| *name == wanted).cloned();
    if all.chosen.is_none()
        && let Some(region) = environment.get("CLOUDSTACK_REGION").filter(|_| !ini.is_empty())
    {
        let at = At::Variable("CLOUDSTACK_REGION".into());
        let names = ini.iter().map(|(name, _)| name.as_str());
        all.misnamed = Some((at.clone(), slips::no_section("CLOUDSTACK_REGION", region, &at, names)));
    }
    all.chosen = all.chosen.or(monkey.chosen);
    if all.chosen.is_none() && all.misnamed.is_none() {
        all.misnamed = monkey.misnamed;
    }
    problems.extend(all.misnamed.iter().filter(|_| all.chosen.is_none()).map(|(_, error)| error.clone()));
    for (name, item) in ini.into_iter().chain(monkey.profiles) {
        if !all.sections.iter().any(|(known, _)| *known == name) {
            all.sections.push((name, item));
        }
    }
    all
}

impl CloudStack {
    /// Every cloud of these files and of the environment.
    pub(super) fn entries(&self, environment: &Environment) -> Vec<Entry> {
        let entry =
            |name: String, found: String| Entry { name, provider: CLOUDSTACK, found, regions: Vec::new() };
        let of_variables = self.of_variables(environment);
        let mut out = Vec::new();
        if of_variables {
            out.push(entry(CLOUDSTACK.to_string(), "environment".to_string()));
        } else if let Some((at, _)) = self.misnamed.as_ref().filter(|_| self.chosen.is_none()) {
            out.push(entry(CLOUDSTACK.to_string(), at.line()));
        }
        for (name, item) in &self.sections {
            let chosen = self.chosen.as_ref() == Some(name) && !of_variables;
            let cloud = if chosen { CLOUDSTACK.to_string() } else { format!("{CLOUDSTACK}:{name}") };
            out.push(entry(cloud, format!("{} (profile {name})", item.at.line())));
        }
        out.retain(|entry| !self.own.iter().any(|(name, _)| *name == entry.name));
        out.extend(self.own.iter().map(|(name, item)| entry(name.clone(), item.at.line())));
        out
    }

    /// Whether a cloud of this name may be asked for.
    pub(super) fn knows(&self, name: &str, environment: &Environment) -> bool {
        self.own.iter().any(|(own, _)| own == name)
            || name == CLOUDSTACK
                && (self.chosen.is_some() || self.misnamed.is_some() || self.of_variables(environment))
            || name.strip_prefix("cloudstack:").is_some_and(|section| self.section(section).is_some())
    }

    /// Whether `cloudstack` is what the variables say: all of it, or as much that nothing else was meant.
    fn of_variables(&self, environment: &Environment) -> bool {
        sources::in_environment(environment).is_some()
            || self.chosen.is_none() && sources::describes_one(environment)
    }

    fn section(&self, name: &str) -> Option<&Item> {
        self.sections.iter().find(|(known, _)| known == name).map(|(_, item)| item)
    }

    /// The settings of a cloud that is [known](Self::knows).
    pub(super) fn settings(
        &self,
        name: &str,
        environment: &Environment,
    ) -> Result<CloudStackSettings, Error> {
        if let Some((_, item)) = self.own.iter().find(|(own, _)| own == name) {
            return own::settings(self, name, item, environment);
        }
        let variables = sources::in_environment(environment).filter(|_| name == CLOUDSTACK);
        let section = match name.strip_prefix("cloudstack:") {
            Some(section) => self.section(section),
            None => self.chosen.as_deref().and_then(|chosen| self.section(chosen)),
        };
        let (item, found) = match (variables, section) {
            // All three there, nothing else counts; `cs` does the same.
            (Some(item), _) => (item, "environment".to_string()),
            (None, None) if sources::describes_one(environment) => {
                if let Some(lacking) = slips::lacking(environment) {
                    return Err(lacking);
                }
                (sources::variables(environment), "environment".to_string())
            }
            (None, section) => {
                if let Some((_, error)) = self.misnamed.as_ref().filter(|_| section.is_none()) {
                    return Err(error.clone());
                }
                let mut base = sources::variables(environment);
                let at =
                    section.map_or(At::Variable("CLOUDSTACK_ENDPOINT".into()), |section| section.at.clone());
                base.at = at.clone();
                if let Some(section) = section {
                    merge::deep(&mut base, section);
                }
                sources::override_by(&mut base, environment);
                (base, at.line())
            }
        };
        let mut settings = profile::settings(name, &item, found, environment)?;
        settings.notes.splice(0..0, self.notes.iter().cloned());
        Ok(settings)
    }
}

/// An empty map.
fn empty(at: At) -> Item {
    Item { at, data: Data::Map(Vec::new()) }
}
