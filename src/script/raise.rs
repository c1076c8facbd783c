//! Errors as natives raise them: ours travel through the engine whole, an interruption as what no script can catch.

use super::failure::Ending;
use crate::cloud::{Error, Kind};
use crate::verbs::resolve::closest;
use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

/// The result of a native.
pub type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// An error as the engine carries it; an interruption as what no script can catch.
pub fn raise(error: Error, position: Position) -> Box<EvalAltResult> {
    if error.kind == Kind::Cancelled {
        return Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(Ending::Interrupted), position));
    }
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(error), position))
}

/// The same, with the place of the call kept: who catches it may throw it again.
pub fn raise_at(mut error: Error, context: &NativeCallContext) -> Box<EvalAltResult> {
    let position = context.call_position();
    if let (None, Some(line), Some(column)) = (&error.raised, position.line(), position.position()) {
        error.raised = Some((context.call_source().map(str::to_string), line, column));
    }
    raise(error, position)
}

/// The error for a field that a type does not have.
pub fn no_field(what: &str, name: &str, known: &[&str]) -> Error {
    let near = closest(name, known.iter().copied());
    let label = near.first().map_or("no such field".to_string(), |near| format!("did you mean `{near}`?"));
    Error::new(Kind::Script, format!("{what} has no field `{name}`"))
        .coded("language::unknown_field")
        .help(format!("use one of its fields: {}", known.join(", ")))
        .at(crate::cloud::error::Place::Verb, label)
}

/// The engine's error for a value that cannot be used like that, in our own words.
pub fn script_error(code: &'static str, message: String, position: Position) -> Box<EvalAltResult> {
    raise(Error::new(Kind::Script, message).coded(code), position)
}
