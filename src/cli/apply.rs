//! `rhain apply`: a run that does exactly what a plan holds, once.

use super::args::Options;
use super::given::All;
use super::given_again::{again, from_json};
use super::journal::{self, journal_of};
use super::plan::{PLAN, Plan, Script, Source, make};
use super::plan_shown::call;
use super::run::{
    NOT_RUN, Running, chosen, interruptions, no_trace, refuse, report, run_to_end, unread, unresolved,
};
use super::setup::{Purpose, Setup, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::effects::guard::Guard;
use crate::effects::journal::Keeper;
use crate::effects::plan_compare::drifted;
use crate::effects::{Observer, RunKey};
use crate::script::params;
use crate::script::run::Program;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Do what a plan holds.
pub(super) fn apply(given: &Options, file: &str, as_foreseen: bool) -> u8 {
    let environment = Environment::of_process();
    let failed = |error: &Error, code: u8| refuse(given, &environment, error, code);
    let planned = match plan_of(&environment, file) {
        Ok(planned) => planned,
        Err(error) => return failed(&error, NOT_RUN),
    };
    if !planned.foreseen() && !as_foreseen {
        let error =
            Error::new(Kind::Conflict, "the plan is not foreseen to its end").coded("plan::unforeseen");
        return failed(&error.help("look at it, and give --as-foreseen to apply it all the same"), 1);
    }
    if let Err(error) = once(given, &environment, &planned) {
        return failed(&error, 1);
    }
    let kept: Options = serde_json::from_value(planned.options.clone()).unwrap_or_default();
    let options = Options {
        format: given.format,
        quiet: given.quiet,
        verbose: given.verbose,
        trace: given.trace.clone(),
        stats: given.stats,
        no_color: given.no_color,
        params: given.params.clone(),
        secret: given.secret.clone(),
        journal: given.journal.clone(),
        no_journal: given.no_journal,
        yes: true,
        ..kept
    };
    match applied(&options, &environment, &planned) {
        Ok(code) | Err(code) => code,
    }
}

fn plan_of(environment: &Environment, file: &str) -> Result<Plan, Error> {
    let no_plan = |why: String| {
        Error::new(Kind::Script, format!("`{file}` is no plan: {why}"))
            .coded("cli::file")
            .help("make one with `rhain plan FILE --out PLAN`")
    };
    let text = crate::base::file::read_text(&environment.path(file)).map_err(|why| no_plan(unread(&why)))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|why| no_plan(why.to_string()))?;
    match plan.plan {
        PLAN => Ok(plan),
        other => Err(no_plan(format!("it has format {other}, which another rhain wrote"))),
    }
}

/// A plan is applied once.
fn once(options: &Options, environment: &Environment, plan: &Plan) -> Result<(), Error> {
    let Some(folder) = journal::folder(options, environment) else { return Ok(()) };
    let (kept, _) = super::runs::all(&folder);
    let applied =
        kept.iter().find(|one| one.history.header().get("plan").and_then(Json::as_str) == Some(&plan.id));
    applied.map_or(Ok(()), |one| {
        let error =
            Error::new(Kind::Conflict, format!("the plan was applied already, by the run {}", one.run));
        Err(error.coded("plan::applied").help(format!("`rhain runs {}` shows it; make a new plan", one.run)))
    })
}

fn applied(options: &Options, environment: &Environment, planned: &Plan) -> Result<u8, u8> {
    let failed = |error: &Error, code: u8| refuse(options, environment, error, code);
    let text = planned.texts.get(&planned.script).cloned().unwrap_or_default();
    let known: All =
        planned.params.iter().filter_map(|(name, json)| Some((name.clone(), from_json(json)?))).collect();
    let script = Script { name: &planned.script, text: &text, given: Source::Known(&known) };
    let key = planned.run_key();
    let now = make(&Options { quiet: true, ..options.clone() }, &script, &key)?;
    if now.cloud != planned.cloud {
        let error = Error::new(Kind::Conflict, "the cloud is not the one of the plan").coded("plan::drifted");
        return Err(failed(&error.help("apply it where it was made"), 1));
    }
    if let Some(difference) = drifted(&planned.changes, &now.changes) {
        let error =
            Error::new(Kind::Conflict, format!("the plan is not what would happen now: {difference}"));
        return Err(failed(&error.coded("plan::drifted").help("nothing was sent; make a new plan"), 1));
    }
    let purpose = Purpose { script: Some((planned.script.clone(), BTreeMap::new())), simulate: false };
    let setup = setup(options, purpose, environment.clone())
        .map_err(|error| failed(&no_trace(options, &error), NOT_RUN))?;
    let program = Program::compile(&setup.session, &planned.script, &text)
        .map_err(|failure| report(options, &setup, &failure))?;
    chosen(options, &setup)?;
    interruptions(options, &setup);
    let given = again(options, &setup, program.params(), known).map_err(|error| failed(&error, NOT_RUN))?;
    setup.session.params.give(given.clone());
    let running = Running { program: Arc::new(program), show: false, given, replay: None };
    let clouds = setup.clouds.clone();
    let keeper = Arc::new(Keeper::new(key.clone(), Arc::new(move |text| clouds.hide(text))));
    let guard = Arc::new(Guard::new(planned.changes.clone(), keeper));
    setup.session.stage.watch(guard.clone() as Arc<dyn Observer>);
    let journal = journal_of_apply(options, &setup, &running, &planned.id, &key);
    if let Err(failure) = params::resolve(&setup.session, running.program.params()) {
        return Err(unresolved(options, &setup, &failure));
    }
    let ended = run_to_end(options, &setup, running);
    if let Some(journal) = journal {
        journal::end(&journal, &setup, &ended);
    }
    for change in guard.left() {
        setup.streams.note(&format!("planned and not done: {} {}", change.sign(), call(change)));
    }
    Ok(ended.code)
}

/// The journal of an apply: it names the plan, which is applied once.
fn journal_of_apply(
    options: &Options,
    setup: &Setup,
    running: &Running,
    plan: &str,
    key: &RunKey,
) -> Option<Arc<crate::effects::journal::Journal>> {
    let folder = journal::kept_in(options, setup)?;
    let run = journal::name(setup.session.host.clock.now(), &RunKey::random());
    let journal = journal_of(options, setup, running, (folder, run, key.clone()));
    journal.tell("plan", Json::from(plan));
    let journal = Arc::new(journal);
    setup.session.stage.watch(journal.clone() as Arc<dyn Observer>);
    Some(journal)
}
