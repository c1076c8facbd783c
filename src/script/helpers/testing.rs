//! `assert_throws`: the one helper of tests that calls a closure.

use super::natives;
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind};
use crate::script::errors::context;
use crate::script::raise::{Outcome, raise_at};
use crate::script::session::Session;
use crate::script::symbols::Names;
use crate::script::value::{literal, to_value};
use crate::verbs::Call;
use crate::verbs::language::testing::{ASSERT_THROWS, KIND, simulation};
use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::register(engine, session, &ASSERT_THROWS, assert_throws);
}

fn assert_throws(
    session: &Session,
    context: &NativeCallContext,
    call: &Call,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    simulation(&session.host, ASSERT_THROWS.name).map_err(|error| raise_at(error, context))?;
    let wanted = call.get(&KIND).map_err(|error| raise_at(error, context))?.0;
    // The declaration has made sure of it.
    let Some(closure) = args[1].read_lock::<FnPtr>().map(|closure| closure.clone()) else {
        return Ok(Dynamic::UNIT);
    };
    let given = closure.call_within_context::<Dynamic>(context, ());
    let raised = match given {
        Ok(value) => {
            let shown = match to_value(&value) {
                crate::cloud::Value::Unit => String::new(),
                value => format!("; it gave {}", literal(&value)),
            };
            let message = format!("nothing was thrown{shown}");
            return Err(raise_at(failed(wanted, message, "`f` ended well"), context));
        }
        Err(error) if !error.is_catchable() => return Err(error),
        Err(error) => error,
    };
    let names = Names { session, functions: Vec::new() };
    let source = context.call_source().unwrap_or_default();
    let Some(error) = context::value_of(&raised, source, &names) else { return Err(raised) };
    if error.kind == wanted {
        return Ok(Dynamic::from(error));
    }
    let message =
        format!("`{}` was thrown, not `{}`: {}", error.kind.as_str(), wanted.as_str(), error.words());
    let mut told = failed(wanted, message, "another error came");
    if let Some((source, line, column)) = &error.raised {
        let source = source.as_deref().unwrap_or_default();
        told = told.fact("thrown", format!("{source}:{line}:{column}"));
    }
    Err(raise_at(told, context))
}

fn failed(wanted: Kind, message: String, label: &str) -> Error {
    Error::new(Kind::Script, message)
        .coded("script::assertion")
        .at(Place::Verb, label)
        .fact("wanted", format!("an error of kind `{}`", wanted.as_str()))
}
