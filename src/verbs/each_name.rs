//! The name that a call for many gives: `{name}` in it is each one's own.

use super::call::Call;
use crate::cloud::{Error, Kind, Result, Value};

/// The parameter by which a call names what it acts on, or what it makes of that.
pub(super) const NAME: &str = "name";

/// What stands in such a name for the name that each has.
const EACH: &str = "{name}";

fn given(call: &Call) -> Option<&str> {
    let acts = call.form.params.first().is_some_and(|first| first.name != NAME);
    match call.value(NAME) {
        Some(Value::Text(given)) if acts => Some(given),
        _ => None,
    }
}

/// The name for one of them, where the call gives one.
pub(super) fn of(call: &Call, subject: &Value) -> Option<Value> {
    let own = match subject {
        Value::Resource(object) => object.name(),
        Value::Text(text) => text.to_string(),
        _ => return None,
    };
    given(call).map(|given| Value::text(given.replace(EACH, &own)))
}

/// Whether the call gives a name that holds the name of each.
pub(super) fn is_asked(call: &Call) -> bool {
    given(call).is_some_and(|given| given.contains(EACH))
}

/// A call for several that would give all of them one name.
///
/// # Errors
/// `invalid_argument`.
pub(super) fn check(call: &Call) -> Result<()> {
    let Some(given) = given(call).filter(|given| !given.contains(EACH)) else { return Ok(()) };
    let message = format!("`{}` would give each of an array the same name", call.verb.name);
    Err(Error::new(Kind::InvalidArgument, message)
        .coded("call::wrong_type")
        .help(format!("let the name hold `{EACH}`, which is each one's own: `\"{EACH}-{given}\"`"))
        .at(call.place(NAME), format!("write `\"{EACH}-{given}\"`")))
}
