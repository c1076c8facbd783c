//! One profile's keys as settings, whoever's words they are: `endpoint`, `key` and `secret` are `cs`'s, `url`, `apikey` and `secretkey`
//! cloudmonkey's.

use super::{Auth, CloudStackSettings};
use crate::cloud::{Error, Secret};
use crate::config::document::Item;
use crate::config::environment::Environment;
use crate::config::note::Note;
use crate::config::openstack::bad_value;
use crate::wire::auth::cloudstack::LIFETIME;
use crate::wire::{Credentials, Tls};
use std::time::Duration;
use url::{Host, Url};

/// The first of these keys that is there.
fn item<'a>(all: &'a Item, keys: &[&str]) -> Option<&'a Item> {
    keys.iter().find_map(|key| {
        all.get(key).filter(|item| item.as_text().is_some_and(|text| !text.trim().is_empty()))
    })
}

fn text(all: &Item, keys: &[&str]) -> Option<String> {
    item(all, keys).and_then(Item::as_text).map(|text| text.trim().to_string())
}

/// The settings of a profile.
pub(super) fn settings(
    name: &str,
    all: &Item,
    found: String,
    environment: &Environment,
) -> Result<CloudStackSettings, Error> {
    let lacks = |what: &str, help: &str| {
        let message = format!("cloud `{name}` has {what}, at {}", all.at.line());
        bad_value(&all.at, message, help).coded("config::credentials")
    };
    let mut notes = Vec::new();
    let Some(url) = item(all, &["endpoint", "url"]) else {
        return Err(lacks("no `endpoint`", "add it: https://HOST/client/api"));
    };
    let endpoint = endpoint(name, url)?;
    if let Some(host) = is_plain(&endpoint) {
        notes.push(Note::Warning(format!(
            "cloud `{name}` is reached by plain HTTP at {host}: its keys and answers can be read on the way"
        )));
    }
    let keys = (text(all, &["key", "apikey"]), text(all, &["secret", "secretkey"]));
    // Keys win over the password, as in cloudmonkey.
    let auth = match (keys, text(all, &["username"]), item(all, &["password"]).and_then(Item::as_text)) {
        ((Some(key), Some(secret)), ..) => Auth::Keys(Credentials::new(key, secret)),
        (_, Some(username), Some(password)) => Auth::Password {
            username,
            password: Secret::new(password),
            domain: text(all, &["domain"]).unwrap_or_default(),
        },
        ((Some(_), None), ..) => return Err(lacks("a key without its secret", "add `secret`")),
        ((None, Some(_)), ..) => return Err(lacks("a secret without its key", "add `key`")),
        _ => {
            let help = "add `key` and `secret`, or `username`, `password` and `domain`";
            return Err(lacks("neither keys nor a password", help));
        }
    };
    let path = |keys: &[&str]| text(all, keys).map(|path| environment.path(&path));
    let refused = truth(all, &["dangerous_no_tls_verify"])? == Some(true);
    // `verify` is true, false, or the authorities' file; `verifycert` is cloudmonkey's.
    let verify = text(all, &["verify", "verifycert"]);
    let (verify, bundle) = match verify.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("true" | "yes" | "on" | "1") => (true, None),
        Some("false" | "no" | "off" | "0") => (false, None),
        Some(_) => (true, verify.map(|path| environment.path(&path))),
    };
    let tls = Tls {
        verify: verify && !refused,
        cacert: path(&["cacert"]).or(bundle),
        cert: path(&["cert"]),
        key: path(&["cert_key"]),
    };
    // A negative one means none to `cs`; the signature's version always has one here.
    let lifetime = number(all, &["expiration", "expires"])?.and_then(|seconds| u64::try_from(seconds).ok());
    let lifetime = lifetime.filter(|seconds| *seconds > 0).map_or(LIFETIME, Duration::from_secs);
    // cloudmonkey's timeout is that of jobs.
    let timeout = if all.get("endpoint").is_some() { number(all, &["timeout"])? } else { None };
    let headers = all.fields().iter().filter_map(|(key, value)| {
        Some((key.strip_prefix("header_")?.replace('_', "-"), value.as_text()?.to_string()))
    });
    Ok(CloudStackSettings {
        name: name.to_string(),
        found,
        endpoint,
        auth,
        project: text(all, &["project", "projectid"]),
        zone: text(all, &["zone", "zoneid"]),
        tls,
        timeout: timeout
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        attempts: number(all, &["retry"])?
            .and_then(|more| u32::try_from(more).ok())
            .filter(|more| *more > 0)
            .map(|more| more.saturating_add(1)),
        lifetime,
        headers: headers.collect(),
        notes,
    })
}

/// The API's URL; one without a path gets the usual one.
fn endpoint(name: &str, item: &Item) -> Result<String, Error> {
    let given = item.as_text().unwrap_or_default().trim();
    let parsed =
        Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut url) = parsed else {
        let message = format!("the endpoint of cloud `{name}` is no URL, at {}", item.at.line());
        return Err(bad_value(&item.at, message, "give it whole: https://HOST/client/api"));
    };
    if matches!(url.path(), "/" | "/client" | "/client/") {
        url.set_path("/client/api");
    }
    Ok(url.into())
}

/// The host, where the way to it is plain HTTP and leaves this machine.
fn is_plain(endpoint: &str) -> Option<String> {
    let url = Url::parse(endpoint).ok().filter(|url| url.scheme() == "http")?;
    let near = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (!near).then(|| url.host_str().unwrap_or_default().to_string())
}

fn truth(all: &Item, keys: &[&str]) -> Result<Option<bool>, Error> {
    let Some(item) = item(all, keys) else { return Ok(None) };
    match item.as_text().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(Some(true)),
        "false" | "no" | "off" | "0" => Ok(Some(false)),
        _ => {
            let message = format!("`{}` is neither true nor false, at {}", keys[0], item.at.line());
            Err(bad_value(&item.at, message, "write true or false"))
        }
    }
}

fn number(all: &Item, keys: &[&str]) -> Result<Option<i64>, Error> {
    let Some(item) = item(all, keys) else { return Ok(None) };
    match item.as_text().unwrap_or_default().trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => {
            let message = format!("`{}` is no whole number, at {}", keys[0], item.at.line());
            Err(bad_value(&item.at, message, "give seconds, such as 60"))
        }
    }
}
