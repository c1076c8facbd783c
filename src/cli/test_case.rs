//! One test on one face: its world is made, its function is called there, and what came of it is told. Whatever a test does, it ends.

use super::args::Options;
use super::run::STACK;
use super::setup::Setup;
use super::test_world::{Subject, TestWorld};
use crate::config::Environment;
use crate::diag::{self, Report};
use crate::script::coverage::Coverage;
use crate::script::failure::{Cause, Failure};
use crate::script::run::Program;
use crate::testing::{Ended, TestCloud, TestFile};
use crate::wire::{Clock as _, WallClock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How long a test may take, in time as people know it.
const LIMIT: Duration = Duration::from_secs(60);
/// How long what it left to its end may take after that.
const ENDING: Duration = Duration::from_secs(10);
/// How many steps a test may take; a loop without an end takes them in some seconds.
const STEPS: u64 = 50_000_000;

/// What all cases of a run have in common.
pub(super) struct Manner<'a> {
    pub(super) options: &'a Options,
    pub(super) environment: &'a Environment,
    pub(super) seed: u64,
    pub(super) update: bool,
    /// What counts the lines that run.
    pub(super) coverage: Option<Arc<Coverage>>,
}

/// What the ids of a case follow from: the run's seed and the test's own name, so that no other test has a part in it.
fn seed_of(seed: u64, file: &str, test: &str) -> u64 {
    let letters = file.bytes().chain([0]).chain(test.bytes());
    // FNV-1a.
    letters.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The world of a case.
pub(super) fn world(manner: &Manner<'_>, file: &TestFile, test: &str, face: TestCloud) -> Arc<TestWorld> {
    let subject = Subject {
        file: file.name.clone(),
        test: test.to_string(),
        seed: seed_of(manner.seed, &file.name, test),
        update: manner.update,
    };
    TestWorld::new(manner.options, manner.environment, face, subject, manner.coverage.clone())
}

/// Run a test on a face. Where lines are counted, one that fails is run again without, for columns are counted wrong then.
pub(super) fn run_measured(manner: &Manner<'_>, file: &TestFile, nth: usize, face: TestCloud) -> Ended {
    if file.of_examples {
        // Its lines are those of comments, which no coverage has.
        return run(&Manner { coverage: None, ..*manner }, file, nth, face, |_| {});
    }
    let ended = run(manner, file, nth, face, |_| {});
    if ended.passed() || ended.hung || manner.coverage.is_none() {
        return ended;
    }
    let again = run(&Manner { coverage: None, ..*manner }, file, nth, face, |_| {});
    if again.passed() { ended } else { again }
}

/// Run a test on a face, in a world that `prepare` may have a hand in before.
pub(super) fn run(
    manner: &Manner<'_>,
    file: &TestFile,
    nth: usize,
    face: TestCloud,
    prepare: impl FnOnce(&TestWorld),
) -> Ended {
    let clock = WallClock::start();
    let test = &file.tests[nth];
    let world = world(manner, file, test.name(), face);
    prepare(&world);
    let mut ended = match world.session(&file.name, BTreeMap::new(), world.console()) {
        Ok(setup) => called(&setup, file, &test.function),
        Err(why) => broken(&format!("the session of the test cannot be put together: {why}")),
    };
    ended.output = world.console().lines();
    ended.simulated = crate::wire::Clock::elapsed(&**world.simulated());
    ended.took = clock.elapsed();
    ended.left = world.left();
    ended.kept = world.written();
    let requests = world.simulated().with(rhain_sim::Sim::requests).unwrap_or_default();
    ended.asked = requests.into_iter().map(|one| one.operation).collect();
    ended
}

fn broken(why: &str) -> Ended {
    Ended { failures: vec![Report::new("", why)], kind: "failed", ..Ended::default() }
}

/// Call a function of a file that was checked, and wait until it has ended.
fn called(setup: &Setup, file: &TestFile, function: &str) -> Ended {
    let (text, called) = (file.text.clone(), function.to_string());
    let session = setup.session.clone();
    session.budget.end_after(STEPS);
    let (tell, told) = mpsc::channel();
    let (running, name) = (session.clone(), file.name.clone());
    let thread = std::thread::Builder::new().name("test".to_string()).stack_size(STACK).spawn(move || {
        let result =
            Program::compile_calling(&running, &name, &text, Some(&called)).and_then(|program| program.run());
        // The one who waits may have given up.
        let _ = tell.send(result);
    });
    if let Err(why) = thread {
        return broken(&format!("the test's thread does not start: {why}"));
    }
    let (result, hung) = match told.recv_timeout(LIMIT) {
        Ok(result) => (Some(result), false),
        Err(RecvTimeoutError::Disconnected) => (None, false),
        Err(RecvTimeoutError::Timeout) => {
            session.stopped.store(true, Ordering::Relaxed);
            setup.cancel.send_replace(1);
            let result = told.recv_timeout(ENDING).or_else(|_| {
                session.host.cut_short();
                told.recv_timeout(ENDING)
            });
            (result.ok(), true)
        }
    };
    let lines = file.text.lines().count();
    let mut ended = match result {
        None if hung => never_ended(setup, None),
        None => broken("the test's thread broke; this is a mistake in rhain"),
        Some(Err(failure)) if hung => never_ended(setup, Some(own(failure, file, lines))),
        Some(Ok(_)) if hung => never_ended(setup, None),
        Some(Ok(_)) | Some(Err(Failure { cause: Cause::Exit(0), .. })) => Ended::default(),
        Some(Err(failure)) => failed(setup, own(failure, file, lines)),
    };
    // What has no place of its own happened somewhere in the test.
    if let Some(report) = ended.failures.first_mut().filter(|report| report.sections.is_empty()) {
        let line = file.tests.iter().find(|test| test.function == function).map_or(0, |test| test.line);
        report.fact("in", format!("{}:{line}", file.name));
    }
    for failure in session.endings.failures() {
        ended.failures.extend(diag::from_script::report(&own(failure, file, lines), &session.texts, &[]));
    }
    ended.hung = hung;
    ended
}

/// A failure without the place of the call that the test was made of: it stands in no file.
fn own(mut failure: Failure, file: &TestFile, lines: usize) -> Failure {
    failure.sites.retain(|site| site.source != file.name || site.line <= lines);
    failure
}

fn failed(setup: &Setup, failure: Failure) -> Ended {
    let kind = match &failure.cause {
        Cause::Error(error) | Cause::Parse(error) => error.kind.as_str(),
        Cause::Interrupted { .. } => "cancelled",
        Cause::Exit(_) => "exit",
    };
    let report = match &failure.cause {
        Cause::Exit(code) => Report::new("", format!("the test ended with `exit({code})`")),
        _ => diag::from_script::report(&failure, &setup.session.texts, &[])
            .unwrap_or_else(|| Report::new("", "the test failed")),
    };
    Ended { failures: vec![report], kind, ..Ended::default() }
}

fn never_ended(setup: &Setup, failure: Option<Failure>) -> Ended {
    let shown = failure.and_then(|failure| diag::from_script::report(&failure, &setup.session.texts, &[]));
    let mut report = shown.unwrap_or_else(|| Report::new("", ""));
    report.title = format!("the test did not end within {}s", LIMIT.as_secs());
    report.facts.clear();
    report.help = vec!["look for a loop that has no end, or for a program that waits".to_string()];
    Ended { failures: vec![report], kind: "timeout", ..Ended::default() }
}
