//! An OpenStack profile from an entry of clouds.yaml or from `OS_*`: who logs in, where, on what, and how each service is found.
//!
//! The rules are openstacksdk's: which of two places wins, what older names mean, how domains are shared. Where it would fail
//! without a word, the entry is refused here with the file and line.

pub use super::profile::{Auth, Named, Profile, Scope, Service};

use super::document::{At, Data, Item};
use super::environment::Environment;
use super::own_keys;
use crate::cloud::{Error, Kind, Secret};
use crate::wire::Tls;
use std::collections::BTreeMap;
use std::time::Duration;

/// The kinds of login that are known.
const AUTH_TYPES: [&str; 10] = [
    "password",
    "v3password",
    "v2password",
    "token",
    "v3token",
    "v2token",
    "v3applicationcredential",
    "admin_token",
    "token_endpoint",
    "none",
];

/// An entry while it is read: `auth` and the rest.
struct Entry<'a> {
    name: &'a str,
    item: Item,
    auth: Item,
    environment: &'a Environment,
}

/// An error about a value, with its place.
pub(super) fn bad_value(at: &At, message: String, help: impl Into<String>) -> Error {
    at.mark(Error::new(Kind::InvalidArgument, message).coded("config::value").help(help))
}

/// Text as a truth value, in each way that YAML and people write one.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" => Some(true),
        "false" | "no" | "off" | "0" | "n" => Some(false),
        _ => None,
    }
}

impl Entry<'_> {
    fn wrong(&self, item: &Item, key: &str, valid: &str) -> Error {
        let at = item.at.line();
        let message = format!("`{key}` of cloud `{}` has a value of no use, at {at}", self.name);
        bad_value(&item.at, message, format!("give {valid}"))
    }

    fn text_of(&self, item: &Item, key: &str) -> Result<Option<String>, Error> {
        match &item.data {
            Data::Text { .. } => Ok(item.as_text().filter(|text| !text.is_empty()).map(str::to_string)),
            _ => Err(self.wrong(item, key, "one text")),
        }
    }

    /// A setting beside `auth`.
    fn outside(&self, key: &str) -> Result<Option<String>, Error> {
        self.item.get(key).map_or(Ok(None), |item| self.text_of(item, key))
    }

    /// A setting of `auth`; the same beside it where `auth` has none.
    fn inside(&self, key: &str) -> Result<Option<String>, Error> {
        match self.auth.get(key).map_or(Ok(None), |item| self.text_of(item, key))? {
            Some(text) => Ok(Some(text)),
            None => self.outside(key),
        }
    }

    fn first_inside(&self, keys: &[&str]) -> Result<Option<String>, Error> {
        for key in keys {
            if let Some(text) = self.inside(key)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// A setting whose place beside `auth` wins, as it may come from the command line or the environment; the last key wins.
    fn outside_first(&self, keys: &[&str]) -> Result<Option<String>, Error> {
        let mut found = None;
        for key in keys {
            if let Some(item) = self.auth.get(key) {
                found = self.text_of(item, key)?.or(found);
            }
            if let Some(item) = self.item.get(key) {
                found = self.text_of(item, key)?.or(found);
            }
        }
        Ok(found)
    }

    /// `{region_name}` and its kin, from the settings beside `auth`; `{{` is a brace.
    fn filled(&self, key: &str, text: String) -> Result<String, Error> {
        if !text.contains(['{', '}']) {
            return Ok(text);
        }
        let at = self.auth.get(key).or(self.item.get(key)).unwrap_or(&self.item);
        let (mut out, mut rest) = (String::new(), text.as_str());
        while let Some(index) = rest.find(['{', '}']) {
            out.push_str(&rest[..index]);
            let brace = &rest[index..=index];
            rest = &rest[index + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
                continue;
            }
            let name = rest.split_once('}').filter(|_| brace == "{");
            let value = name.map(|(name, _)| self.outside(name)).transpose()?.flatten();
            let (Some((_, after)), Some(value)) = (name, value) else {
                return Err(self.wrong(at, key, "a URL in which each {name} is a setting of this cloud"));
            };
            out.push_str(&value);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A truth value; an error where it is neither.
    fn truth(&self, key: &str) -> Result<Option<bool>, Error> {
        let Some(item) = self.item.get(key).filter(|item| !item.is_null()) else { return Ok(None) };
        match item.as_text().and_then(truth) {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong(item, key, "true or false")),
        }
    }

    fn interfaces(&self, item: &Item, key: &str) -> Result<Vec<String>, Error> {
        let items = match &item.data {
            Data::List(items) => items.as_slice(),
            _ => std::slice::from_ref(item),
        };
        let mut all = Vec::new();
        for word in items.iter().filter_map(Item::as_text).flat_map(|text| text.split(',')) {
            match word.trim().trim_end_matches("URL") {
                word @ ("public" | "internal" | "admin") => all.push(word.to_string()),
                _ => return Err(self.wrong(item, key, "public, internal or admin")),
            }
        }
        Ok(all)
    }

    /// No credentials: what is there, where, and what to do.
    fn lacking(&self, what: &str, help: &str) -> Error {
        const OUTSIDE: [&str; 9] = [
            "auth_url",
            "username",
            "user_id",
            "project_name",
            "project_id",
            "tenant_name",
            "tenant_id",
            "application_credential_id",
            "application_credential_name",
        ];
        let outside = self.item.fields().iter().filter(|(key, _)| OUTSIDE.contains(&key.as_str()));
        let fields = self.auth.fields().iter().chain(outside).filter(|(_, item)| item.as_text().is_some());
        let has: Vec<&str> = fields.map(|(key, _)| key.as_str()).collect();
        let at = if self.auth.fields().is_empty() { &self.item.at } else { &self.auth.at };
        let mut error = Error::new(Kind::Unauthorized, format!("cloud `{}` has no {what}", self.name))
            .coded("config::credentials")
            .help(help);
        error = at.mark(error);
        if let Some((key, item, near)) = own_keys::slip(&self.item, &self.auth) {
            error = item.at.mark(error).help(format!("write `{near}` in place of `{key}`, or {help}"));
        }
        error.cloud = Some(self.name.to_string());
        error.provider = Some("openstack");
        error.label =
            Some(if has.is_empty() { "has nothing".to_string() } else { format!("has {}", has.join(", ")) });
        error
    }
}

/// The profile of an entry that has its vendor's profile and its region's values in it already. `found` is what `clouds` shows.
pub fn profile(name: &str, item: Item, found: String, environment: &Environment) -> Result<Profile, Error> {
    let mut item = item;
    let auth = item.take("auth").unwrap_or_else(|| Item { at: item.at.clone(), data: Data::Map(Vec::new()) });
    if !auth.is_map() && !auth.is_null() {
        let message = format!("`auth` of cloud `{name}` is no map, at {}", auth.at.line());
        return Err(bad_value(&auth.at, message, "put auth_url, username and so on below it, indented"));
    }
    let entry = Entry { name, item, auth, environment };
    let (auth_type, auth) = credentials(&entry)?;
    let fixed = matches!(auth, Auth::Fixed { .. });
    let auth_url = match entry.inside("auth_url")? {
        Some(url) => entry.filled("auth_url", url)?,
        None if fixed => String::new(),
        None => return Err(entry.lacking("auth_url", "add `auth_url`, the address of its Keystone")),
    };
    if !(fixed || auth_url.starts_with("http://") || auth_url.starts_with("https://")) {
        let at = entry.auth.get("auth_url").or(entry.item.get("auth_url")).unwrap_or(&entry.item);
        return Err(entry.wrong(at, "auth_url", "a URL that starts with https:// or http://"));
    }
    let said = entry.outside("identity_api_version")?;
    let identity_version = match said.as_deref() {
        _ if auth_type.starts_with("v2") => Some(2),
        _ if auth_type.starts_with("v3") => Some(3),
        Some(said) => match said.trim_start_matches('v').split('.').next() {
            Some("2") => Some(2),
            Some("3") => Some(3),
            _ => {
                let item = entry.item.get("identity_api_version").unwrap_or(&entry.item);
                return Err(entry.wrong(item, "identity_api_version", "2 or 3"));
            }
        },
        None => None,
    };
    let interfaces = match entry.item.get("interface").or(entry.item.get("endpoint_type")) {
        Some(item) => entry.interfaces(item, "interface")?,
        None => Vec::new(),
    };
    Ok(Profile {
        name: name.to_string(),
        found,
        auth_url,
        identity_version,
        scope: scope(&entry)?,
        auth,
        region: entry.outside("region_name")?,
        interfaces: if interfaces.is_empty() { vec!["public".to_string()] } else { interfaces },
        services: services(&entry)?,
        tls: tls(&entry)?,
        api_timeout: api_timeout(&entry)?,
        notes: Vec::new(),
    })
}

/// The domain of users and projects, where it is said once.
fn domain(entry: &Entry<'_>, of: &str) -> Result<(Option<String>, Option<String>), Error> {
    let own = |part: &str| entry.outside_first(&[&format!("{of}_domain_{part}")]);
    let (id, name) = (own("id")?, own("name")?);
    if id.is_some() || name.is_some() {
        return Ok((id, name));
    }
    if project(entry)?.is_some() {
        let (id, name) = (entry.outside_first(&["domain_id"])?, entry.outside_first(&["domain_name"])?);
        if id.is_some() || name.is_some() {
            return Ok((id, name));
        }
    }
    Ok((entry.inside("default_domain_id")?, entry.inside("default_domain_name")?))
}

/// The project by id and name, where one is named.
fn project(entry: &Entry<'_>) -> Result<Option<Named>, Error> {
    let id = entry.outside_first(&["tenant_id", "project_id"])?;
    let name = entry.outside_first(&["tenant_name", "project_name"])?;
    Ok((id.is_some() || name.is_some()).then(|| Named { id, name, ..Named::default() }))
}

fn user(entry: &Entry<'_>) -> Result<Named, Error> {
    let (domain_id, domain_name) = domain(entry, "user")?;
    Ok(Named {
        id: entry.inside("user_id")?,
        name: entry.first_inside(&["username", "user_name"])?,
        domain_id,
        domain_name,
    })
}

fn credentials(entry: &Entry<'_>) -> Result<(String, Auth), Error> {
    let item = entry.item.get("auth_type").filter(|item| !item.is_null()).or(entry.item.get("auth_plugin"));
    let said = item.map(|item| entry.text_of(item, "auth_type")).transpose()?.flatten();
    let token = entry.outside_first(&["auth_token", "token"])?.map(Secret::new);
    let password = entry.inside("password")?;
    let endpoint = entry.first_inside(&["endpoint", "url"])?;
    let credential = Named {
        id: entry.inside("application_credential_id")?,
        name: entry.inside("application_credential_name")?,
        ..Named::default()
    };
    let auth_type = match said {
        Some(said) => said,
        // What openstacksdk takes for a password without one, the user meant.
        None if entry.inside("auth_url")?.is_none() && endpoint.is_some() => "admin_token".to_string(),
        None if password.is_none() && token.is_some() => "token".to_string(),
        None if password.is_none() && (credential.id.is_some() || credential.name.is_some()) => {
            "v3applicationcredential".to_string()
        }
        None => "password".to_string(),
    };
    let auth = match auth_type.as_str() {
        "password" | "v2password" | "v3password" => {
            let user = user(entry)?;
            if user.id.is_none() && user.name.is_none() {
                return Err(entry.lacking("user", "add `username`; for a variable, OS_USERNAME"));
            }
            // A named cloud may leave its password to the variable, as the command line clients read it.
            let password = password.or_else(|| entry.environment.get("OS_PASSWORD").map(str::to_string));
            let Some(password) = password else {
                let help = "add `password`, or `token`, or an application credential; secure.yaml and OS_PASSWORD are \
                            read too (neither has one)";
                return Err(entry.lacking("password", help));
            };
            Auth::Password { user, password: Secret::new(password) }
        }
        "token" | "v2token" | "v3token" => match token {
            Some(token) => Auth::Token(token),
            None => return Err(entry.lacking("token", "add `token`; for a variable, OS_TOKEN")),
        },
        "v3applicationcredential" => {
            let Some(secret) = entry.inside("application_credential_secret")? else {
                return Err(
                    entry.lacking("application_credential_secret", "add `application_credential_secret`")
                );
            };
            let user = user(entry)?;
            if credential.id.is_none()
                && (credential.name.is_none() || (user.id.is_none() && user.name.is_none()))
            {
                let help = "add `application_credential_id`, or `application_credential_name` with a user";
                return Err(entry.lacking("application_credential_id", help));
            }
            Auth::ApplicationCredential { credential, user, secret: Secret::new(secret) }
        }
        "admin_token" | "token_endpoint" => match (endpoint, token) {
            (endpoint @ Some(_), token @ Some(_)) => Auth::Fixed { endpoint, token },
            (None, _) => return Err(entry.lacking("endpoint", "add `endpoint`; for a variable, OS_ENDPOINT")),
            (_, None) => return Err(entry.lacking("token", "add `token`; for a variable, OS_TOKEN")),
        },
        // A token for the services whose addresses are given, and for no other.
        "fixed_token" if token.is_none() => {
            return Err(entry
                .lacking("token", "HEAT_URL says where Heat is: set OS_AUTH_TOKEN, too, or a whole login"));
        }
        "fixed_token" => Auth::Fixed { endpoint: None, token },
        "none" | "None" => Auth::Fixed { endpoint, token: None },
        _ => {
            let message = format!("cloud `{}` logs in by `{auth_type}`, which is not known here", entry.name);
            let at = &item.unwrap_or(&entry.item).at;
            return Err(bad_value(
                at,
                message,
                format!("set `auth_type` to one of: {}", AUTH_TYPES.join(", ")),
            ));
        }
    };
    Ok((auth_type, auth))
}

fn scope(entry: &Entry<'_>) -> Result<Scope, Error> {
    if let Some(id) = entry.inside("trust_id")? {
        return Ok(Scope::Trust(id));
    }
    if entry.inside("system_scope")?.is_some_and(|scope| truth(&scope) != Some(false)) {
        return Ok(Scope::System);
    }
    if let Some(project) = project(entry)? {
        let (domain_id, domain_name) = domain(entry, "project")?;
        return Ok(Scope::Project(Named { domain_id, domain_name, ..project }));
    }
    let (id, name) = (entry.outside_first(&["domain_id"])?, entry.outside_first(&["domain_name"])?);
    Ok(if id.is_some() || name.is_some() {
        Scope::Domain(Named { id, name, ..Named::default() })
    } else {
        Scope::Unscoped
    })
}

fn tls(entry: &Entry<'_>) -> Result<Tls, Error> {
    let mut cacert = entry.outside("cacert")?;
    let verify = match entry.outside("verify")? {
        // The library under openstacksdk takes a path here too.
        Some(path) if path.contains('/') => {
            cacert = Some(path);
            true
        }
        _ => entry.truth("verify")?.unwrap_or(true),
    };
    let verify = verify && !entry.truth("insecure")?.unwrap_or(false);
    // Where the entry says nothing: the client's own variable, then those of the HTTP library under openstacksdk.
    let bundle = ["OS_CACERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
        .iter()
        .find_map(|name| entry.environment.get(name));
    let cacert = cacert.or_else(|| bundle.map(str::to_string));
    let path = |text: Option<String>| text.map(|text| entry.environment.path(&text));
    Ok(Tls {
        verify,
        cacert: path(cacert),
        cert: path(entry.outside("cert")?),
        key: path(entry.outside("key")?),
    })
}

/// `api_timeout`; any other `*_timeout` wins over it, for older clients put a service's name there.
fn api_timeout(entry: &Entry<'_>) -> Result<Option<Duration>, Error> {
    let fields = || entry.item.fields().iter().filter(|(_, item)| !item.is_null());
    let of_service = fields().rev().find(|(key, _)| key.ends_with("_timeout") && key != "api_timeout");
    let Some((key, item)) = of_service.or_else(|| fields().find(|(key, _)| key == "api_timeout")) else {
        return Ok(None);
    };
    let seconds = entry.text_of(item, key)?.and_then(|text| text.trim().parse::<f64>().ok());
    match seconds
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(entry.wrong(item, key, "a number of seconds above 0")),
    }
}

fn services(entry: &Entry<'_>) -> Result<BTreeMap<String, Service>, Error> {
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    for (key, item) in entry.item.fields().iter().filter(|(_, item)| !item.is_null()) {
        const ENDINGS: [&str; 9] = [
            "_endpoint_override",
            "_default_microversion",
            "_api_version",
            "_endpoint_type",
            "_interface",
            "_region_name",
            "_service_name",
            "_service_type",
            "_endpoint",
        ];
        let Some(ending) = ENDINGS.iter().find(|ending| key.ends_with(**ending)) else { continue };
        let service = key[..key.len() - ending.len()].replace('_', "-");
        if service.is_empty() || service == "auth" {
            continue;
        }
        let service = services.entry(service).or_default();
        if matches!(*ending, "_interface" | "_endpoint_type") {
            service.interfaces = entry.interfaces(item, key)?;
            continue;
        }
        let Some(text) = entry.text_of(item, key)? else { continue };
        match *ending {
            "_endpoint_override" => service.endpoint = Some(entry.filled(key, text)?),
            "_endpoint" => {
                let text = entry.filled(key, text)?;
                service.endpoint.get_or_insert(text);
            }
            "_default_microversion" => {
                let known = text == "latest"
                    || text.split('.').all(|part| part.parse::<u16>().is_ok() || part == "latest");
                if !known {
                    return Err(entry.wrong(item, key, "a microversion such as 2.60, or latest"));
                }
                service.microversion = Some(text);
            }
            "_api_version" => service.api_version = Some(text),
            "_region_name" => service.region = Some(text),
            "_service_name" => service.name = Some(text),
            _ => service.kind = Some(text),
        }
    }
    Ok(services)
}
