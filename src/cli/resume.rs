//! `rhain resume`: a run that stopped, failed or was interrupted goes on, from its own record.

use super::args::{Format, Options};
use super::given_again;
use super::journal::{self, Ended, journal_of, secret_params};
use super::resume_ready::{Ready, assumptions, held, ready, recorded_parameters};
use super::run::{NOT_RUN, Running, chosen, draw, interruptions, refuse, run_to_end};
use super::setup::{Purpose, Setup, setup};
use crate::cloud::ports::Clouds as _;
use crate::cloud::{Error, Kind, Value};
use crate::config::Environment;
use crate::effects::journal::history::{Record, text};
use crate::effects::journal::record::redo;
use crate::effects::journal::replay::{Around, Assumed, Stop};
use crate::effects::journal::{History, Journal, Replay};
use crate::effects::store::RunFile;
use crate::effects::{Observer, RunKey};
use crate::script::given::Given;
use crate::script::params;
use crate::script::run::Program;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What `rhain resume` was asked.
pub(super) struct Asked<'a> {
    /// The run, by its name or enough of it.
    pub(super) run: &'a str,
    /// `PATH=done[:ID]`, `PATH=not-done`, `PATH=error`.
    pub(super) assume: &'a [String],
    /// Take scripts that have changed since as they are now.
    pub(super) changed: bool,
    /// Go on although another run has had its `exclusive` name since.
    pub(super) anyway: bool,
}

/// The subcommand.
pub(super) fn resume(given: &Options, asked: &Asked<'_>) -> u8 {
    let environment = Environment::of_process();
    let failed = |error: &Error, code: u8| refuse(given, &environment, error, code);
    let ready = match ready(given, &environment, asked) {
        Ok(ready) => ready,
        Err(error) => return failed(&error, 1),
    };
    let header = ready.history.header().clone();
    let options = options_of(&header, given);
    let assumed = match assumptions(asked.assume) {
        Ok(assumed) => assumed,
        Err(error) => return failed(&error, NOT_RUN),
    };
    // Paths of the script are taken from where it ran.
    let cwd = text(&header, "cwd").to_string();
    if std::env::set_current_dir(&cwd).is_err() {
        let error = Error::new(Kind::Failed, format!("the folder {cwd}, where the run began, is not there"));
        return failed(&error.coded("journal::changed").help("put it back: paths are taken from there"), 1);
    }
    let file = match ready.folder.open(&ready.run) {
        Ok(Some(file)) => file,
        Ok(None) => return failed(&held(&ready.run), 1),
        Err(why) => {
            return failed(&Error::new(Kind::Failed, format!("the journal cannot be opened: {why}")), 1);
        }
    };
    match go_on(&options, given, ready, (file, assumed)) {
        Ok(code) | Err(code) => code,
    }
}

/// The options that the run began with, written and told as this command says.
fn options_of(header: &Record, given: &Options) -> Options {
    let kept = header.get("options").cloned().unwrap_or_default();
    let kept: Options = serde_json::from_value(kept).unwrap_or_default();
    Options {
        format: given.format,
        quiet: given.quiet,
        verbose: given.verbose,
        trace: given.trace.clone(),
        stats: given.stats,
        no_color: given.no_color,
        journal: given.journal.clone(),
        params: given.params.clone(),
        secret: given.secret.clone(),
        timeout: given.timeout.or(kept.timeout),
        ..kept
    }
}

fn go_on(
    options: &Options,
    told: &Options,
    ready: Ready,
    (file, assumed): (RunFile, BTreeMap<String, Assumed>),
) -> Result<u8, u8> {
    let environment = Environment::of_process();
    let failed = |error: &Error, code: u8| refuse(told, &environment, error, code);
    let header = ready.history.header().clone();
    let name = text(&header, "script").to_string();
    let known = recorded_parameters(&header);
    let purpose =
        Purpose { script: (name != "-e").then(|| (name.clone(), BTreeMap::new())), simulate: false };
    let setup = setup(options, purpose, environment.clone())
        .map_err(|error| failed(&super::run::no_trace(options, &error), NOT_RUN))?;
    for (source, text) in &ready.texts {
        // Imports are read as they were.
        let file = environment.cwd.join(source);
        setup.session.texts.edit(&file.canonicalize().unwrap_or(file), text);
    }
    let script = ready.texts.get(&name).cloned().unwrap_or_default();
    let program = Program::compile(&setup.session, &name, &script)
        .map_err(|failure| super::run::report(options, &setup, &failure))?;
    chosen(options, &setup)?;
    same_clouds(&setup, &ready.history).map_err(|error| failed(&error, 1))?;
    interruptions(options, &setup);
    let given = given_again::again(options, &setup, program.params(), known)
        .map_err(|error| failed(&error, NOT_RUN))?;
    setup.session.params.give(given.clone());
    let show = header.get("show").and_then(Json::as_bool).unwrap_or(false);
    let running = Running { program: Arc::new(program), show, given, replay: None };
    same_secrets(&running, &header, &ready.key).map_err(|error| failed(&error, NOT_RUN))?;
    let (replay, journal) =
        start(options, &setup, ready, &running, (file, assumed)).map_err(|error| failed(&error, 1))?;
    if let Err(failure) = params::resolve(&setup.session, running.program.params()) {
        return Err(super::run::unresolved(options, &setup, &failure));
    }
    setup.streams.note(&format!("going on with the run {}", journal.run()));
    let ended = run_to_end(options, &setup, Running { replay: Some(replay.clone()), ..running });
    Ok(finish(options, &setup, &replay, &journal, &ended))
}

/// A secret parameter must be the one that it was.
fn same_secrets(running: &Running, header: &Record, key: &RunKey) -> Result<(), Error> {
    let keeper = crate::effects::journal::Keeper::new(key.clone(), Arc::new(str::to_string));
    for name in secret_params(&running.program) {
        let known = header.get("params").and_then(|params| params.get(&name));
        let (Some(known), Some(text)) = (known, running.given.get(&name).and_then(Given::as_text)) else {
            continue;
        };
        if !keeper.is_same(known, text) {
            let error = Error::new(
                Kind::InvalidArgument,
                format!("`--{name}` is not what it was when the run began"),
            );
            return Err(error.coded("param::value").help("give the one that the run began with"));
        }
    }
    Ok(())
}

/// Each cloud must be the one that the run asked.
pub(super) fn same_clouds(setup: &Setup, history: &History) -> Result<(), Error> {
    for record in history.records.iter().filter(|record| text(record, "k") == "cloud") {
        let name = text(record, "name");
        setup.clouds.get(Some(name))?;
        let now = setup.clouds.places().remove(name).unwrap_or_default();
        let was = record.get("is").cloned().unwrap_or_default();
        let differs = |key: &&str| now.get(key) != was.get(key);
        if let Some(key) =
            ["provider", "endpoint", "project", "user", "region"].iter().find(|key| differs(key))
        {
            let word = |json: &Json| json.get(key).and_then(Json::as_str).unwrap_or("none").to_string();
            let message = format!(
                "the cloud `{name}` is another one: its {key} is {}, and was {}",
                word(&now),
                word(&was)
            );
            let help = "let the configuration name the cloud that the run began on";
            return Err(Error::new(Kind::Conflict, message).coded("journal::cloud").help(help));
        }
    }
    Ok(())
}

/// Open the next life of the run.
fn start(
    options: &Options,
    setup: &Setup,
    ready: Ready,
    running: &Running,
    (file, assumed): (RunFile, BTreeMap<String, Assumed>),
) -> Result<(Arc<Replay>, Arc<Journal>), Error> {
    let Ready { folder, run, mut history, key, anyway, .. } = ready;
    let life = u32::try_from(history.lives() + 1).unwrap_or(u32::MAX);
    let now = setup.session.host.clock.now();
    let journal = Arc::new(journal_of(options, setup, running, (folder, run, key)));
    if let Some(locks) = setup.session.locks.get().filter(|_| !anyway) {
        locks.go_on();
    }
    journal.go_on(file, &history, life, now).map_err(|why| {
        Error::new(Kind::Denied, format!("the journal cannot be written: {why}")).coded("journal::unwritten")
    })?;
    if let Some(path) =
        history.over().map(|over| text(over, "path").to_string()).filter(|path| !path.is_empty())
    {
        let record = redo(&path, now);
        journal.add(record.clone());
        history.records.push(record);
    }
    let session = setup.session.clone();
    let cancel = setup.cancel.clone();
    let (ending, interrupted) = (session.clone(), session.clone());
    let clouds = session.clone();
    let waits = cancel.clone();
    let around = Around {
        stop: Box::new(move || {
            ending.endings.abandon();
            ending.stopped.store(true, Ordering::Relaxed);
            ending.host.set_phase(crate::verbs::run_context::Phase::Over);
            waits.send_replace(1);
        }),
        interrupt: Box::new(move || {
            interrupted.stopped.store(true, Ordering::Relaxed);
            cancel.send_replace(1);
        }),
        fetch: Box::new(move |cloud, noun, id| {
            let cloud = clouds.host.clouds.get(Some(cloud))?;
            let found = clouds.bridge.wait(cloud.one(noun, id))?;
            found.map(Value::from).ok_or_else(|| {
                Error::new(Kind::NotFound, format!("there is no {} {id}", noun.as_str()))
                    .coded("cloud::not_found")
            })
        }),
        arriving: options.timeout.unwrap_or(crate::wire::Settings::default().timeout),
        assumed,
    };
    session.stage.set_life(life);
    let replay = Arc::new(Replay::new(&history, journal.clone(), session.host.clone(), around));
    session.stage.watch(replay.clone() as Arc<dyn Observer>);
    Ok((replay, journal))
}

/// Report how it ended; a run that did not go on stays as it was.
fn finish(options: &Options, setup: &Setup, replay: &Replay, journal: &Journal, ended: &Ended) -> u8 {
    let left = if ended.code == 0 { replay.unreached() } else { replay.stopped() };
    let Some(why) = left else {
        journal::end(journal, setup, ended);
        return ended.code;
    };
    let error = told(&why, journal.run());
    let report = crate::diag::from_config::report(&error, &|_| None);
    draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
    if options.format == Format::Table && replay.stopped().is_none() {
        setup.streams.note("the run stays as it was");
    }
    1
}

fn told(why: &Stop, run: &str) -> Error {
    let error = |message: String| Error::new(Kind::Conflict, message);
    match why {
        Stop::Differs { path, recorded, now } => error(format!("call {path} is not the one on record"))
            .coded("journal::differs")
            .fact("recorded", recorded.clone())
            .fact("now", now.clone())
            .help("nothing was sent; run the script anew, or `rhain undo` what the run did"),
        Stop::Unreached { path, recorded } => {
            error(format!("the script does not come to call {path}, which is on record"))
                .coded("journal::differs")
                .fact("recorded", recorded.clone())
                .help("run the script anew, or `rhain undo` what the run did")
        }
        Stop::Undecided { path, what } => {
            let ways = ["done", "not-done", "error"].map(|answer| format!("--assume {path}={answer}"));
            error(format!("nobody knows whether call {path} took effect when the run stopped"))
                .coded("journal::undecided")
                .fact("call", what.clone())
                .help(format!("look, then go on by `rhain resume {run}` with one of: {}", ways.join(", ")))
        }
        Stop::Unreadable { path, why } => error(format!("the record of call {path} cannot be read: {why}"))
            .coded("journal::damaged")
            .help("run the script anew, or `rhain undo` what the run did"),
    }
}
