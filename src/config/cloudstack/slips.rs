//! Slips in what people write: a variable that is missing, a profile that is not there, keys that nearly count, blanks around secrets.

use super::sources::{VARIABLES, is_profile, variables};
use crate::cloud::{Error, nearest};
use crate::config::document::{At, Item};
use crate::config::environment::Environment;
use crate::config::note::Note;
use crate::config::openstack::bad_value;

/// Keys that may have been pasted with blanks around them.
const PASTED: [&str; 4] = ["key", "apikey", "secret", "secretkey"];

/// The error of variables that mean a cloud and lack one that it takes.
pub(super) fn lacking(environment: &Environment) -> Option<Error> {
    let all = variables(environment);
    let has = |key: &str| all.get(key).is_some();
    let missing = match (has("endpoint"), has("key"), has("secret"), has("username"), has("password")) {
        (false, ..) => "CLOUDSTACK_ENDPOINT",
        (_, true, true, ..) | (.., true, true) => return None,
        (_, true, false, ..) => "CLOUDSTACK_SECRET",
        (_, false, true, ..) => "CLOUDSTACK_KEY",
        (.., true, false) => "CLOUDSTACK_PASSWORD",
        (.., false, true) => "CLOUDSTACK_USERNAME",
        (.., false, false) => "CLOUDSTACK_KEY and CLOUDSTACK_SECRET",
    };
    let set =
        VARIABLES.iter().filter(|key| has(key)).map(|key| format!("CLOUDSTACK_{}", key.to_ascii_uppercase()));
    let set: Vec<String> = set.collect();
    let verb = if missing.contains(" and ") { "are" } else { "is" };
    let means = if set.len() == 1 { "means" } else { "mean" };
    let message = format!("{missing} {verb} not set, and {} {means} a CloudStack cloud", set.join(", "));
    let help = format!(
        "set {missing}; a cloud takes CLOUDSTACK_ENDPOINT with CLOUDSTACK_KEY and CLOUDSTACK_SECRET, or with CLOUDSTACK_USERNAME and CLOUDSTACK_PASSWORD"
    );
    Some(bad_value(&At::Variable("CLOUDSTACK_ENDPOINT".into()), message, help).coded("config::credentials"))
}

/// The error of a choice that names no section.
pub(super) fn no_section<'a>(
    what: &str,
    wanted: &str,
    at: &At,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    let place = match at {
        At::Variable(_) => String::new(),
        _ => format!(", at {}", at.line()),
    };
    let message = format!("{what} is `{wanted}`, and there is no such profile{place}");
    let help = match nearest::nearest(wanted, names.clone(), 1).first() {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("name one of: {}", names.collect::<Vec<_>>().join(", ")),
    };
    bad_value(at, message, help)
}

/// Keys with blanks after them, which are no part of them.
pub(super) fn blanks(text: &str, shown: &str, notes: &mut Vec<Note>) {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let wide = value.trim_end() != value || value.starts_with("  ") || value.starts_with('\t');
        if PASTED.contains(&name.as_str()) && !value.trim().is_empty() && wide {
            notes.push(Note::Warning(format!(
                "`{name}` has blanks around it, which are left out, at {shown}:{}",
                index + 1
            )));
        }
    }
}

/// The keys that sections have, in the words of `cs` and of cloudmonkey.
const KEYS: [&str; 31] = [
    "endpoint",
    "key",
    "secret",
    "method",
    "timeout",
    "retry",
    "verify",
    "cert",
    "cert_key",
    "name",
    "expiration",
    "poll_interval",
    "job_timeout",
    "dangerous_no_tls_verify",
    "trace",
    "fetch_result",
    "theme",
    "url",
    "username",
    "password",
    "domain",
    "apikey",
    "secretkey",
    "expires",
    "verifycert",
    "signatureversion",
    "project",
    "projectid",
    "zone",
    "zoneid",
    "cacert",
];

/// Keys of a profile that are nearly ones that count.
pub(super) fn slips(all: &Item, notes: &mut Vec<Note>) {
    for (name, section) in all.fields().iter().filter(|(_, section)| is_profile(section)) {
        let slip = |key: &str| !KEYS.contains(&key) && !key.starts_with("header_");
        for (key, value) in section.fields().iter().filter(|(key, _)| slip(&key.to_ascii_lowercase())) {
            if let Some(close) = nearest::nearest(key, KEYS, 1).first() {
                notes.push(Note::Warning(format!(
                    "profile `{name}` has no setting `{key}`; did you mean `{close}`? at {}",
                    value.at.line()
                )));
            }
        }
    }
}
