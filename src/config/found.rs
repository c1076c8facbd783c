//! The clouds the user has, and which one a session works on.
//!
//! A bad file or entry spoils no other cloud: it is told when that cloud is chosen, and to whoever lists them.

use super::aws;
use super::cloudstack::{self, CLOUDSTACK};
use super::document::{At, Data, Item};
use super::environment::Environment;
use super::note::Note;
use super::openstack::bad_value;
use super::{files, merge, own, variables};
use crate::cloud::{Error, Kind};
use std::sync::Arc;

/// The name of the simulated cloud.
pub const SIM: &str = "sim";
/// The same by its EC2 face.
pub const SIM_AWS: &str = "sim:aws";
/// The same by its CloudStack face.
pub const SIM_CLOUDSTACK: &str = "sim:cloudstack";
/// The same by its OpenStack face, as its administrator.
pub const SIM_ADMIN: &str = "sim:admin";

/// A cloud that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `openstack`, `aws`, `cloudstack` or `simulated`.
    pub provider: &'static str,
    /// File and line, `environment`, or `built in`.
    pub found: String,
    /// The regions that its configuration names, the default first.
    pub regions: Vec<String>,
}

/// The session's cloud, and what chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// `--cloud`, a variable, a file's line, `the only cloud`.
    pub by: String,
}

/// All that configuration says.
#[derive(Debug, Clone)]
pub struct Found {
    pub(super) environment: Environment,
    pub(super) clouds: Item,
    pub(super) vendors: Option<Item>,
    pub(super) variables: Option<Item>,
    pub(super) variables_name: String,
    default: Option<(String, At)>,
    pub(super) aws: aws::Aws,
    pub(super) cloudstack: cloudstack::CloudStack,
    /// Other names for clouds: the new one, the old one, and where that was said.
    names: Vec<(String, String, At)>,
    /// The file that a variable names and that is not there or cannot be read: none of the others stands in for it.
    pub(super) misnamed: Option<Error>,
    /// Files that could not be read, in the order they were met.
    pub problems: Vec<Error>,
    /// What keeps our own settings from being read at all.
    refusal: Option<Error>,
    /// Slips in the OpenStack clouds of our own settings, by the cloud's name.
    pub(super) slips: Vec<(String, Error)>,
    /// What was left out of variables.
    pub notes: Vec<Note>,
}

/// Look everywhere that openstacksdk, botocore, boto, cs and cloudmonkey look, and into our own settings.
pub fn find(environment: &Environment) -> Found {
    let mut problems = Vec::new();
    let (environment, notes) = variables::trimmed(environment);
    let environment = &environment;
    let mut misnamed = None;
    let mut file =
        |name: &str, variable: &str| files::first(environment, name, variable, &mut problems, &mut misnamed);
    let (clouds, secure) = (file("clouds", "OS_CLIENT_CONFIG_FILE"), file("secure", "OS_CLIENT_SECURE_FILE"));
    let vendors = file("clouds-public", "OS_CLIENT_VENDOR_FILE");
    let empty = |name: &str| Item { at: At::BuiltIn(Arc::from(name)), data: Data::Map(Vec::new()) };
    let mut all = empty("nothing");
    for part in [&clouds, &secure].into_iter().flatten() {
        match part.get("clouds") {
            Some(clouds) if clouds.is_map() => merge::deep(&mut all, clouds),
            Some(other) if !other.is_null() => {
                let message = format!("`clouds` is no map, at {}", other.at.line());
                problems.push(bad_value(&other.at, message, "put each cloud's name below it, indented"));
            }
            _ => {}
        }
    }
    let own = own::read(environment, &mut problems);
    for (name, item) in own.openstack {
        all.set(&name, item);
    }
    let variables = variables::cloud(environment, all.fields().is_empty());
    let aws = aws::find(environment, own.aws, &mut problems);
    let cloudstack = cloudstack::find(environment, own.cloudstack, &mut problems);
    let mut found = Found {
        environment: environment.clone(),
        clouds: all,
        vendors,
        variables,
        variables_name: environment.get("OS_CLOUD_NAME").unwrap_or("envvars").to_string(),
        default: own.default,
        aws,
        cloudstack,
        names: own.names,
        refusal: own.refusal,
        slips: own.slips,
        misnamed,
        problems,
        notes,
    };
    found.check_names();
    // A file that is left out may be the one that was meant: a run says so.
    let warnings = found.problems.iter().map(|problem| {
        let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        Note::Warning(format!("{}{help}", problem.message))
    });
    found.notes.extend(warnings.collect::<Vec<_>>());
    found
}

impl Found {
    /// What was seen of the process.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Every cloud under the name that it has in our own settings, the simulated one last.
    pub fn entries(&self) -> Vec<Entry> {
        let mut all = self.own_entries();
        for entry in &mut all {
            if let Some((new, ..)) = self.names.iter().find(|(_, old, _)| *old == entry.name) {
                entry.name = new.clone();
            }
        }
        all
    }

    fn own_entries(&self) -> Vec<Entry> {
        let entry = |(name, item): &(String, Item)| Entry {
            name: name.clone(),
            provider: "openstack",
            found: item.at.line(),
            regions: self.region_names(name),
        };
        let mut all: Vec<Entry> = self.clouds.fields().iter().map(entry).collect();
        if self.variables.is_some() && self.clouds.get(&self.variables_name).is_none() {
            let name = self.variables_name.clone();
            let regions = self.region_names(&name);
            all.push(Entry { name, provider: "openstack", found: "environment".to_string(), regions });
        }
        let aws = self.aws.entries(&self.environment).into_iter();
        all.extend(
            aws.chain(self.cloudstack.entries(&self.environment))
                .filter(|entry| self.clouds.get(&entry.name).is_none()),
        );
        let built_in = [SIM, SIM_AWS, SIM_CLOUDSTACK, SIM_ADMIN].into_iter();
        all.extend(built_in.filter(|name| self.clouds.get(name).is_none()).map(|name| Entry {
            name: name.to_string(),
            provider: "simulated",
            found: "built in".to_string(),
            regions: Vec::new(),
        }));
        all
    }

    /// Other names are for clouds that are there; the simulated one keeps its own.
    fn check_names(&mut self) {
        let there: Vec<String> = self.own_entries().into_iter().map(|entry| entry.name).collect();
        for (new, old, at) in std::mem::take(&mut self.names) {
            let known = there.contains(&old) || self.is_known(&old);
            if known && old != SIM && !there.contains(&new) {
                self.names.push((new, old, at));
                continue;
            }
            let (message, help) = match known {
                true if old == SIM => {
                    (format!("`{SIM}` keeps its name, at {}", at.line()), format!("give `--cloud {SIM}`"))
                }
                true => (
                    format!("`{new}` is a cloud already, at {}", at.line()),
                    "choose another name".to_string(),
                ),
                false => (
                    format!(
                        "`{new}` is another name for `{old}`, and there is no such cloud, at {}",
                        at.line()
                    ),
                    format!("name one of: {}", there.join(", ")),
                ),
            };
            self.problems.push(bad_value(&at, message, help));
        }
    }

    /// The name that a cloud has where it was found.
    pub(super) fn original<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.iter().find(|(new, ..)| new == name).map_or(name, |(_, old, _)| old)
    }

    /// The session's cloud: the one asked for, or the first of `RHAIN_CLOUD`, `OS_CLOUD`, our own default, the variables' own, the
    /// only one.
    pub fn choose(&self, asked: Option<&str>) -> Result<Chosen, Error> {
        let variable = |name: &'static str| {
            Some((self.environment.get(name)?.to_string(), format!("the variable {name}")))
        };
        let named = asked
            .map(|name| (name.to_string(), "--cloud".to_string()))
            .or_else(|| variable("RHAIN_CLOUD"))
            .or_else(|| variable("OS_CLOUD"))
            .or_else(|| self.default.as_ref().map(|(name, at)| (name.clone(), at.line())));
        let entries = self.entries();
        let simulated =
            |name: &str| entries.iter().any(|entry| entry.name == name && entry.provider == "simulated");
        if let Some(refusal) = self.refusal.as_ref().filter(|_| !asked.is_some_and(simulated)) {
            return Err(refusal.clone());
        }
        if let Some((name, by)) = named {
            let known = entries.iter().any(|entry| entry.name == name) || self.is_known(&name);
            return match known {
                true => Ok(Chosen { name, by }),
                false => Err(self.unknown(&name, &by)),
            };
        }
        if self.variables.is_some() {
            return Ok(Chosen { name: self.variables_name.clone(), by: "the environment".to_string() });
        }
        let real: Vec<&Entry> = entries.iter().filter(|entry| entry.provider != "simulated").collect();
        match real.as_slice() {
            [only] => Ok(Chosen { name: only.name.clone(), by: "the only cloud".to_string() }),
            [] if !self.problems.is_empty() => Err(self.problems[0].clone()),
            [] => Err(Error::new(Kind::NotFound, "no cloud is configured").coded("config::none").help(
                "describe one in ~/.config/openstack/clouds.yaml, with OS_AUTH_URL and its kin, in ~/.aws/config or ~/.cloudstack.ini, \
                 or give `--cloud sim` to work on the simulated cloud",
            )),
            several => {
                let list: Vec<String> =
                    several.iter().map(|entry| format!("{} ({})", entry.name, entry.found)).collect();
                let first = &several[0].name;
                Err(Error::new(
                    Kind::Ambiguous,
                    format!("{} clouds are configured and none is chosen: {}", list.len(), list.join(", ")),
                )
                .coded("config::several")
                .help(format!("give `--cloud {first}`, or set OS_CLOUD")))
            }
        }
    }

    /// The error for a cloud that is not there; `by` is what named it.
    pub fn unknown(&self, name: &str, by: &str) -> Error {
        if let Some(problem) = self.problems.first() {
            // Whatever could not be read may well have held it.
            return problem.clone();
        }
        if let Some(error) = self.aws.bare(name, &self.environment) {
            return error.fact("found", by);
        }
        let names: Vec<_> = self.entries().into_iter().map(|entry| entry.name).collect();
        let mut close: Vec<(f64, &String)> = names
            .iter()
            .map(|known| (strsim::jaro_winkler(name, known), known))
            .filter(|(score, _)| *score > 0.7)
            .collect();
        close.sort_by(|a, b| b.0.total_cmp(&a.0));
        let help = match close.first() {
            Some((_, known)) => format!("did you mean `{known}`? The clouds are: {}", names.join(", ")),
            None => format!("choose one of: {}", names.join(", ")),
        };
        let mut error = Error::new(Kind::NotFound, format!("there is no cloud `{name}`"))
            .coded("config::unknown_cloud")
            .fact("found", by)
            .help(help);
        error.label = close.first().map(|(_, known)| format!("closest: `{known}`"));
        error
    }

    /// Whether a cloud may be asked for though it is not listed under this name.
    fn is_known(&self, name: &str) -> bool {
        let name = self.original(name);
        self.aws.knows(name)
            || self.cloudstack.knows(name, &self.environment)
            || self.own_entries().iter().any(|entry| entry.name == name)
    }

    /// The provider of a cloud that is there; `openstack` for any other, which is told when it is asked for.
    pub fn provider(&self, name: &str) -> &'static str {
        let name = self.original(name);
        match self.own_entries().iter().find(|entry| entry.name == name) {
            Some(entry) => entry.provider,
            None if self.aws.knows(name) => "aws",
            None if self.cloudstack.knows(name, &self.environment) => CLOUDSTACK,
            None => "openstack",
        }
    }
}
