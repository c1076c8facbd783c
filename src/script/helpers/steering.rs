//! `parallel` and what else calls closures to steer a run.

use super::natives;
use crate::script::parallel::{self, Manner};
use crate::script::raise::{Outcome, raise_at};
use crate::script::session::Session;
use crate::verbs::Call;
use crate::verbs::language::steering::{LIMIT, ON_ERROR, PARALLEL};
use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::register(engine, session, &PARALLEL, parallel);
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
    let manner = Manner { limit, collect: on_error.is_some_and(|on_error| on_error.collect) };
    // The declaration has made sure of both.
    let (Some(items), Some(closure)) = (parallel::items(args[0]), closure(args[1])) else {
        return Ok(Dynamic::UNIT);
    };
    parallel::parallel(session, context, &items, &closure, &manner)
}

fn closure(value: &Dynamic) -> Option<FnPtr> {
    value.read_lock::<FnPtr>().map(|closure| closure.clone())
}
