//! What a script put off until its end: `defer` and `on_failure`, run last first when it ends, however it ends.

#![allow(deprecated)] // volatile, not deprecated: the engine's version is pinned

use super::errors::runtime;
use super::failure::{Cause, Failure};
use super::guard;
use super::parallel;
use super::parallel::own;
use super::run::while_running;
use super::session::Session;
use super::symbols::{self, Names};
use crate::cloud::Value;
use crate::cloud::ports::{Step, StepEnd};
use crate::effects::path::{self, Path};
use crate::verbs::run_context::Phase;
use rhai::{AST, Dynamic, Engine, FnPtr, NativeCallContext, NativeCallContextStore};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What `defer` and `on_failure` give: calls the work off.
#[derive(Debug, Clone)]
pub struct Handle {
    cancelled: Arc<AtomicBool>,
    path: Path,
}

impl Handle {
    /// Its danger is past: do not run it.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// The call that registered it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Work that is put off, with all that it needs to run later.
struct Later {
    closure: FnPtr,
    given: Option<Dynamic>,
    place: NativeCallContextStore,
    /// Whether it runs only after a failure.
    after_failure: bool,
    /// What it is told as when it runs.
    title: String,
    handle: Handle,
}

/// The work that a run has put off, and what failed of it.
#[derive(Default)]
pub struct Endings {
    later: Mutex<Vec<Later>>,
    failures: Mutex<Vec<Failure>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Endings {
    /// Put off a call of `closure`; `given` as it is now. `path` is the call that registers it.
    pub fn add(
        &self,
        context: &NativeCallContext,
        (closure, title): (FnPtr, String),
        given: Option<&Dynamic>,
        after_failure: bool,
        path: Path,
    ) -> Handle {
        let handle = Handle { cancelled: Arc::default(), path };
        lock(&self.later).push(Later {
            closure,
            given: given.map(|given| own(given, 0)),
            // A function of a module is found again only through what is known at the place of this call.
            place: context.store_data(),
            after_failure,
            title,
            handle: handle.clone(),
        });
        handle
    }

    /// Nothing that was put off runs.
    pub fn abandon(&self) {
        lock(&self.later).clear();
    }

    /// What failed of it, beside the failure that the run ended with; told once.
    pub fn failures(&self) -> Vec<Failure> {
        std::mem::take(&mut *lock(&self.failures))
    }
}

/// Run what the script put off, last first; gives what the whole run ended with: the first failure, if there was any.
/// An interruption does not end this work; a deadline of its own may.
pub fn finish(
    session: &Session,
    engine: &Engine,
    main: &str,
    ast: &AST,
    result: Result<Value, Failure>,
) -> Result<Value, Failure> {
    if lock(&session.endings.later).is_empty() {
        return result;
    }
    session.host.set_phase(Phase::Ending);
    let mut result = result;
    loop {
        // What is put off by this work itself comes next.
        let Some(later) = lock(&session.endings.later).pop() else { break };
        let failed = !is_good(&result);
        if later.handle.cancelled.load(Ordering::Relaxed) || (later.after_failure && !failed) {
            continue;
        }
        let names = || Names { session, functions: symbols::functions(ast) };
        let id = session.steps.fetch_add(1, Ordering::Relaxed) + 1;
        let step = Step { id, within: Vec::new(), title: later.title.clone() };
        let start = session.host.clock.elapsed();
        session.host.progress.began(&step);
        parallel::set_steps(vec![id]);
        let ended = match guard::caught(|| run(engine, &later)) {
            Ok(ended) => ended.map_err(|error| while_running(runtime::failure(&error, main, &names()))),
            Err(error) => Err(Failure { cause: Cause::Error(error), sites: Vec::new() }),
        };
        parallel::set_steps(Vec::new());
        let end = match &ended {
            Ok(()) | Err(Failure { cause: Cause::Exit(0), .. }) => StepEnd::Done,
            Err(Failure { cause: Cause::Interrupted { .. }, .. }) => StepEnd::Interrupted,
            Err(_) => StepEnd::Failed,
        };
        session.host.progress.ended(&step, end, session.host.clock.elapsed().saturating_sub(start));
        let Err(mut failure) = ended else { continue };
        let verb = if later.after_failure { "on_failure" } else { "defer" };
        if let Cause::Error(error) = &mut failure.cause {
            *error = error.clone().fact("in", format!("what was left to `{verb}`, at the end of the script"));
        }
        match (&failure.cause, is_good(&result)) {
            (Cause::Exit(0), _) => {}
            (_, true) => result = Err(failure),
            // The first failure stays the run's.
            (Cause::Error(_), false) => lock(&session.endings.failures).push(failure),
            (_, false) => {}
        }
        if session.host.phase() == Phase::Over {
            lock(&session.endings.later).clear();
        }
    }
    session.host.set_phase(Phase::Running);
    result
}

/// At the run's end, also after an interruption: what creates that went out twice made a second time is deleted.
pub fn delete_doubles(session: &Session) {
    session.host.set_phase(Phase::Ending);
    session.delete_doubles(true);
    session.host.set_phase(Phase::Running);
}

/// Whether a run ended well; `exit(0)` is such an end.
fn is_good(result: &Result<Value, Failure>) -> bool {
    matches!(result, Ok(_) | Err(Failure { cause: Cause::Exit(0), .. }))
}

fn run(engine: &Engine, later: &Later) -> super::raise::Outcome<()> {
    let context = later.place.create_context(engine);
    let args: Vec<Dynamic> = later.given.iter().cloned().collect();
    let branch = later.handle.path.handler();
    path::within(branch, || later.closure.call_raw(&context, None, args)).map(|_| ())
}
