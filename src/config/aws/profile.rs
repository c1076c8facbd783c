//! One profile: its section of `credentials` over its section of `config`.

use super::Aws;
use crate::cloud::Error;
use crate::config::document::{At, Item};
use crate::config::openstack::bad_value;

/// A profile and what is said of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile<'a> {
    pub(super) name: &'a str,
    pub(super) config: Option<&'a Item>,
    pub(super) credentials: Option<&'a Item>,
}

impl<'a> Profile<'a> {
    /// A setting; what `credentials` says wins.
    pub(super) fn item(&self, key: &str) -> Option<&'a Item> {
        let of = |section: Option<&'a Item>| {
            section.and_then(|section| section.get(key)).filter(|item| !item.is_null())
        };
        of(self.credentials).or_else(|| of(self.config))
    }

    /// A setting's text.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.item(key).and_then(Item::as_text)
    }

    /// Where it stands: in `config`, where most is said of it, or in `credentials`.
    pub(super) fn at(&self) -> Option<&'a At> {
        self.config.or(self.credentials).map(|section| &section.at)
    }

    /// The same as a person reads it.
    pub(super) fn found(&self) -> String {
        self.at().map_or_else(String::new, |at| format!("{} (profile {})", at.line(), self.name))
    }

    /// A setting that is not there, where others need it.
    pub(super) fn lacks(&self, what: &str, help: impl Into<String>) -> Error {
        let at = self.at().cloned().unwrap_or(At::BuiltIn("default".into()));
        bad_value(&at, format!("profile `{}` {what}, at {}", self.name, at.line()), help)
    }
}

impl Aws {
    /// A profile that one of the files has.
    pub(super) fn profile<'a>(&'a self, name: &'a str) -> Option<Profile<'a>> {
        let of_config = self.config.as_ref().and_then(|config| {
            let mut sections = config.fields().iter();
            let named = sections.find(|(section, _)| of_profile(section).as_deref() == Some(name));
            named.map(|(_, item)| item).or_else(|| config.get("default").filter(|_| name == "default"))
        });
        let credentials = self.credentials.as_ref().and_then(|credentials| credentials.get(name));
        (of_config.is_some() || credentials.is_some()).then_some(Profile {
            name,
            config: of_config,
            credentials,
        })
    }

    /// The names of all profiles, in the order of the files.
    pub(super) fn profile_names(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let of_config = self.config.iter().flat_map(Item::fields).filter_map(|(section, _)| {
            of_profile(section).or_else(|| (section == "default").then(|| section.clone()))
        });
        let of_credentials = self.credentials.iter().flat_map(Item::fields).map(|(name, _)| name.clone());
        for name in of_config.chain(of_credentials) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// Where `config` has a section of this name alone, which only `credentials` may have.
    pub(super) fn bare_section(&self, name: &str) -> Option<&At> {
        let section = self.config.as_ref()?.get(name)?;
        (name != "default" && !name.contains(char::is_whitespace)).then_some(&section.at)
    }

    /// A section of `config` of another kind: `services`, `sso-session`.
    pub(super) fn section(&self, kind: &str, name: &str) -> Option<&Item> {
        let mut sections = self.config.iter().flat_map(Item::fields);
        sections.find(|(section, _)| named(section, kind).as_deref() == Some(name)).map(|(_, item)| item)
    }
}

fn of_profile(section: &str) -> Option<String> {
    named(section, "profile")
}

/// The name of a section `[kind name]`; it may stand in quotes.
fn named(section: &str, kind: &str) -> Option<String> {
    let name = section.strip_prefix(kind)?;
    let name = name.strip_prefix(char::is_whitespace)?.trim();
    let bare = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
    Some(bare.unwrap_or(name).to_string())
}
