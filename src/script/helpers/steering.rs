//! The verbs that call closures to steer a run: `parallel`, `retry`, `step`, `defer`, `on_failure`.

use super::natives;
use crate::cloud::error::Place;
use crate::cloud::ports::{Step, StepEnd};
use crate::cloud::{Error, Kind, Span};
use crate::effects::{Fork, Join, Note, path};
use crate::script::deferred::Handle;
use crate::script::errors::context;
use crate::script::failure::Sources as _;
use crate::script::parallel::{self, Manner};
use crate::script::raise::{Outcome, raise_at};
use crate::script::secret_literals;
use crate::script::session::Session;
use crate::script::symbols::Names;
use crate::verbs::Call;
use crate::verbs::argument::OneOrMany;
use crate::verbs::language::shapes::Factor;
use crate::verbs::language::steering::{
    ATTEMPTS, DEFER, DELAY, FACTOR, LIMIT, MAX_DELAY, ON, ON_ERROR, ON_FAILURE, PARALLEL, RETRY, STEP, TITLE,
};
use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::register(engine, session, &PARALLEL, parallel);
    natives::register(engine, session, &RETRY, retry);
    natives::register(engine, session, &STEP, step);
    natives::register(engine, session, &DEFER, |session, context, _, args| {
        later(session, context, args, DEFER.name, false)
    });
    natives::register(engine, session, &ON_FAILURE, |session, context, _, args| {
        later(session, context, args, ON_FAILURE.name, true)
    });
    engine.register_type_with_name::<Handle>("Handle");
    let shared = session.clone();
    engine.register_fn("cancel", move |context: NativeCallContext, handle: &mut Handle| {
        let (path, site) = (path::next(), shared.site(&context));
        shared.stage.note(&Note {
            path: &path,
            verb: "cancel",
            site: site.as_ref(),
            of: Some(handle.path()),
        });
        handle.cancel();
    });
    engine.register_fn("to_string", |_: &mut Handle| "a handle".to_string());
    engine.register_fn("to_debug", |_: &mut Handle| "a handle".to_string());
}

fn parallel(
    session: &Session,
    context: &NativeCallContext,
    call: &Call,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let limit = call.find(&LIMIT).map_err(|error| raise_at(error, context))?;
    let on_error = call.find(&ON_ERROR).map_err(|error| raise_at(error, context))?;
    let limit = limit.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(usize::MAX);
    let collect = on_error.is_some_and(|on_error| on_error.collect);
    // The declaration has made sure of both.
    let items = parallel::items(args[0]).map_err(|error| raise_at(error, context))?;
    let (Some(items), Some(closure)) = (items, closure(args[1])) else {
        return Ok(Dynamic::UNIT);
    };
    let (path, site) = (path::next(), session.site(context));
    let fork = Fork { path: &path, verb: call.verb.name, site: site.as_ref(), items: Some(items.len()) };
    let course = session.stage.fork(&fork);
    let manner = Manner { limit, collect, path: &path, course };
    let (ran, result) = parallel::parallel(session, context, &items, &closure, &manner);
    joined(session, context, &fork, &ran, result.as_ref().err().map(|error| &**error));
    result
}

/// Tell how a call that opened branches ended.
pub(super) fn joined(
    session: &Session,
    context: &NativeCallContext,
    fork: &Fork<'_>,
    ran: &[usize],
    error: Option<&EvalAltResult>,
) {
    let names = Names { session, functions: Vec::new() };
    let source = context.call_source().unwrap_or_default();
    let known = error.filter(|_| session.stage.records());
    let known = known.and_then(|error| context::value_of(error, source, &names));
    let cut = error.is_some_and(|error| !error.is_catchable());
    session.stage.join(fork, &Join { ran, error: known.as_ref(), cut });
}

fn closure(value: &Dynamic) -> Option<FnPtr> {
    value.read_lock::<FnPtr>().map(|closure| closure.clone())
}

/// `defer` and `on_failure`; a handle.
fn later(
    session: &Session,
    context: &NativeCallContext,
    args: &[&mut Dynamic],
    verb: &'static str,
    after_failure: bool,
) -> Outcome<Dynamic> {
    // The declaration has made sure of it.
    let Some(closure) = closure(args[0]) else { return Ok(Dynamic::UNIT) };
    let given = args.get(1).map(|given| &**given);
    takes(context, &closure, usize::from(given.is_some()), after_failure)?;
    let title = title(session, context, after_failure);
    let (path, site) = (path::next(), session.site(context));
    session.stage.note(&Note { path: &path, verb, site: site.as_ref(), of: None });
    Ok(Dynamic::from(session.endings.add(context, (closure, title), given, after_failure, path)))
}

/// A function of the script that will be called with so many arguments must take them: at the end it is too late to say.
fn takes(context: &NativeCallContext, closure: &FnPtr, given: usize, after_failure: bool) -> Outcome<()> {
    let wanted = closure.curry().len() + given;
    let arities: Vec<usize> = context
        .iter_namespaces()
        .flat_map(|module| {
            module.iter_script_fn_info().map(|(_, _, name, count, _)| (name, count)).collect::<Vec<_>>()
        })
        .filter(|(name, _)| *name == closure.fn_name())
        .map(|(_, count)| count)
        .collect();
    let Some(first) = arities.first().filter(|_| !arities.contains(&wanted)) else { return Ok(()) };
    let verb = if after_failure { ON_FAILURE.name } else { DEFER.name };
    let takes = first.saturating_sub(closure.curry().len());
    let (message, help) = match (takes, given) {
        (1, 0) => (
            format!("the closure of `{verb}` takes an argument, and is given none"),
            format!("give it what it takes: `{verb}(|x| …, x)`"),
        ),
        _ => (
            format!("the closure of `{verb}` takes {takes} arguments, and is given {given}"),
            format!("write `{verb}(|| …)`, or `{verb}(|x| …, x)`"),
        ),
    };
    let error = Error::new(Kind::InvalidArgument, message).coded("call::closure").help(help);
    Err(raise_at(error.at(Place::Argument(0), "this would fail at the end of the script"), context))
}

/// What a handler is told as: what its line says it does, where that is short and holds no secret.
fn title(session: &Session, context: &NativeCallContext, after_failure: bool) -> String {
    let verb = if after_failure { ON_FAILURE.name } else { DEFER.name };
    let line = context.call_position().line().unwrap_or(0);
    let text = session.texts.text(context.call_source().unwrap_or_default()).unwrap_or_default();
    let written = text.lines().nth(line.wrapping_sub(1)).unwrap_or_default();
    let call = written.split_once(&format!("{verb}(")).map_or("", |(_, call)| call);
    let call = call.trim_end().trim_end_matches(';');
    let body = call.strip_suffix(')').unwrap_or("").trim_start_matches("||").trim();
    match !body.is_empty() && body.chars().count() <= 50 && !secret_literals::holds_secret(written) {
        true => format!("{verb}: {body}"),
        false => format!("{verb}, line {line}"),
    }
}

/// How `retry` goes about it.
struct TimeLimit {
    attempts: i64,
    delay: Duration,
    factor: f64,
    longest: Duration,
    on: Option<Vec<Kind>>,
}

impl TimeLimit {
    fn of(call: &Call) -> Result<TimeLimit, crate::cloud::Error> {
        let span = |span: Option<Span>| span.map(Span::to_std);
        Ok(TimeLimit {
            attempts: call.find(&ATTEMPTS)?.map_or(5, |attempts| attempts.0),
            delay: span(call.find(&DELAY)?).unwrap_or(Duration::from_secs(1)),
            factor: call.find(&FACTOR)?.map_or(2.0, |Factor(factor)| factor),
            longest: span(call.find(&MAX_DELAY)?).unwrap_or(Duration::MAX),
            on: call.find(&ON)?.map(|OneOrMany(kinds)| kinds.into_iter().map(|kind| kind.0).collect()),
        })
    }

    /// The pause after this one.
    fn next(&self, pause: Duration) -> Duration {
        Duration::try_from_secs_f64(pause.as_secs_f64() * self.factor).unwrap_or(Duration::MAX)
    }
}

fn retry(
    session: &Session,
    context: &NativeCallContext,
    call: &Call,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let limit = TimeLimit::of(call).map_err(|error| raise_at(error, context))?;
    let Some(closure) = closure(args[0]) else { return Ok(Dynamic::UNIT) };
    let (path, site) = (path::next(), session.site(context));
    let fork = Fork { path: &path, verb: call.verb.name, site: site.as_ref(), items: None };
    let course = session.stage.fork(&fork);
    // Between attempts that are on record nothing is waited for.
    let known = course.order.map_or(0, |order| order.len());
    let mut attempt = 0;
    let result = attempts(session, context, &limit, known, || {
        attempt += 1;
        path::within(path.item(attempt), || closure.call_within_context(context, ()))
    });
    let ran: Vec<usize> = (1..=attempt).collect();
    joined(session, context, &fork, &ran, result.as_ref().err().map(|error| &**error));
    result
}

/// Try until it works or the limit is met; the first `known` attempts follow each other at once.
fn attempts(
    session: &Session,
    context: &NativeCallContext,
    limit: &TimeLimit,
    known: usize,
    mut one: impl FnMut() -> Outcome<Dynamic>,
) -> Outcome<Dynamic> {
    let names = Names { session, functions: Vec::new() };
    let source = context.call_source().unwrap_or_default();
    let start = session.host.clock.elapsed();
    let mut pause = limit.delay;
    for attempt in 1.. {
        let error = match one() {
            Ok(given) => return Ok(given),
            Err(error) => error,
        };
        let Some(told) = context::value_of(&error, source, &names) else { return Err(error) };
        let wanted = match &limit.on {
            Some(kinds) => kinds.contains(&told.kind),
            None => told.is_retryable(),
        };
        if !wanted {
            return Err(error);
        }
        if attempt >= limit.attempts {
            let passed = session.host.clock.elapsed().saturating_sub(start);
            let tried = format!("{attempt} times within {}", Span::from_std(passed));
            return Err(if attempt == 1 { error } else { context::with_fact(error, "tried", &tried) });
        }
        if usize::try_from(attempt).is_ok_and(|attempt| attempt < known) {
            pause = limit.next(pause);
            continue;
        }
        let by = pause.min(limit.longest);
        session.host.progress.waiting(&format!(
            "{}: again in {}, attempt {attempt} of {}",
            told.message,
            Span::from_std(by),
            limit.attempts
        ));
        let waited = session.pause(by);
        session.host.progress.done();
        waited.map_err(|error| raise_at(error, context))?;
        pause = limit.next(pause);
    }
    Ok(Dynamic::UNIT)
}

fn step(
    session: &Session,
    context: &NativeCallContext,
    call: &Call,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let title = call.get(&TITLE).map_err(|error| raise_at(error, context))?.0;
    let title = session.host.clouds.hide(&title);
    let Some(closure) = closure(args[1]) else { return Ok(Dynamic::UNIT) };
    let within = parallel::steps();
    let id = session.steps.fetch_add(1, Ordering::Relaxed) + 1;
    let step = Step { id, within: within.clone(), title };
    let start = session.host.clock.elapsed();
    session.host.progress.began(&step);
    parallel::set_steps(within.iter().copied().chain([id]).collect());
    let result = closure.call_within_context(context, ());
    parallel::set_steps(within);
    let end = match &result {
        Ok(_) => StepEnd::Done,
        Err(error) if error.is_catchable() => StepEnd::Failed,
        Err(_) => StepEnd::Interrupted,
    };
    session.host.progress.ended(&step, end, session.host.clock.elapsed().saturating_sub(start));
    result
}
