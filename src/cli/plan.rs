//! `rhain plan`: what a script would change, shown before it happens.

use super::args::{Format, Options, Parameters, everywhere, parameters};
use super::console::Streams;
use super::given::{All, gather};
use super::given_again::{again, to_json};
use super::journal::{self, secret_params};
use super::new_file::NewFile;
use super::permissions;
use super::plan_shown::{picture, shown_json};
use super::run::{NOT_RUN, STACK, chosen, compile, no_trace, read, refuse, report, unresolved};
use super::setup::{Purpose, Setup, setup_with};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::effects::journal::Keeper;
use crate::effects::plan::{Change, Foresight};
use crate::effects::plan_compare::merge;
use crate::effects::{Observer, RunKey};
use crate::script::failure::{Cause, Failure};
use crate::script::given::{Given, check};
use crate::script::params;
use crate::script::session::Console;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How plans are written.
pub(super) const PLAN: u64 = 1;

/// A plan, as its file holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) plan: u64,
    pub(super) id: String,
    pub(super) key: String,
    pub(super) script: String,
    pub(super) texts: BTreeMap<String, String>,
    pub(super) params: BTreeMap<String, Json>,
    pub(super) options: Json,
    pub(super) cloud: BTreeMap<String, Json>,
    pub(super) made: String,
    /// How many of the changes are foreseen for sure.
    pub(super) sure: usize,
    pub(super) asks: Vec<String>,
    pub(super) changes: Vec<Change>,
}

impl Plan {
    pub(super) fn foreseen(&self) -> bool {
        self.sure == self.changes.len()
    }

    pub(super) fn run_key(&self) -> RunKey {
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.key.as_bytes().chunks(2)) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .unwrap_or(0);
        }
        RunKey::new(bytes)
    }
}

/// A console for a pass: what the script prints is not what a plan shows.
struct Quiet;

impl Console for Quiet {
    fn data(&self, _: &str) {}
    fn talk(&self, _: &str) {}
    fn json(&self) -> bool {
        false
    }
    fn width(&self) -> usize {
        80
    }
}

/// What is passed through.
pub(super) struct Script<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) given: Source<'a>,
}

/// Where the parameters are from.
pub(super) enum Source<'a> {
    /// The command line, and what else gives them.
    Words(&'a Parameters),
    /// A plan, which holds all but the secret ones.
    Known(&'a All),
}

/// What a pass saw.
struct Passed {
    setup: Setup,
    params: BTreeMap<String, Json>,
    given: All,
    changes: Vec<Change>,
    asks: Vec<String>,
}

/// Show what a script would change, and write it to a file.
pub(super) fn plan(given: &Options, file: &str, out: Option<&Path>, words: &[String]) -> u8 {
    let environment = Environment::of_process();
    let failed = |error: &Error| refuse(given, &environment, error, NOT_RUN);
    let text = match read(file) {
        Ok(text) => text,
        Err(error) => return failed(&error),
    };
    let params = match parameters(words) {
        Ok(params) => params,
        Err(message) => return failed(&Error::new(Kind::InvalidArgument, message).coded("param::value")),
    };
    let given = &match permissions::asked(given, &environment, file, &text) {
        Ok(allowed) => allowed,
        Err(error) => return failed(&error),
    };
    let script = Script { name: file, text: &text, given: Source::Words(&params) };
    let made = match make(given, &script, &RunKey::random()) {
        Ok(made) => made,
        Err(code) => return code,
    };
    if let Some(out) = out {
        let text = serde_json::to_string_pretty(&made).unwrap_or_default();
        let written = NewFile::create(&environment.cwd.join(out), Some(0o600)).and_then(|mut new| {
            new.write(text.as_bytes())?;
            new.keep()
        });
        if let Err(why) = written {
            let error =
                Error::new(Kind::Failed, format!("the plan cannot be written to `{}`: {why}", out.display()));
            return refuse(
                given,
                &environment,
                &error.coded("cli::file").help("name a file in a folder that is there"),
                1,
            );
        }
    }
    let streams = Streams::new(given.format == Format::Json, given.quiet);
    streams.data(&match given.format {
        Format::Json => shown_json(&made).to_string(),
        Format::Table => picture(&made, out),
    });
    0
}

/// Go through a script twice.
pub(super) fn make(given: &Options, script: &Script<'_>, key: &RunKey) -> Result<Plan, u8> {
    let first = pass(given, script, key, true)?;
    let known = Script { name: script.name, text: script.text, given: Source::Known(&first.given) };
    let second = pass(given, &known, key, false)?;
    let (changes, sure) = merge(first.changes, &second.changes);
    let setup = &first.setup;
    let mut options = serde_json::to_value(given).unwrap_or_default();
    if let (Some(options), Ok(chosen)) = (options.as_object_mut(), &setup.chosen) {
        options.insert("cloud".to_string(), Json::from(chosen.name.as_str()));
    }
    let now = setup.session.host.clock.now();
    Ok(Plan {
        plan: PLAN,
        id: journal::name(now, key),
        key: key.bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
        script: script.name.to_string(),
        texts: setup.session.texts.all(),
        params: first.params,
        options,
        cloud: setup.clouds.places(),
        made: now.to_string(),
        sure,
        asks: first.asks,
        changes,
    })
}

/// Go through a script once in an overlay; the second time with other ids, other random values, and later.
fn pass(given: &Options, script: &Script<'_>, key: &RunKey, first: bool) -> Result<Passed, u8> {
    let environment = Environment::of_process();
    let options = Options { dry_run: true, yes: true, quiet: true, ..given.clone() };
    let purpose = Purpose { script: Some((script.name.to_string(), BTreeMap::new())), simulate: false };
    let streams = Arc::new(Streams::new(false, given.verbose == 0));
    let console: Arc<dyn Console> =
        if given.verbose > 0 && first { streams.clone() } else { Arc::new(Quiet) };
    let failed = |error: &Error, code: u8| refuse(given, &environment, error, code);
    let setup = setup_with(&options, purpose, environment.clone(), streams, console)
        .map_err(|error| failed(&no_trace(given, &error), NOT_RUN))?;
    setup.watch.keep_silent();
    let checked = Options { quiet: given.quiet || !first, ..given.clone() };
    let program = compile(&checked, &setup, script.name, script.text)?;
    let gathered = match script.given {
        Source::Words(words) => gather(given, &setup, program.params(), words)
            .and_then(|all| check(program.params(), &all, &words.bare, &everywhere()).map(|()| all)),
        Source::Known(known) => again(given, &setup, program.params(), known.clone()),
    };
    let all = gathered.map_err(|error| failed(&error, NOT_RUN))?;
    setup.session.params.give(all.clone());
    chosen(given, &setup)?;
    let clouds = setup.clouds.clone();
    let keeper = Arc::new(Keeper::new(key.clone(), Arc::new(move |text| clouds.hide(text))));
    for name in secret_params(&program) {
        if let Some(text) = all.get(&name).and_then(Given::as_text) {
            keeper.learn(&format!("param:{name}"), text);
        }
    }
    let secret = secret_params(&program);
    let shown = all.iter().filter(|(name, _)| !secret.contains(name));
    let params: BTreeMap<String, Json> = shown.map(|(name, one)| (name.clone(), to_json(one))).collect();
    let foresight = Arc::new(Foresight::new(keeper));
    setup.session.stage.watch(foresight.clone() as Arc<dyn Observer>);
    if !first {
        setup.ids.skip(1000);
        let _ = setup.session.pause(Duration::from_secs(60));
    }
    params::resolve(&setup.session, program.params())
        .map_err(|failure| unresolved(given, &setup, &failure))?;
    let thread =
        std::thread::Builder::new().name("script".to_string()).stack_size(STACK).spawn(move || program.run());
    let result = thread.ok().and_then(|thread| thread.join().ok());
    match result {
        Some(Ok(_) | Err(Failure { cause: Cause::Exit(0), .. })) => {}
        Some(Err(failure)) => {
            report(given, &setup, &failure);
            let error = Error::new(Kind::Failed, "there is no plan: the script does not end well")
                .coded("plan::none");
            return Err(failed(
                &error.help("a plan is the way on which nothing fails; mend what it met above"),
                1,
            ));
        }
        None => return Err(1),
    }
    let (changes, asks) = foresight.taken();
    Ok(Passed { setup, params, given: all, changes, asks })
}
