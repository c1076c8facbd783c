//! Where profiles are found: the variables and ini files of `cs`, in its search order, and the configuration of cloudmonkey 6 and 5.

use super::empty;
use super::slips::{blanks, no_section, slips};
use crate::cloud::Error;
use crate::config::document::{At, Item};
use crate::config::environment::Environment;
use crate::config::note::Note;
use crate::config::{encoding, ini, merge};
use std::path::{Path, PathBuf};

/// The variables of `cs`, by what the ini files call them.
pub(super) const VARIABLES: [&str; 14] = [
    "endpoint",
    "key",
    "secret",
    "timeout",
    "retry",
    "verify",
    "cert",
    "cert_key",
    "expiration",
    "dangerous_no_tls_verify",
    "project",
    "zone",
    "username",
    "password",
];

/// What the variables say, whether it is enough or not.
pub(super) fn variables(environment: &Environment) -> Item {
    let mut all = empty(At::Variable("CLOUDSTACK_ENDPOINT".into()));
    for key in VARIABLES {
        let name = format!("CLOUDSTACK_{}", key.to_ascii_uppercase());
        if let Some(text) = environment.get(&name) {
            all.set(key, Item::text(At::Variable(name.as_str().into()), text));
        }
    }
    if let Some(domain) = environment.get("CLOUDSTACK_DOMAIN") {
        all.set("domain", Item::text(At::Variable("CLOUDSTACK_DOMAIN".into()), domain));
    }
    all
}

/// The same, where they describe a cloud by themselves: `CLOUDSTACK_OVERRIDES` says that the files do.
pub(super) fn in_environment(environment: &Environment) -> Option<Item> {
    if environment.get("CLOUDSTACK_OVERRIDES").is_some() {
        return None;
    }
    let all = variables(environment);
    let has = |key: &str| all.get(key).is_some();
    let proves = has("key") && has("secret") || has("username") && has("password");
    (has("endpoint") && proves).then_some(all)
}

/// Whether the variables mean a cloud of their own, though one of them may be missing.
pub(super) fn describes_one(environment: &Environment) -> bool {
    let all = variables(environment);
    let has = |key: &str| all.get(key).is_some();
    has("endpoint") || has("key") && has("secret")
}

/// The variables that `CLOUDSTACK_OVERRIDES` lets win over a file.
pub(super) fn override_by(all: &mut Item, environment: &Environment) {
    let Some(named) = environment.get("CLOUDSTACK_OVERRIDES") else { return };
    let variables = variables(environment);
    for key in named.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_ascii_lowercase) {
        if let Some(item) = variables.get(&key) {
            all.set(&key, item.clone());
        }
    }
}

/// The sections of the ini files, the last file having the last word.
pub(super) fn ini(
    environment: &Environment,
    problems: &mut Vec<Error>,
    notes: &mut Vec<Note>,
) -> Vec<(String, Item)> {
    let home = environment.home.as_ref().map(|home| home.join(".cloudstack.ini"));
    let here = Some(environment.cwd.join("cloudstack.ini"));
    let named = environment.get("CLOUDSTACK_CONFIG").map(|path| environment.path(path));
    let mut all: Option<Item> = None;
    for path in [home, here, named].into_iter().flatten() {
        let Some(item) = read(&path, environment, problems, notes, false) else { continue };
        match &mut all {
            Some(under) => merge::deep(under, &item),
            None => all = Some(item),
        }
    }
    let sections = all.map(|all| all.fields().to_vec()).unwrap_or_default();
    sections.into_iter().filter(|(_, item)| is_profile(item)).collect()
}

/// What cloudmonkey's file says.
#[derive(Default)]
pub(super) struct Cloudmonkey {
    pub(super) profiles: Vec<(String, Item)>,
    pub(super) chosen: Option<String>,
    /// Where a profile was chosen that is not there.
    pub(super) misnamed: Option<(At, Error)>,
}

/// The profiles of cloudmonkey 6, or of 5 where there are none.
pub(super) fn cloudmonkey(
    environment: &Environment,
    problems: &mut Vec<Error>,
    notes: &mut Vec<Note>,
) -> Cloudmonkey {
    let Some(home) = &environment.home else { return Cloudmonkey::default() };
    if let Some(all) = read(&home.join(".cmk").join("config"), environment, problems, notes, true) {
        return profiles(&all, all.get(ini::TOP));
    }
    let Some(mut all) = read(&home.join(".cloudmonkey").join("config"), environment, problems, notes, true)
    else {
        return Cloudmonkey::default();
    };
    // Before 5.1 there was one profile, in two sections.
    if let Some(user) = all.get("user").cloned() {
        let mut only = user;
        let of = |key: &str| all.get("server").and_then(|server| server.get(key)).and_then(Item::as_text);
        if only.get("url").is_none()
            && let Some(host) = of("host")
        {
            let (scheme, port) = (of("protocol").unwrap_or("http"), of("port").unwrap_or("8080"));
            let path = of("path").unwrap_or("/client/api");
            let at = only.at.clone();
            only.set("url", Item::text(at, format!("{scheme}://{host}:{port}{path}")));
        }
        all.set("user", only);
    }
    let mut found = profiles(&all, all.get("core"));
    if found.chosen.is_none() && found.profiles.iter().any(|(name, _)| name == "user") {
        (found.chosen, found.misnamed) = (Some("user".to_string()), None);
    }
    found
}

fn profiles(all: &Item, top: Option<&Item>) -> Cloudmonkey {
    const OTHERS: [&str; 5] = [ini::TOP, "core", "ui", "server", "global"];
    let sections = all.fields().iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    let profiles: Vec<(String, Item)> = sections
        .filter(|(_, item)| is_profile(item))
        .map(|(name, item)| (name.clone(), with_url(item)))
        .collect();
    let named = top.and_then(|top| top.get("profile"));
    let wanted = named.and_then(|item| Some((item.at.clone(), unquoted(item.as_text()?).to_string())));
    let is = |wanted: &str| profiles.iter().any(|(name, _)| name == wanted);
    match wanted {
        Some((_, wanted)) if is(&wanted) => Cloudmonkey { profiles, chosen: Some(wanted), misnamed: None },
        Some((at, wanted)) if !wanted.is_empty() && !profiles.is_empty() => {
            let names = profiles.iter().map(|(name, _)| name.as_str());
            let error = no_section("`profile`", &wanted, &at, names);
            Cloudmonkey { profiles, chosen: None, misnamed: Some((at, error)) }
        }
        _ => Cloudmonkey { profiles, chosen: None, misnamed: None },
    }
}

/// cloudmonkey's own address, where a profile has none.
fn with_url(item: &Item) -> Item {
    let mut item = item.clone();
    if item.get("url").is_none_or(Item::is_null) && item.get("endpoint").is_none() {
        let at = item.at.clone();
        item.set("url", Item::text(at, "http://localhost:8080/client/api"));
    }
    item
}

/// Whether a section says how to reach a cloud.
pub(super) fn is_profile(item: &Item) -> bool {
    ["endpoint", "url", "key", "apikey", "username"]
        .iter()
        .any(|key| item.get(key).is_some_and(|item| !item.is_null()))
}

fn read(
    path: &Path,
    environment: &Environment,
    problems: &mut Vec<Error>,
    notes: &mut Vec<Note>,
    top: bool,
) -> Option<Item> {
    if !path.is_file() {
        return None;
    }
    let shown = environment.shown(&PathBuf::from(path));
    let text = match encoding::text(path, &shown) {
        Ok(text) => text,
        Err(error) => {
            problems.push(error);
            return None;
        }
    };
    let parsed = if top { ini::parse_below(&text, &shown) } else { ini::parse(&text, &shown) };
    match parsed {
        Ok(mut item) => {
            blanks(&text, &shown, notes);
            slips(&item, notes);
            unquote(&mut item);
            Some(item)
        }
        Err(error) => {
            problems.push(error);
            None
        }
    }
}

/// Values in quotes, as some tools write them.
fn unquote(item: &mut Item) {
    let keys: Vec<String> = item.fields().iter().map(|(key, _)| key.clone()).collect();
    for key in keys {
        let Some(field) = item.get_mut(&key) else { continue };
        if field.is_map() {
            unquote(field);
        } else if let Some(text) = field.as_text() {
            let plain = unquoted(text).to_string();
            if plain.len() != text.len() {
                *field = Item::text(field.at.clone(), plain);
            }
        }
    }
}

fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}
