//! Numbers, where the engine would make a wrong one without a word.

use crate::script::raise::{Outcome, script_error};
use rhai::{Engine, NativeCallContext};

/// The bounds that a whole number keeps; the upper one is the first that is too large.
const WHOLE: std::ops::Range<f64> = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("to_int", |context: NativeCallContext, number: f64| -> Outcome<i64> {
        if WHOLE.contains(&number) {
            return Ok(number as i64);
        }
        let message = format!("{number} is no whole number of 64 bits");
        Err(script_error("language::arithmetic", message, context.call_position()))
    });
}
