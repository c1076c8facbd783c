//! `rhain undo`: takes back what a run did, after showing that and asking.

use super::args::{Format, Options};
use super::journal::{self, journal_of};
use super::resume::same_clouds;
use super::run::{NOT_RUN, Running, chosen, interruptions, no_trace, refuse, report, run_to_end};
use super::runs::{Kept, all, find, no_home};
use super::setup::{Purpose, Setup, setup};
use crate::cloud::ports::Clouds as _;
use crate::cloud::{Error, Kind, stored};
use crate::config::Environment;
use crate::effects::journal::State;
use crate::effects::journal::history::{Thing, text};
use crate::effects::undo::{self, Steps};
use crate::effects::{Observer, RunKey};
use crate::script::run::Program;
use crate::script::session::Console as _;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The subcommand.
pub(super) fn undo(given: &Options, run: &str) -> u8 {
    let environment = Environment::of_process();
    let failed = |error: &Error, code: u8| refuse(given, &environment, error, code);
    let Some(folder) = journal::folder(given, &environment) else { return failed(&no_home(), NOT_RUN) };
    let (kept, _) = all(&folder);
    let one = match find(&folder, &kept, run).and_then(|one| can_be_undone(one).map(|()| one)) {
        Ok(one) => one,
        Err(error) => return failed(&error, 1),
    };
    let options = options_of(one, given);
    match undone(&options, &environment, one) {
        Ok(code) | Err(code) => code,
    }
}

/// The options of the run, but for what it might touch: an undo touches its clouds alone.
fn options_of(one: &Kept, given: &Options) -> Options {
    let header = one.history.header();
    let cloud = header.get("options").and_then(|options| options.get("cloud")).and_then(Json::as_str);
    Options { cloud: cloud.map(str::to_string).or_else(|| given.cloud.clone()), ..given.clone() }
}

fn can_be_undone(one: &Kept) -> Result<(), Error> {
    let run = &one.run;
    let no = |why: String, help: String| {
        Err(Error::new(Kind::Conflict, format!("the run {run} cannot be undone: {why}"))
            .coded("journal::over")
            .help(help))
    };
    if one.state == State::Running {
        return no("it is running".to_string(), "wait for its end, or interrupt it".to_string());
    }
    if !text(one.history.header(), "undoes").is_empty() {
        return no(
            "it is an undo itself".to_string(),
            format!("`rhain resume {run}` goes on with it, where it stopped"),
        );
    }
    if let Some(by) = &one.undone_by {
        return match one.state {
            State::Undone => no(format!("{by} has undone it"), format!("`rhain runs {by}` shows that")),
            _ => no(format!("{by} has begun to undo it"), format!("`rhain resume {by}` goes on with that")),
        };
    }
    if let Some(open) = undo::open(&one.history) {
        let call =
            format!("nobody knows whether `{}` at {} took effect", text(&open, "v"), text(&open, "at"));
        return no(call, format!("`rhain resume {run}` looks, and goes on; undo it then"));
    }
    Ok(())
}

fn undone(options: &Options, environment: &Environment, one: &Kept) -> Result<u8, u8> {
    let failed = |error: &Error, code: u8| refuse(options, environment, error, code);
    let name = format!("undo of {}", one.run);
    let purpose = Purpose { script: None, simulate: false };
    let setup = setup(options, purpose, environment.clone())
        .map_err(|error| failed(&no_trace(options, &error), NOT_RUN))?;
    chosen(options, &setup)?;
    same_clouds(&setup, &one.history).map_err(|error| failed(&error, 1))?;
    let steps = undo::steps(&one.history, |thing| now(&setup, thing)).map_err(|error| failed(&error, 1))?;
    show(options, &setup, &one.run, &steps);
    if steps.lines.is_empty() || options.dry_run {
        return Ok(0);
    }
    agreed(options, &setup).map_err(|error| failed(&error, 1))?;
    let program = Program::compile(&setup.session, &name, &undo::script(&one.run, &steps))
        .map_err(|failure| report(options, &setup, &failure))?;
    let running = Running { program: Arc::new(program), show: false, given: BTreeMap::new(), replay: None };
    let journal = journal::kept_in(options, &setup).map(|folder| {
        let key = RunKey::random();
        let run = journal::name(setup.session.host.clock.now(), &key);
        let journal = journal_of(options, &setup, &running, (folder, run, key));
        journal.tell("undoes", Json::from(one.run.as_str()));
        Arc::new(journal)
    });
    if let Some(journal) = &journal {
        setup.session.stage.watch(journal.clone() as Arc<dyn Observer>);
    }
    interruptions(options, &setup);
    let ended = run_to_end(options, &setup, running);
    if let Some(journal) = journal {
        journal::end(&journal, &setup, &ended);
    }
    if ended.code == 0 {
        setup.streams.note(&format!("the run {} is undone", one.run));
    }
    Ok(ended.code)
}

/// What a resource is at this moment; `None` where it is gone.
fn now(setup: &Setup, thing: &Thing) -> Result<Option<Json>, Error> {
    let Some(noun) = undo::noun(thing) else { return Ok(None) };
    let cloud = setup.clouds.get(Some(&thing.cloud))?;
    let found = setup.session.bridge.wait(cloud.one(noun, &thing.id))?;
    Ok(found.map(|resource| stored::write(&resource)))
}

fn show(options: &Options, setup: &Setup, run: &str, steps: &Steps) {
    if options.format == Format::Json {
        let lines: Vec<&str> = steps.lines.iter().map(|line| line.words.as_str()).collect();
        let told = json!({ "undoes": run, "steps": lines, "kept": steps.kept, "lost": steps.lost });
        setup.streams.data(&told.to_string());
        return;
    }
    let mut lines: Vec<String> = steps.lines.iter().map(|line| format!("  {}", line.words)).collect();
    if lines.is_empty() {
        lines.push(format!("there is nothing to undo of the run {run}"));
    } else {
        lines.insert(0, format!("to undo the run {run}:"));
    }
    lines.extend(steps.kept.iter().map(|kept| format!("left as it is, for it has changed since: {kept}")));
    lines.extend(steps.lost.iter().map(|lost| format!("not taken back: {lost}")));
    setup.streams.data(&lines.join("\n"));
}

/// A person says yes, or `--yes` does.
fn agreed(options: &Options, setup: &Setup) -> Result<(), Error> {
    if options.yes {
        return Ok(());
    }
    let none = || {
        let error = Error::new(Kind::Failed, "there is nobody to ask: there is no terminal");
        error.coded("language::no_terminal").help("look at what is shown above, and give --yes to do it")
    };
    let answer = setup.session.console.ask("do that? [y/N] ", false).ok_or_else(none)?;
    let answer = setup.session.bridge.wait(answer).unwrap_or_default();
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::new(Kind::Denied, "nothing was undone")
            .coded("gate::denied")
            .help("answer with y to do it")),
    }
}
