//! The `OS_*` variables: a cloud of their own, or settings that win over the entry that `OS_CLOUD` names, as the openstack client
//! merges them.

use super::document::{At, Data, Item};
use super::environment::Environment;
use super::note::Note;
use std::sync::Arc;

/// Settings of which a variable that names one replaces all: each of these says the same thing in another way.
const RIVALS: [&[&str]; 7] = [
    &["username", "user_name", "user_id"],
    &["project_name", "project_id", "tenant_name", "tenant_id", "system_scope", "trust_id"],
    &["user_domain_name", "user_domain_id"],
    &["project_domain_name", "project_domain_id"],
    &["domain_name", "domain_id"],
    &["default_domain_name", "default_domain_id"],
    &["interface", "endpoint_type"],
];

/// What proves who the user is; a variable of one replaces the others.
const PROOFS: [&[&str]; 3] = [
    &["password"],
    &["token", "auth_token"],
    &["application_credential_id", "application_credential_name", "application_credential_secret"],
];

/// The settings that stand below `auth`.
const OF_AUTH: [&str; 3] = ["auth_url", "endpoint", "url"];

/// The cloud that `OS_*` alone describe: all of them but those that choose or belong to others. It takes an address to be one.
/// `HEAT_URL` is enough where nothing else is known (`alone`): what is missing then is its token, and no other cloud is meant.
pub(super) fn cloud(environment: &Environment, alone: bool) -> Option<Item> {
    let set = |name: &str| environment.get(name).is_some();
    if !(set("OS_AUTH_URL") || set("OS_ENDPOINT") || set("OS_URL")) {
        return orchestration(environment).or_else(|| at_heat(environment).filter(|_| alone));
    }
    let mut all = Item { at: At::Variable(Arc::from("OS_AUTH_URL")), data: Data::Map(Vec::new()) };
    for (key, item) in settings(environment) {
        all.set(&key, item);
    }
    Some(all)
}

/// The cloud that `HEAT_URL` and a token describe, as heatclient's users have them: orchestration alone.
fn orchestration(environment: &Environment) -> Option<Item> {
    environment.get("OS_AUTH_TOKEN").or(environment.get("OS_TOKEN"))?;
    at_heat(environment)
}

/// The same, its token missing perhaps.
fn at_heat(environment: &Environment) -> Option<Item> {
    let url = environment.get("HEAT_URL")?;
    let of = |name: &str, text: &str| Item::text(At::Variable(Arc::from(name)), text);
    let mut all = Item { at: At::Variable(Arc::from("HEAT_URL")), data: Data::Map(Vec::new()) };
    all.set("auth_type", of("HEAT_URL", "fixed_token"));
    if let Some(token) = environment.get("OS_AUTH_TOKEN").or(environment.get("OS_TOKEN")) {
        all.set("token", of("OS_AUTH_TOKEN", token));
    }
    all.set("orchestration_endpoint_override", of("HEAT_URL", url));
    for (key, item) in
        settings(environment).filter(|(key, _)| matches!(key.as_str(), "cacert" | "insecure" | "region_name"))
    {
        all.set(&key, item);
    }
    Some(all)
}

/// Where heatclient's `HEAT_URL` stands among the `OS_*`.
const OVERRIDE: &str = "OS_ORCHESTRATION_ENDPOINT_OVERRIDE";

/// Each `OS_*` variable that is a setting, by its key in a clouds.yaml, and `HEAT_URL`.
fn settings(environment: &Environment) -> impl Iterator<Item = (String, Item)> {
    let own = environment.variables.iter().filter_map(|(name, value)| {
        let key = name.strip_prefix("OS_")?;
        let other = ["TEST", "STD", "LOG", "CLIENT_"].iter().any(|other| key.starts_with(other));
        if key.is_empty() || other || matches!(key, "CLOUD" | "CLOUD_NAME") {
            return None;
        }
        Some((key.to_ascii_lowercase(), Item::text(At::Variable(Arc::from(name.as_str())), value)))
    });
    // heatclient's own name of the endpoint, which holds beside a login as well.
    let heat = environment.get("HEAT_URL").filter(|_| environment.get(OVERRIDE).is_none());
    let heat = heat.map(|url| {
        (OVERRIDE["OS_".len()..].to_ascii_lowercase(), Item::text(At::Variable(Arc::from("HEAT_URL")), url))
    });
    own.chain(heat)
}

/// Lay the variables over an entry; gives the names of those that change something of it.
pub(super) fn lay_over(entry: &mut Item, environment: &Environment) -> Vec<String> {
    let mut all: Vec<(String, Item)> = settings(environment)
        .filter(|(_, item)| item.as_text().is_some_and(|text| !text.is_empty()))
        .collect();
    let named = |keys: &[&str]| all.iter().any(|(key, _)| keys.contains(&key.as_str()));
    let mut gone: Vec<&str> =
        RIVALS.iter().filter(|rivals| named(rivals)).flat_map(|rivals| rivals.iter().copied()).collect();
    if let Some(proof) = PROOFS.iter().find(|proof| named(proof)) {
        let kept = |rival: &&[&str]| rival == proof || named(rival);
        gone.extend(PROOFS.iter().filter(|rival| !kept(rival)).flat_map(|rivals| rivals.iter().copied()));
        if !named(&["auth_type"]) {
            gone.extend(["auth_type", "auth_plugin"]);
        }
    }
    // A password that stands in the environment for another program does no harm to a login without one.
    let user = ["username", "user_name", "user_id"];
    let has_user = named(&user) || user.iter().any(|key| setting(entry, key).is_some());
    if !has_user && named(PROOFS[0]) {
        all.retain(|(key, _)| key != "password");
        gone.retain(|key| !PROOFS[1..].concat().contains(key) && !key.starts_with("auth_"));
    }
    let before = entry.clone();
    for key in gone {
        entry.take(key);
        if let Some(auth) = entry.get_mut("auth") {
            auth.take(key);
        }
    }
    let mut changed = Vec::new();
    for (key, item) in all {
        if key == "region_name" {
            // Which region it is was decided with the list of regions at hand.
            if entry.get("region_name").is_some_and(|region| region.at == item.at) {
                changed.push("OS_REGION_NAME".to_string());
            }
            continue;
        }
        if setting(&before, &key).and_then(Item::as_text) != item.as_text() {
            changed.push(match &item.at {
                At::Variable(name) => name.to_string(),
                _ => format!("OS_{}", key.to_ascii_uppercase()),
            });
        }
        let below = OF_AUTH.contains(&key.as_str())
            || RIVALS[..6].concat().contains(&key.as_str())
            || PROOFS.concat().contains(&key.as_str());
        match entry.get_mut("auth").filter(|auth| below && auth.is_map()) {
            Some(auth) => {
                auth.set(&key, item);
                entry.take(&key);
            }
            None => entry.set(&key, item),
        }
    }
    changed
}

/// A setting of an entry, below `auth` or beside it.
fn setting<'a>(entry: &'a Item, key: &str) -> Option<&'a Item> {
    entry.get("auth").and_then(|auth| auth.get(key)).or_else(|| entry.get(key)).filter(|item| !item.is_null())
}

/// The environment without the line breaks that a file from Windows, or a mounted secret, leaves at the end of a value.
pub(super) fn trimmed(environment: &Environment) -> (Environment, Vec<Note>) {
    let (mut environment, mut notes) = (environment.clone(), Vec::new());
    for (name, value) in &mut environment.variables {
        let ours = ["OS_", "AWS_", "EC2_", "RHAIN_", "BOTO_", "CLOUDSTACK_", "HEAT_"];
        if !ours.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let kept = value.trim_end_matches(['\r', '\n']).len();
        if kept == value.len() {
            continue;
        }
        let what = if value[kept..].contains('\r') { "a carriage return (\\r)" } else { "a line break" };
        notes.push(Note::Warning(format!("{name} ends in {what}, which is left out")));
        value.truncate(kept);
    }
    (environment, notes)
}
