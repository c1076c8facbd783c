//! `rhain runs`: the runs that are kept, one of them with what it changed, and how they are cleared away.

use super::args::{Format, Options};
use super::console::Streams;
use super::journal;
use super::run::{NOT_RUN, refuse};
use super::runs_shown::{list, of_one, page};
use crate::cloud::{Error, Kind, Span, Time};
use crate::config::Environment;
use crate::effects::journal::history::{Record, text};
use crate::effects::journal::{History, State};
use crate::effects::store::StateFolder;
use crate::effects::store::locks::held_by;
use crate::script::session::Console as _;
use crate::wire::{Clock as _, WallClock};
use clap_complete::engine::CompletionCandidate;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};

/// What `rhain runs` was asked.
pub(super) struct Asked<'a> {
    /// One run, by its name or enough of it.
    pub(super) run: Option<&'a str>,
    /// Only those in this state.
    pub(super) state: Option<State>,
    /// Only those of a script whose name holds this.
    pub(super) script: Option<&'a str>,
    /// Clear away.
    pub(super) prune: bool,
    /// What ended longer ago than this is cleared away.
    pub(super) older: Span,
}

impl<'a> Asked<'a> {
    /// What the command line says.
    pub(super) fn of(
        run: &'a Option<String>,
        state: &Option<String>,
        script: &'a Option<String>,
        (prune, older): (bool, Option<Span>),
    ) -> Asked<'a> {
        let state =
            state.as_ref().and_then(|word| State::ALL.into_iter().find(|state| state.as_str() == word));
        let older = older.unwrap_or(OLD);
        Asked { run: run.as_deref(), state, script: script.as_deref(), prune, older }
    }
}

/// A run that is kept.
pub(super) struct Kept {
    /// Its name.
    pub(super) run: String,
    /// Its journal.
    pub(super) history: History,
    /// How far it is.
    pub(super) state: State,
    /// The run that takes it back, where one has begun to.
    pub(super) undone_by: Option<String>,
    /// The names that it had to itself, as long as no other run has taken them.
    pub(super) exclusive: Vec<String>,
}

/// The subcommand.
pub(super) fn runs(options: &Options, asked: &Asked<'_>) -> u8 {
    let environment = Environment::of_process();
    let Some(folder) = journal::folder(options, &environment) else {
        return refuse(options, &environment, &no_home(), NOT_RUN);
    };
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let (kept, broken) = all(&folder);
    for (run, why) in broken {
        streams.note(&format!("the journal of {run} cannot be read: {why}"));
    }
    let now = WallClock::start().now();
    let now = Time::from_system(now);
    match asked.run {
        Some(name) if !asked.prune => match find(&folder, &kept, name) {
            Ok(one) => {
                let page =
                    if options.format == Format::Json { of_one(one).to_string() } else { page(one, now) };
                streams.data(&page);
                0
            }
            Err(error) => refuse(options, &environment, &error, NOT_RUN),
        },
        _ if asked.prune => match prune(&folder, &kept, asked, now) {
            Ok(gone) => {
                let (many, what) = (gone.len(), if gone.len() == 1 { "run" } else { "runs" });
                streams.note(&format!("{many} {what} removed"));
                0
            }
            Err(error) => refuse(options, &environment, &error, 1),
        },
        _ => {
            let fits = |one: &&Kept| {
                asked.state.is_none_or(|state| one.state == state)
                    && asked.script.is_none_or(|script| text(one.history.header(), "script").contains(script))
            };
            let shown: Vec<&Kept> = kept.iter().rev().filter(fits).collect();
            streams.data(&list(&shown, options.format, now, streams.width()));
            0
        }
    }
}

/// Older ended runs are removed by `--prune`.
const OLD: Span = Span::from_secs(30 * 24 * 60 * 60);

/// The runs that a shell offers, newest first, with what they are.
pub(super) fn candidates(environment: &Environment) -> Vec<CompletionCandidate> {
    let Some(folder) = journal::folder(&Options::default(), environment) else { return Vec::new() };
    let (kept, _) = all(&folder);
    let told = |one: &Kept| format!("{}, {}", text(one.history.header(), "script"), one.state.as_str());
    let offer = |one: &Kept| CompletionCandidate::new(one.run.clone()).help(Some(told(one).into()));
    kept.iter().rev().map(offer).collect()
}

pub(super) fn no_home() -> Error {
    Error::new(Kind::Failed, "there is no folder for the journals of runs")
        .coded("journal::folder")
        .help("set HOME or XDG_STATE_HOME, or name a folder with --journal")
}

/// Every run that is kept, oldest first, and those whose journal cannot be read.
pub(super) fn all(folder: &StateFolder) -> (Vec<Kept>, Vec<(String, String)>) {
    let (mut kept, mut broken) = (Vec::new(), Vec::new());
    let mut undone: HashMap<String, (String, bool)> = HashMap::new();
    let mut names = held_by(folder);
    for run in folder.list() {
        let read = folder.read(&run).map_err(|why| why.to_string());
        match read.and_then(|bytes| History::read(&bytes)) {
            Ok(history) => {
                let state = if folder.is_held(&run) { State::Running } else { history.state() };
                let undoes = text(history.header(), "undoes");
                if !undoes.is_empty() {
                    undone.insert(undoes.to_string(), (run.clone(), state == State::Done));
                }
                let exclusive = names.remove(&run).unwrap_or_default();
                kept.push(Kept { run, history, state, undone_by: None, exclusive });
            }
            Err(why) => broken.push((run, why)),
        }
    }
    for one in &mut kept {
        if let Some((by, done)) = undone.get(&one.run) {
            one.undone_by = Some(by.clone());
            if *done {
                one.state = State::Undone;
            }
        }
    }
    (kept, broken)
}

/// The run of this name, or of a name that begins or ends so.
pub(super) fn find<'a>(folder: &StateFolder, kept: &'a [Kept], name: &str) -> Result<&'a Kept, Error> {
    if let Some(one) = kept.iter().find(|one| one.run == name) {
        return Ok(one);
    }
    let fits = |one: &&Kept| !name.is_empty() && (one.run.starts_with(name) || one.run.ends_with(name));
    let found: Vec<&Kept> = kept.iter().filter(fits).collect();
    match found[..] {
        [one] => Ok(one),
        [] => {
            let place = folder.path().join("runs");
            let help = match kept.last() {
                Some(last) => format!("`rhain runs` lists them; the last one is {}", last.run),
                None => {
                    format!("there is none in {}; a run is kept from its first change on", place.display())
                }
            };
            Err(Error::new(Kind::NotFound, format!("there is no run `{name}`"))
                .coded("journal::run")
                .help(help))
        }
        _ => {
            let names: Vec<&str> = found.iter().map(|one| one.run.as_str()).collect();
            let error = Error::new(Kind::Ambiguous, format!("{} runs are called `{name}`", found.len()));
            Err(error.coded("journal::run").help(format!("name one of: {}", names.join(", "))))
        }
    }
}

/// Remove runs that ended long ago, or one by its name; those that stopped in the middle go by name alone.
fn prune(folder: &StateFolder, kept: &[Kept], asked: &Asked<'_>, now: Time) -> Result<Vec<String>, Error> {
    let named = asked.run.map(|name| find(folder, kept, name)).transpose()?;
    if let Some(one) = named.filter(|one| one.state == State::Running) {
        let error =
            Error::new(Kind::Conflict, format!("the run {} is running", one.run)).coded("journal::held");
        return Err(error.help("wait for its end, or interrupt it"));
    }
    let old = |one: &&Kept| {
        let last = Time::parse(one.history.last_time());
        let ended = !matches!(one.state, State::Running | State::Stopped);
        ended && last.is_some_and(|last| now.since(last).nanos().max(0) >= asked.older.nanos())
    };
    let gone: Vec<&Kept> = match named {
        Some(one) => vec![one],
        None => kept.iter().filter(old).collect(),
    };
    for one in &gone {
        folder.remove(&one.run).map_err(|why| {
            Error::new(Kind::Failed, format!("the run {} cannot be removed: {why}", one.run))
                .coded("journal::folder")
        })?;
    }
    let names: Vec<String> = gone.iter().map(|one| one.run.clone()).collect();
    let left = kept.iter().filter(|one| !names.contains(&one.run));
    let wanted: HashSet<String> = left.flat_map(|one| hashes(one.history.header())).collect();
    folder.clear_texts(&|hash| wanted.contains(hash));
    Ok(names)
}

/// The texts that a run was made of.
fn hashes(header: &Record) -> Vec<String> {
    let texts = header.get("texts").and_then(Json::as_object).into_iter().flatten();
    texts.filter_map(|(_, hash)| hash.as_str().map(str::to_string)).collect()
}
