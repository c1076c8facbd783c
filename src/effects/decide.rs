//! The decision about one effect: pure, so that every rule is tested without a run.

use crate::cloud::ports::FileGate;
use crate::cloud::{Error, Kind, Value};
use crate::verbs::{Call, Effect, Param, Role};
use std::path::{Component, Path, PathBuf};

/// What a run may touch of one kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Grant {
    /// Nothing.
    #[default]
    Nothing,
    /// Everything.
    Everything,
    /// These names, or what is below these paths.
    These(Vec<String>),
}

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
    /// The working directory, from which paths are taken.
    pub directory: PathBuf,
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
        None => kept(call, effect, policy),
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
    let place = || call.place(param.name);
    let no = |what: &str, option: &str| {
        denied(format!("`{verb}` may not {what} `{text}`"))
            .help(format!("run with {option}={text}"))
            .at(place(), format!("needs {option}"))
    };
    let granted = |grant: &Grant| path_granted(grant, &policy.directory, text);
    match param.role {
        Role::Plain | Role::Folder => None,
        Role::ReadsFile => (!granted(&policy.read)).then(|| no("read", "--allow-read")),
        Role::WritesFile => (!granted(&policy.write)).then(|| no("write", "--allow-write")),
        Role::Program => (!name_granted(&policy.exec, text)).then(|| no("run", "--allow-exec")),
        Role::Variable => (!name_granted(&policy.environment, text))
            .then(|| no("read the environment variable", "--allow-env")),
        Role::HostOrServer if call.host.is_own_address(text) => None,
        Role::Host | Role::HostOrServer => {
            reachable(policy, verb, text).err().map(|error| error.at(place(), "needs --allow-net"))
        }
    }
}

impl FileGate for Policy {
    fn may_read(&self, verb: &str, path: &str) -> Result<(), Error> {
        if path_granted(&self.read, &self.directory, path) {
            return Ok(());
        }
        let error = denied(format!("`{verb}` may not read `{path}`, which a template names"));
        Err(error.help(format!("run with --allow-read={path}")))
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
    let url = url::Url::parse(target).ok().filter(url::Url::has_host);
    let (host, port) = match &url {
        Some(url) => (url.host_str().unwrap_or_default(), url.port_or_known_default()),
        None => (target, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let with_port = port.map(|port| format!("{host}:{port}"));
    let granted = match &policy.net {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(names) => names
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .any(|name| name == host || Some(name) == with_port),
    };
    if granted {
        return Ok(());
    }
    Err(denied(format!("`{verb}` may not reach `{host}`")).help(format!("run with --allow-net={host}")))
}

fn denied(message: String) -> Error {
    Error::new(Kind::Denied, message).coded("gate::denied")
}

/// Whether a program may be run that no call names.
pub fn program_granted(policy: &Policy, program: &str) -> bool {
    name_granted(&policy.exec, program)
}

fn name_granted(grant: &Grant, name: &str) -> bool {
    match grant {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(names) => names.iter().any(|granted| granted == name),
    }
}

/// Whether a path is one of the granted ones or below one; links are followed first, so that none leads out.
fn path_granted(grant: &Grant, directory: &Path, path: &str) -> bool {
    match grant {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(granted) => {
            let asked = settled(directory, path);
            granted.iter().any(|granted| asked.starts_with(settled(directory, granted)))
        }
    }
}

/// The file that a path means, links followed as far as there is anything; what is not there yet is where it would be made.
fn settled(directory: &Path, path: &str) -> PathBuf {
    real(&directory.join(path), 0)
}

/// More links than this lead nowhere, as on every system.
const LINKS: usize = 40;

fn real(path: &Path, links: usize) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    // A link to what is not there: a write would make its target.
    if links < LINKS
        && let Ok(target) = path.read_link()
    {
        return real(&path.parent().unwrap_or(path).join(target), links + 1);
    }
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::ParentDir)) => {
            let mut above = real(parent, links);
            above.pop();
            above
        }
        (Some(parent), Some(Component::CurDir)) => real(parent, links),
        (Some(parent), Some(last)) => real(parent, links).join(last),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_of_a_folder_does_not_reach_beside_it() {
        let grant = Grant::These(vec!["data".to_string()]);
        let here = Path::new("/srv/books");
        assert!(path_granted(&grant, here, "data/a.txt"));
        assert!(path_granted(&grant, here, "./data/../data/a.txt"));
        assert!(!path_granted(&grant, here, "data/../secret"));
        assert!(!path_granted(&grant, here, "database"));
        assert!(!path_granted(&grant, here, "/etc/passwd"));
        assert!(!path_granted(&Grant::Nothing, here, "data/a.txt"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path();
        std::fs::create_dir(here.join("data")).expect("made");
        std::os::unix::fs::symlink("..", here.join("data/up")).expect("made");
        std::os::unix::fs::symlink(here.join("made.txt"), here.join("data/dangling")).expect("made");
        std::os::unix::fs::symlink("loop", here.join("data/loop")).expect("made");
        let grant = Grant::These(vec!["data".to_string()]);
        assert!(path_granted(&grant, here, "data/new.txt"));
        assert!(path_granted(&grant, here, "data/new/deep.txt"));
        assert!(!path_granted(&grant, here, "data/up/new.txt"));
        assert!(!path_granted(&grant, here, "data/dangling"));
        assert!(path_granted(&grant, here, "data/loop"));
    }
}
