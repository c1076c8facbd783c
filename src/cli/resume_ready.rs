//! Whether a run can go on, and what it needs for that: its texts, its key, its parameters.

use super::args::Options;
use super::given::All;
use super::given_again::from_json;
use super::journal;
use super::resume::Asked;
use super::runs::{Kept, all, find, no_home};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::effects::RunKey;
use crate::effects::journal::history::{Record, text};
use crate::effects::journal::record::REPLAY;
use crate::effects::journal::replay::Assumed;
use crate::effects::journal::{History, State};
use crate::effects::store::StateFolder;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A run that can go on.
pub(super) struct Ready {
    pub(super) folder: StateFolder,
    pub(super) run: String,
    pub(super) history: History,
    pub(super) key: RunKey,
    pub(super) texts: BTreeMap<String, String>,
    /// Whether it goes on whoever has had its `exclusive` name since.
    pub(super) anyway: bool,
}

pub(super) fn held(run: &str) -> Error {
    Error::new(Kind::Conflict, format!("another process works on the run {run}"))
        .coded("journal::held")
        .help("wait for its end, or end it")
}

/// The run, where it can go on.
pub(super) fn ready(options: &Options, environment: &Environment, asked: &Asked<'_>) -> Result<Ready, Error> {
    let folder = journal::folder(options, environment).ok_or_else(no_home)?;
    let (kept, broken) = all(&folder);
    let one = match find(&folder, &kept, asked.run) {
        Ok(one) => one,
        Err(error) => {
            let damaged = broken.iter().find(|(run, _)| run == asked.run);
            return Err(damaged.map_or(error, |(run, why)| {
                Error::new(Kind::Failed, format!("the journal of {run} cannot be read: {why}"))
                    .coded("journal::damaged")
            }));
        }
    };
    can_go_on(one)?;
    let key = folder.key(&one.run).ok_or_else(|| no_way("its key is gone", "run the script anew"))?;
    let texts = texts(&folder, one.history.header(), environment, asked.changed)?;
    let (run, history) = (one.run.clone(), one.history.clone());
    Ok(Ready { folder, run, history, key: RunKey::new(key), texts, anyway: asked.anyway })
}

fn no_way(why: &str, help: &str) -> Error {
    Error::new(Kind::Conflict, format!("this run does not go on: {why}")).coded("journal::over").help(help)
}

fn can_go_on(one: &Kept) -> Result<(), Error> {
    let run = &one.run;
    if let Some(by) = &one.undone_by {
        return Err(no_way(&format!("{by} has begun to undo it"), &format!("`rhain runs {by}` shows it")));
    }
    match one.state {
        State::Running => return Err(held(run)),
        State::Done => return Err(no_way("it is done", &format!("`rhain runs {run}` shows what it did"))),
        _ => {}
    }
    let replay = one.history.header().get("replay").and_then(Json::as_u64);
    if replay != Some(REPLAY) {
        let by = text(one.history.header(), "rhain");
        return Err(no_way("another version of rhain numbers calls otherwise", &format!("use rhain {by}")));
    }
    if one.state == State::Failed || one.state == State::Interrupted {
        ended_can_go_on(&one.history)?;
    }
    Ok(())
}

/// A run that ended is taken up where it failed, unless something was changed after that.
fn ended_can_go_on(history: &History) -> Result<(), Error> {
    let anew =
        |what: &str| no_way(&format!("{what} changed something after it had ended"), "run the script anew");
    let changes = history.changes();
    if changes.iter().any(|change| change.text("p").contains('!')) {
        return Err(anew("a handler"));
    }
    let over = history.over().map(|over| text(over, "path")).unwrap_or_default();
    let end = history.records.iter().rposition(|record| {
        text(record, "p") == over && matches!(text(record, "k"), "end" | "call") && !over.is_empty()
    });
    // Branches beside it come to their own end.
    let outermost = over.split([':', '#']).next().unwrap_or_default();
    let beside = |path: &str| path.split([':', '#']).next() == Some(outermost);
    match end {
        Some(end) if changes.iter().any(|change| change.index > end && !beside(change.text("p"))) => {
            Err(anew("a `catch`"))
        }
        _ => Ok(()),
    }
}

/// The texts that ran, by the names of their sources.
fn texts(
    folder: &StateFolder,
    header: &Record,
    environment: &Environment,
    changed: bool,
) -> Result<BTreeMap<String, String>, Error> {
    let mut texts = BTreeMap::new();
    for (name, hash) in header.get("texts").and_then(Json::as_object).into_iter().flatten() {
        let kept = hash.as_str().and_then(|hash| folder.text(hash));
        let cwd = environment.cwd.join(text(header, "cwd"));
        let now = changed.then(|| std::fs::read_to_string(cwd.join(name)).ok()).flatten();
        let Some(text) = now.or(kept) else {
            return Err(no_way(
                &format!("the text of {name} is gone"),
                "give --changed to take the file as it is now",
            ));
        };
        texts.insert(name.clone(), text);
    }
    Ok(texts)
}

/// `3=done:ID`, `3=not-done`, `3=error`.
pub(super) fn assumptions(given: &[String]) -> Result<BTreeMap<String, Assumed>, Error> {
    let one = |text: &String| {
        let (path, answer) = text.split_once('=')?;
        let assumed = match answer.split_once(':').unwrap_or((answer, "")) {
            ("done", "") => Assumed::Done(None),
            ("done", id) => Assumed::Done(Some(id.to_string())),
            ("not-done", "") => Assumed::NotDone,
            ("error", "") => Assumed::Error,
            _ => return None,
        };
        Some((path.to_string(), assumed))
    };
    let wrong = |text: &String| {
        Error::new(Kind::InvalidArgument, format!("`--assume {text}` is no answer"))
            .coded("cli::command")
            .help("write --assume PATH=done, PATH=done:ID, PATH=not-done or PATH=error")
    };
    given.iter().map(|text| one(text).ok_or_else(|| wrong(text))).collect()
}

/// The parameters that are on record: all but the secret ones.
pub(super) fn recorded_parameters(header: &Record) -> All {
    let all = header.get("params").and_then(Json::as_object).into_iter().flatten();
    all.filter_map(|(name, value)| Some((name.clone(), from_json(value)?))).collect()
}
