//! What an error of the engine carries on through the call that it ends: the item it is of, further facts, the members.

#![allow(clippy::boxed_local)] // errors of the engine come boxed, and go on boxed

use super::runtime::{FOR, Known, cause, failure};
use crate::cloud::Value;
use crate::cloud::error::{Error, Place};
use crate::script::failure::Cause;
use crate::script::value::to_dynamic;
use rhai::{Dynamic, EvalAltResult};

/// The same error, told apart as that of one item of many.
pub(in crate::script) fn of_item(error: Box<EvalAltResult>, item: &str) -> Box<EvalAltResult> {
    Box::new(match *error {
        EvalAltResult::ErrorInFunctionCall(name, source, inner, position) => {
            EvalAltResult::ErrorInFunctionCall(format!("{name}{FOR}{item}"), source, inner, position)
        }
        // A verb that was called with no closure around it has no frame of its own to say it.
        other => {
            let mut error = with_fact(Box::new(other), "for", item);
            if let EvalAltResult::ErrorRuntime(value, _) = &mut *error
                && let Some(mut error) = value.write_lock::<Error>()
            {
                // The arguments that stand there are those of the call for all items.
                error.place = Place::Verb;
            }
            return error;
        }
    })
}

/// The same error with one more fact for the report, where it can carry one.
pub(in crate::script) fn with_fact(
    error: Box<EvalAltResult>,
    name: &'static str,
    text: &str,
) -> Box<EvalAltResult> {
    use EvalAltResult as E;
    Box::new(match *error {
        E::ErrorInFunctionCall(called, source, inner, position) => {
            E::ErrorInFunctionCall(called, source, with_fact(inner, name, text), position)
        }
        E::ErrorInModule(module, inner, position) => {
            E::ErrorInModule(module, with_fact(inner, name, text), position)
        }
        E::ErrorRuntime(value, position) => {
            let known = value.read_lock::<Error>().map(|error| error.clone().fact(name, text));
            E::ErrorRuntime(known.map_or(value, Dynamic::from), position)
        }
        other => other,
    })
}

/// An error as a value of the script, its first place kept; `None` for an end that no script can catch.
pub(in crate::script) fn value_of(
    error: &EvalAltResult,
    main_source: &str,
    known: &dyn Known,
) -> Option<Error> {
    let failure = failure(error, main_source, known);
    let Cause::Error(mut error) = failure.cause else { return None };
    if let (None, Some(site)) = (&error.raised, failure.sites.first().filter(|site| site.line > 0)) {
        let source = Some(site.source.clone()).filter(|source| !source.is_empty());
        error.raised = Some((source, site.line, site.column));
    }
    Some(error)
}

/// The same error with what became of every member of the call it ended.
pub(in crate::script) fn with_members(
    error: Box<EvalAltResult>,
    results: Vec<Value>,
    exists: Vec<Value>,
    known: &dyn Known,
) -> Box<EvalAltResult> {
    use EvalAltResult as E;
    Box::new(match *error {
        E::ErrorInFunctionCall(name, source, inner, position) => {
            E::ErrorInFunctionCall(name, source, with_members(inner, results, exists, known), position)
        }
        E::ErrorInModule(name, inner, position) => {
            E::ErrorInModule(name, with_members(inner, results, exists, known), position)
        }
        E::ErrorRuntime(value, position) if value.is_map() => {
            // What a script threw stays as it threw it.
            let mut map = value.cast::<rhai::Map>();
            let array = |values| to_dynamic(Value::Array(values));
            map.entry("results".into()).or_insert_with(|| array(results));
            map.entry("exists".into()).or_insert_with(|| array(exists));
            E::ErrorRuntime(Dynamic::from_map(map), position)
        }
        other => match cause(&other, known) {
            Cause::Error(mut error) => {
                error.results = results;
                error.exists = exists;
                E::ErrorRuntime(Dynamic::from(error), other.position())
            }
            _ => other,
        },
    })
}
