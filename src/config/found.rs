//! The clouds the user has, and which one a session works on.
//!
//! A bad file or entry spoils no other cloud: it is told when that cloud is chosen, and to whoever lists them.

use super::aws::{self, AwsSettings};
use super::document::{self, At, Data, Item};
use super::environment::Environment;
use super::openstack::{self, Profile, bad_value};
use super::{merge, own, vendor};
use crate::cloud::{Error, Kind};
use std::path::PathBuf;
use std::sync::Arc;

/// The name of the simulated cloud.
pub const SIM: &str = "sim";
/// The same by its EC2 face.
pub const SIM_AWS: &str = "sim:aws";

/// A cloud that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `openstack`, `aws` or `simulated`.
    pub provider: &'static str,
    /// File and line, `environment`, or `built in`.
    pub found: String,
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
    environment: Environment,
    clouds: Item,
    vendors: Option<Item>,
    variables: Option<Item>,
    variables_name: String,
    default: Option<(String, At)>,
    aws: aws::Aws,
    /// Other names for clouds: the new one, the old one, and where that was said.
    names: Vec<(String, String, At)>,
    /// Files that could not be read, in the order they were met.
    pub problems: Vec<Error>,
}

/// Look everywhere that openstacksdk, botocore and boto look, and into our own settings.
pub fn find(environment: &Environment) -> Found {
    let mut problems = Vec::new();
    let mut file = |name: &str, variable: &str| first(environment, name, variable, &mut problems);
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
    let aws = aws::find(environment, own.aws, &mut problems);
    let mut found = Found {
        environment: environment.clone(),
        clouds: all,
        vendors,
        variables: variables(environment),
        variables_name: environment.get("OS_CLOUD_NAME").unwrap_or("envvars").to_string(),
        default: own.default,
        aws,
        names: own.names,
        problems,
    };
    found.check_names();
    found
}

/// The first of the files that is there and can be read.
fn first(environment: &Environment, name: &str, variable: &str, problems: &mut Vec<Error>) -> Option<Item> {
    let given = environment.get(variable).map(|path| environment.path(path));
    let mut folders = vec![environment.cwd.clone()];
    folders.extend(environment.config_folders("openstack"));
    folders.extend(environment.site.iter().map(|folder| folder.join("openstack")));
    let named = folders
        .iter()
        .flat_map(|folder| ["yaml", "yml", "json"].map(|ending| folder.join(format!("{name}.{ending}"))));
    let given_path = given.clone();
    let paths: Vec<PathBuf> = given.into_iter().chain(named).collect();
    for path in paths {
        if !path.exists() {
            if given_path.as_ref() == Some(&path) {
                let shown = environment.shown(&path);
                let message = format!("{variable} names {shown}, which is not there");
                problems.push(
                    Error::new(Kind::InvalidArgument, message)
                        .coded("config::value")
                        .fact("found", format!("the variable {variable}"))
                        .help(format!("mend or unset {variable}")),
                );
            }
            continue;
        }
        match document::read(&path, &environment.shown(&path)) {
            Ok(item) if item.is_map() => return Some(item),
            Ok(item) if item.is_null() => return Some(item),
            Ok(item) => {
                let message = format!("{} is no map of settings", environment.shown(&path));
                problems.push(bad_value(&item.at, message, "start it with `clouds:`"));
            }
            Err(error) => problems.push(error),
        }
    }
    None
}

/// The cloud that `OS_*` alone describe: all of them but those that choose or belong to others. It takes an address to be one.
fn variables(environment: &Environment) -> Option<Item> {
    let set = |name: &str| environment.get(name).is_some();
    if !(set("OS_AUTH_URL") || set("OS_ENDPOINT") || set("OS_URL")) {
        return None;
    }
    let mut all = Item { at: At::Variable(Arc::from("OS_AUTH_URL")), data: Data::Map(Vec::new()) };
    for (name, value) in &environment.variables {
        let Some(key) = name.strip_prefix("OS_") else { continue };
        if key.is_empty() || ["TEST", "STD", "LOG", "CLIENT_"].iter().any(|other| key.starts_with(other)) {
            continue;
        }
        if !matches!(key, "CLOUD" | "CLOUD_NAME") {
            all.set(&key.to_ascii_lowercase(), Item::text(At::Variable(Arc::from(name.as_str())), value));
        }
    }
    Some(all)
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
        let mut all: Vec<Entry> = self
            .clouds
            .fields()
            .iter()
            .map(|(name, item)| Entry { name: name.clone(), provider: "openstack", found: item.at.line() })
            .collect();
        if self.variables.is_some() && self.clouds.get(&self.variables_name).is_none() {
            let name = self.variables_name.clone();
            all.push(Entry { name, provider: "openstack", found: "environment".to_string() });
        }
        let others = self.aws.entries(&self.environment);
        all.extend(others.into_iter().filter(|entry| self.clouds.get(&entry.name).is_none()));
        if self.clouds.get(SIM).is_none() {
            all.extend([SIM, SIM_AWS].map(|name| Entry {
                name: name.to_string(),
                provider: "simulated",
                found: "built in".to_string(),
            }));
        }
        all
    }

    /// Other names are for clouds that are there; the simulated one keeps its own.
    fn check_names(&mut self) {
        let there: Vec<String> = self.own_entries().into_iter().map(|entry| entry.name).collect();
        for (new, old, at) in std::mem::take(&mut self.names) {
            let known = there.contains(&old) || self.aws.knows(&old);
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
    fn original<'a>(&'a self, name: &'a str) -> &'a str {
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
                "describe one in ~/.config/openstack/clouds.yaml, with OS_AUTH_URL and its kin, or in ~/.aws/config, \
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
        let names: Vec<String> = self.entries().into_iter().map(|entry| entry.name).collect();
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
        self.aws.knows(name) || self.own_entries().iter().any(|entry| entry.name == name)
    }

    /// The provider of a cloud that is there; `openstack` for any other, which is told when it is asked for.
    pub fn provider(&self, name: &str) -> &'static str {
        let name = self.original(name);
        match self.own_entries().iter().find(|entry| entry.name == name) {
            Some(entry) => entry.provider,
            None if self.aws.knows(name) => "aws",
            None => "openstack",
        }
    }

    /// The settings of an AWS cloud.
    ///
    /// # Errors
    /// When there is none of this name, or what is said of it does not do.
    pub fn aws(&self, name: &str) -> Result<AwsSettings, Error> {
        let original = self.original(name);
        if !self.aws.knows(original) {
            return Err(self.unknown(name, "the script"));
        }
        let mut settings = self.aws.settings(original, &self.environment);
        match &mut settings {
            Ok(settings) => settings.name = name.to_string(),
            Err(error) => {
                error.cloud.get_or_insert_with(|| name.to_string());
            }
        }
        settings
    }

    /// The profile of an OpenStack cloud, with its vendor's and its region's values.
    pub fn openstack(&self, name: &str) -> Result<Profile, Error> {
        let original = self.original(name);
        let of_file = self.clouds.get(original);
        let of_variables = self.variables.as_ref().filter(|_| original == self.variables_name);
        let (entry, found) = match (of_file, of_variables) {
            (Some(item), Some(_)) => {
                let message =
                    format!("`{name}` is a cloud at {} and the one that OS_* describe", item.at.line());
                return Err(bad_value(&item.at, message, "rename it, or set OS_CLOUD_NAME to another name"));
            }
            (Some(item), None) if !item.is_map() => {
                let message = format!("cloud `{name}` is no map of settings, at {}", item.at.line());
                return Err(bad_value(&item.at, message, "put `auth:` below it, indented"));
            }
            (Some(item), None) => (merge::underscores(item), item.at.line()),
            (None, Some(item)) => (item.clone(), "environment".to_string()),
            (None, None) => return Err(self.unknown(name, "the script")),
        };
        let mut base = Item { at: entry.at.clone(), data: Data::Map(Vec::new()) };
        if let Some(named) =
            entry.get("profile").or(entry.get("cloud")).filter(|item| item.as_text().is_some())
        {
            merge::shallow(&mut base, &self.vendor(name, named)?);
        }
        let regions = entry
            .get("regions")
            .or(entry.get("region_name"))
            .or(base.get("regions"))
            .or(base.get("region_name"));
        let region = self.region(name, regions)?;
        merge::shallow(&mut base, &entry);
        base.take("regions");
        if let Some((region, values)) = region {
            base.set("region_name", region);
            if let Some(values) = values {
                merge::shallow(&mut base, &merge::underscores(&values));
            }
        }
        let mut profile = openstack::profile(name, base, found, &self.environment);
        if let Err(error) = &mut profile {
            error.cloud.get_or_insert_with(|| name.to_string());
        }
        profile
    }

    /// The profile that an entry names, from clouds-public.yaml or our own knowledge; it may name a further one.
    fn vendor(&self, cloud: &str, named: &Item) -> Result<Item, Error> {
        let public = self.vendors.as_ref().and_then(|vendors| vendors.get("public-clouds"));
        let find = |name: &str| {
            public
                .and_then(|public| public.get(name))
                .map(merge::underscores)
                .or_else(|| vendor::profile(name))
        };
        let name = named.as_text().unwrap_or_default();
        let Some(mut profile) = find(name) else {
            let message = format!(
                "cloud `{cloud}` has the profile `{name}`, which is not known, at {}",
                named.at.line()
            );
            return Err(bad_value(
                &named.at,
                message,
                "describe it in a clouds-public.yaml, or take `profile` away",
            ));
        };
        if let Some(next) = profile.take("profile")
            && let Some(mut under) = next.as_text().filter(|next| *next != name).and_then(find)
        {
            merge::shallow(&mut under, &profile);
            return Ok(under);
        }
        Ok(profile)
    }

    /// The region of a cloud with its own values: the one that `OS_REGION_NAME` names, or the first.
    fn region(&self, cloud: &str, regions: Option<&Item>) -> Result<Option<(Item, Option<Item>)>, Error> {
        // With OS_AUTH_URL set, the variable describes another cloud.
        let wanted = self.environment.get("OS_REGION_NAME").filter(|_| self.variables.is_none());
        let at = At::Variable(Arc::from("OS_REGION_NAME"));
        let wanted_item = || wanted.map(|wanted| (Item::text(at.clone(), wanted), None));
        let Some(regions) = regions.filter(|regions| !regions.is_null()) else { return Ok(wanted_item()) };
        let list = match &regions.data {
            Data::List(items) => items.clone(),
            Data::Text { text, .. } => {
                text.split(',').map(|name| Item::text(regions.at.clone(), name.trim())).collect()
            }
            Data::Map(_) => vec![regions.clone()],
        };
        let mut all = Vec::new();
        for item in &list {
            let name = if item.is_map() { item.get("name") } else { Some(item) };
            match name.filter(|name| name.as_text().is_some()) {
                Some(name) => all.push((name.clone(), item.get("values").cloned())),
                None => {
                    let message = format!("a region of cloud `{cloud}` has no name, at {}", item.at.line());
                    return Err(bad_value(
                        &item.at,
                        message,
                        "write `- NAME`, or `- name: NAME` with `values:`",
                    ));
                }
            }
        }
        if all.is_empty() {
            return Ok(wanted_item());
        }
        let Some(wanted) = wanted else { return Ok(all.into_iter().next()) };
        let names: Vec<String> =
            all.iter().filter_map(|(name, _)| name.as_text().map(str::to_string)).collect();
        match all.into_iter().find(|(name, _)| name.as_text() == Some(wanted)) {
            Some(region) => Ok(Some(region)),
            None => Err(bad_value(
                &at,
                format!("cloud `{cloud}` has no region `{wanted}`, which OS_REGION_NAME names"),
                format!("set OS_REGION_NAME to one of: {}", names.join(", ")),
            )),
        }
    }
}
