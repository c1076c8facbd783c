//! The journal of a run: whether one is kept, what its first line tells, and how its end is written.

use super::args::Options;
use super::given_again::to_json;
use super::run::Running;
use super::setup::Setup;
use crate::cloud::Time;
use crate::config::Environment;
use crate::effects::journal::record::{FORMAT, REPLAY, host, over};
use crate::effects::journal::writer::About;
use crate::effects::journal::{History, Journal, Keeper};
use crate::effects::store::file::sha256;
use crate::effects::store::{Holder, Locks, StateFolder};
use crate::effects::{Observer, RunKey};
use crate::script::given::Given;
use crate::script::run::Program;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::Arc;

/// How a run ended, for its last line.
pub(super) struct Ended {
    /// The exit code.
    pub(super) code: u8,
    /// The call whose error ended it.
    pub(super) path: Option<String>,
}

/// Where runs are kept: `--journal`, or the user's state folder; `None` for a user without a home.
pub(super) fn folder(options: &Options, environment: &Environment) -> Option<StateFolder> {
    let own = || environment.own_folder("XDG_STATE_HOME", ".local/state");
    let root = options.journal.as_ref().map(|folder| environment.cwd.join(folder)).or_else(own);
    root.map(StateFolder::new)
}

/// Keep a journal of this run, where one is kept.
pub(super) fn begin(options: &Options, setup: &Setup, running: &Running) -> Option<Arc<Journal>> {
    let Some(folder) = kept_in(options, setup) else {
        if let Some(folder) = folder(options, &setup.environment).filter(|_| is_real(options, setup)) {
            let _ = setup.session.locks.set(Locks::new(folder, holder(setup, "")));
        }
        return None;
    };
    let key = RunKey::random();
    let run = name(setup.session.host.clock.now(), &key);
    let journal = Arc::new(journal_of(options, setup, running, (folder, run, key)));
    setup.session.stage.watch(journal.clone() as Arc<dyn Observer>);
    Some(journal)
}

/// Where the journal of this run is kept, where one is.
pub(super) fn kept_in(options: &Options, setup: &Setup) -> Option<StateFolder> {
    folder(options, &setup.environment).filter(|_| !options.no_journal && is_real(options, setup))
}

/// Whether a run may meet others: no dry run, and not the embedded cloud unless its journal is asked for.
fn is_real(options: &Options, setup: &Setup) -> bool {
    let simulated = setup.chosen.as_ref().is_ok_and(|chosen| setup.clouds.is_simulated(&chosen.name));
    !options.dry_run && (options.journal.is_some() || !simulated)
}

/// This run as others see it that want a name which it has to itself.
fn holder(setup: &Setup, run: &str) -> Holder {
    let process = format!("pid {}, {}", std::process::id(), who(&setup.environment));
    Holder { run: run.to_string(), process }
}

/// The user and the machine.
fn who(environment: &Environment) -> String {
    let user = environment.get("USER").or(environment.get("LOGNAME")).map_or_else(user_id, str::to_string);
    format!("{user}@{}", host())
}

/// The journal of a run of this name and key, not written yet.
pub(super) fn journal_of(
    options: &Options,
    setup: &Setup,
    running: &Running,
    (folder, run, key): (StateFolder, String, RunKey),
) -> Journal {
    setup.session.stage.set_key(key.clone());
    let _ = setup.session.locks.set(Locks::new(folder.clone(), holder(setup, &run)));
    let clouds = setup.clouds.clone();
    let keeper = Arc::new(Keeper::new(key.clone(), Arc::new(move |text| clouds.hide(text))));
    for name in secret_params(&running.program) {
        if let Some(text) = running.given.get(&name).and_then(Given::as_text) {
            keeper.learn(&format!("param:{name}"), text);
        }
    }
    let clouds = setup.clouds.clone();
    let asked = Arc::new(move || clouds.places());
    let about = about(options, setup, running, &keeper);
    Journal::new(folder, run, (*key.bytes(), keeper), setup.session.host.clone(), about, asked)
}

/// `20261129-194512-7f3a`: runs sort by time.
pub(super) fn name(now: Time, key: &RunKey) -> String {
    let digits: String = now.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, time) = digits.split_at(digits.len().min(8));
    let code = key.code(b"name");
    format!("{day}-{time}-{:02x}{:02x}", code[0], code[1])
}

/// The parameters that the script declares as secret, as options.
pub(super) fn secret_params(program: &Program) -> Vec<String> {
    let secret = program.params().iter().filter(|one| one.secret);
    secret.map(|one| crate::script::params::option_name(&one.name)).collect()
}

/// What runs, for whom and with what: the first line, made when it is written.
fn about(options: &Options, setup: &Setup, running: &Running, keeper: &Arc<Keeper>) -> About {
    let secret = secret_params(&running.program);
    let param = |(name, given): (&String, &Given)| match given.as_text().filter(|_| secret.contains(name)) {
        Some(text) => (name.clone(), keeper.sourced(&format!("param:{name}"), text)),
        None => (name.clone(), to_json(given)),
    };
    let params: Map<String, Json> = running.given.iter().map(param).collect();
    let script = running.program.name().to_string();
    let environment = &setup.environment;
    let mut options = serde_json::to_value(options).unwrap_or_default();
    if let (Some(options), Ok(chosen)) = (options.as_object_mut(), &setup.chosen) {
        options.insert("cloud".to_string(), Json::from(chosen.name.as_str()));
    }
    let first = json!({
        "k": "run", "format": FORMAT, "replay": REPLAY, "run": "", "rhain": env!("CARGO_PKG_VERSION"),
        "script": script, "texts": {}, "params": params, "options": options, "show": running.show,
        "who": who(environment), "cwd": environment.cwd.to_string_lossy(),
    });
    let session = setup.session.clone();
    Box::new(move || {
        let Json::Object(mut first) = first.clone() else { return (Map::new(), Vec::new()) };
        let texts: BTreeMap<String, String> = session.texts.all();
        let hashes: Map<String, Json> =
            texts.iter().map(|(name, text)| (name.clone(), Json::from(sha256(text.as_bytes())))).collect();
        first.insert("texts".to_string(), Json::Object(hashes));
        first.insert("t".to_string(), Json::from(session.host.clock.now().to_string()));
        (first, texts.into_values().collect())
    })
}

/// Who has no name here is known by a number.
fn user_id() -> String {
    #[cfg(unix)]
    return format!("uid {}", rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    "somebody".to_string()
}

/// Write how the run ended; one that did not end well tells how it can go on.
pub(super) fn end(journal: &Journal, setup: &Setup, ended: &Ended) {
    if !journal.is_kept() {
        return;
    }
    let exists = setup.session.ledger.exists();
    journal.over(over(ended.code, ended.path.as_deref(), &exists), ended.code == 0);
    if ended.code != 0 && std::io::stderr().is_terminal() {
        let run = journal.run();
        setup
            .streams
            .note(&format!("`rhain resume {run}` goes on with this run, `rhain runs {run}` shows it"));
    }
}

/// The runs that stopped in the middle and that nobody works on, newest first.
pub(super) fn stopped(folder: &StateFolder) -> Vec<String> {
    let runs = folder.list().into_iter().rev().filter(|run| folder.key(run).is_some());
    let open = |run: &String| {
        let history = folder.read(run).ok().and_then(|bytes| History::read(&bytes).ok());
        history.is_some_and(|history| history.over().is_none()) && !folder.is_held(run)
    };
    runs.take(SEEN).filter(open).collect()
}

/// Older runs are not looked at by the way; `rhain runs` shows them.
const SEEN: usize = 20;

/// Tell of a run that stopped in the middle, before another one begins.
pub(super) fn tell_stopped(options: &Options, setup: &Setup) {
    if options.quiet || options.no_journal {
        return;
    }
    let stopped = folder(options, &setup.environment).map(|folder| stopped(&folder)).unwrap_or_default();
    let Some(run) = stopped.first() else { return };
    let more = match stopped.len() {
        1 => String::new(),
        count => format!(" (and {} more: `rhain runs --state stopped`)", count - 1),
    };
    let way = format!("`rhain resume {run}` goes on with it, `rhain runs {run}` shows it");
    setup.streams.note(&format!("the run {run} stopped in the middle{more}: {way}"));
}
