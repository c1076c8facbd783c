//! The decision about one effect: pure, so that every rule is tested without a run.

use super::allow::{CloudGrant, Grants};
use super::granted::{Grant, host_and_port, host_granted, name_granted, path_granted};
use crate::cloud::ports::FileGate;
use crate::cloud::{Error, Kind, Value};
use crate::verbs::{Call, Effect, Param, Role};
use std::path::PathBuf;

/// What a run may do; made from the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Refuse every verb that changes a cloud.
    pub read_only: bool,
    /// Keep what changes something outside: shown, and not done.
    pub dry_run: bool,
    /// Answer every `confirm` with yes.
    pub yes: bool,
    /// Files that may be read.
    pub read: Grant,
    /// Files that may be written.
    pub write: Grant,
    /// Programs that may be run.
    pub exec: Grant,
    /// Hosts that may be reached.
    pub net: Grant,
    /// Environment variables that may be read.
    pub environment: Grant,
    /// What is refused though it is granted.
    pub denied: Grants,
    /// The clouds that may be used; all where none is named.
    pub clouds: Option<Vec<CloudGrant>>,
    /// The working directory, from which paths are taken.
    pub directory: PathBuf,
}

impl Policy {
    /// The same for a module that may touch no more than this.
    pub fn within(&self, grants: &Grants) -> Policy {
        let grants = grants.clone();
        Policy {
            read: grants.read,
            write: grants.write,
            exec: grants.exec,
            net: grants.net,
            environment: grants.environment,
            clouds: grants.clouds,
            ..self.clone()
        }
    }

    /// Whether a path, a name or a host of this kind (`read`, `env` …) is granted, and not denied.
    pub fn grants(&self, kind: &str, what: &str) -> bool {
        let (grant, denied) = (self.of(kind), self.denied.of(kind));
        match kind {
            "read" | "write" => {
                path_granted(grant, &self.directory, what) && !path_granted(denied, &self.directory, what)
            }
            "net" => host_granted(grant, what) && !host_granted(denied, what),
            _ => name_granted(grant, what) && !name_granted(denied, what),
        }
    }

    /// Whether a path, a name or a host is denied whatever is granted.
    pub fn denies(&self, kind: &str, what: &str) -> bool {
        match kind {
            "read" | "write" => path_granted(self.denied.of(kind), &self.directory, what),
            "net" => host_granted(self.denied.of(kind), what),
            _ => name_granted(self.denied.of(kind), what),
        }
    }

    /// What is granted of a kind.
    pub fn of(&self, kind: &str) -> &Grant {
        match kind {
            "read" => &self.read,
            "write" => &self.write,
            "env" => &self.environment,
            "exec" => &self.exec,
            _ => &self.net,
        }
    }
}

/// What is to become of an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Do it.
    Allow,
    /// Say what would be done; nothing is.
    Keep,
    /// Refuse it.
    Deny(Error),
}

/// The effect of a call, asked of its arguments where it depends on them.
pub fn effect_of(call: &Call) -> Effect {
    call.effect()
}

/// Decide about a call.
pub fn decide(call: &Call, policy: &Policy) -> Decision {
    let effect = effect_of(call);
    let verb = call.verb.name;
    if effect.changes_cloud() && policy.read_only {
        return Decision::Deny(
            denied(format!("`{verb}` is refused: this session is read-only"))
                .help("leave out --read-only to let scripts change the cloud"),
        );
    }
    if effect.changes_outside() && !call.only_reads() && policy.read_only {
        return Decision::Deny(
            denied(format!("`{verb}` is refused: this session is read-only"))
                .help("leave out --read-only to let scripts change what is outside them"),
        );
    }
    match named(call).into_iter().find_map(|(param, text)| refused(call, policy, param, text)) {
        Some(error) => Decision::Deny(error),
        None => match cloud_refused(call, effect, policy) {
            Some(error) => Decision::Deny(error),
            None => kept(call, effect, policy),
        },
    }
}

/// Every text of the call that names something outside the script, wherever it stands.
fn named(call: &Call) -> Vec<(Param, &str)> {
    let params = call.form.params.iter().chain(call.form.options).filter(|param| param.role != Role::Plain);
    let mut found = Vec::new();
    for param in params {
        let mut open: Vec<&Value> = call.value(param.name).into_iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Text(text) => found.push((*param, &**text)),
                Value::Secret(secret) => found.push((*param, secret.reveal())),
                Value::Array(items) => open.extend(items.iter().rev()),
                _ => {}
            }
        }
    }
    found
}

/// Why a call may not touch what one of its arguments names; `None` where it may.
fn refused(call: &Call, policy: &Policy, param: Param, text: &str) -> Option<Error> {
    let verb = call.verb.name;
    let (kind, what) = match param.role {
        Role::Plain | Role::Folder => return None,
        Role::ReadsFile => ("read", "read"),
        Role::WritesFile => ("write", "write"),
        Role::Program => ("exec", "run"),
        Role::Variable => ("env", "read the environment variable"),
        Role::HostOrServer if call.host.is_own_address(text) => return None,
        Role::Host | Role::HostOrServer => {
            let error = reachable(policy, verb, text).err()?;
            return Some(error.at(call.place(param.name), "needs --allow-net"));
        }
    };
    if policy.grants(kind, text) {
        return None;
    }
    let error = denied(format!("`{verb}` may not {what} `{text}`"));
    let place = call.place(param.name);
    Some(match policy.denies(kind, text) {
        true => error
            .help(format!("leave out --deny-{kind}, which beats --allow-{kind}"))
            .at(place, format!("denied by --deny-{kind}")),
        false => {
            error.help(format!("run with --allow-{kind}={text}")).at(place, format!("needs --allow-{kind}"))
        }
    })
}

/// Why a call may not use the clouds that it goes to; `None` where it may.
fn cloud_refused(call: &Call, effect: Effect, policy: &Policy) -> Option<Error> {
    let allowed = policy.clouds.as_ref()?;
    if !call.verb.asks_cloud() && !effect.changes_cloud() {
        return None;
    }
    let mut names: Vec<String> = call.given().iter().map(|object| object.cloud().to_string()).collect();
    if (names.is_empty() || call.named_cloud().is_some())
        && let Ok(cloud) = call.cloud()
    {
        names.push(cloud.name().to_string());
    }
    let verb = call.verb.name;
    for name in names {
        let fits = |grant: &&CloudGrant| grant.name == name || grant.name == "*";
        let own: Vec<&CloudGrant> = allowed.iter().filter(fits).collect();
        if own.is_empty() {
            let told: Vec<&str> = allowed.iter().map(|grant| grant.name.as_str()).collect();
            let message = format!("`{verb}` may not use the cloud `{name}`");
            let help = format!(
                "its header allows {} alone: `//! allow: clouds={name}` allows this one",
                told.join(", ")
            );
            return Some(denied(message).help(help));
        }
        let may_change = own.iter().any(|grant| !grant.reads);
        if effect.changes_cloud() && !may_change {
            let message = format!("`{verb}` may not change the cloud `{name}`");
            let help =
                format!("its header allows reading alone: `//! allow: clouds={name}` allows changes too");
            return Some(denied(message).help(help));
        }
    }
    None
}

impl FileGate for Policy {
    fn may_read(&self, verb: &str, path: &str) -> Result<(), Error> {
        if self.grants("read", path) {
            return Ok(());
        }
        let error = denied(format!("`{verb}` may not read `{path}`, which a template names"));
        Err(match self.denies("read", path) {
            true => error.help("leave out --deny-read, which beats --allow-read"),
            false => error.help(format!("run with --allow-read={path}")),
        })
    }

    fn directory(&self) -> String {
        self.directory.to_string_lossy().into_owned()
    }
}

/// A dry run changes nothing outside either.
fn kept(call: &Call, effect: Effect, policy: &Policy) -> Decision {
    if policy.dry_run && effect.changes_outside() && !call.only_reads() {
        Decision::Keep
    } else {
        Decision::Allow
    }
}

/// Whether this session may reach the host of a URL, or a host that is given alone.
///
/// # Errors
/// `denied`, with the option that allows it.
pub fn reachable(policy: &Policy, verb: &str, target: &str) -> Result<(), Error> {
    if policy.grants("net", target) {
        return Ok(());
    }
    let (host, _) = host_and_port(target);
    let error = denied(format!("`{verb}` may not reach `{host}`"));
    Err(match policy.denies("net", target) {
        true => error.help("leave out --deny-net, which beats --allow-net"),
        false => error.help(format!("run with --allow-net={host}")),
    })
}

fn denied(message: String) -> Error {
    Error::new(Kind::Denied, message).coded("gate::denied")
}

/// Whether a program may be run that no call names.
pub fn program_granted(policy: &Policy, program: &str) -> bool {
    policy.grants("exec", program)
}
