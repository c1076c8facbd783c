//! Ordering: unlike things are an error, never a silent `false`; a duration compares with all its forms.

use super::raise::{Outcome, script_error};
use super::value::to_value;
use crate::cloud::{Span, Value};
use rhai::{Dynamic, Engine, NativeCallContext, Position};
use std::any::TypeId;
use std::cmp::Ordering;

/// Register the ordering operators for every pair of values.
pub fn register(engine: &mut Engine) {
    let any = [TypeId::of::<Dynamic>(), TypeId::of::<Dynamic>()];
    type Test = fn(Ordering) -> bool;
    let operators: [(&str, Test); 4] =
        [("<", Ordering::is_lt), ("<=", Ordering::is_le), (">", Ordering::is_gt), (">=", Ordering::is_ge)];
    for (name, test) in operators {
        engine.register_raw_fn(name, any, move |context: NativeCallContext, args: &mut [&mut Dynamic]| {
            let order = match (args[0].as_int(), args[1].as_int()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => order(args[0], args[1], name, context.call_position())?,
            };
            Ok(test(order))
        });
    }
    durations(engine);
}

fn durations(engine: &mut Engine) {
    engine.register_fn("==", |a: &mut Span, b: Span| *a == b);
    engine.register_fn("!=", |a: &mut Span, b: Span| *a != b);
    engine.register_fn("==", |a: &mut Span, b: i64| *a == Span::from_secs(b));
    engine.register_fn("!=", |a: &mut Span, b: i64| *a != Span::from_secs(b));
    engine.register_fn("==", |a: i64, b: Span| b == Span::from_secs(a));
    engine.register_fn("!=", |a: i64, b: Span| b != Span::from_secs(a));
    engine.register_fn("==", |a: &str, b: Span| Span::parse(a) == Some(b));
    engine.register_fn("!=", |a: &str, b: Span| Span::parse(a) != Some(b));
    engine.register_fn("==", |a: &mut Span, b: &str| Span::parse(b) == Some(*a));
    engine.register_fn("!=", |a: &mut Span, b: &str| Span::parse(b) != Some(*a));
}

/// How two values are ordered; an error where they are unlike.
pub fn order(a: &Dynamic, b: &Dynamic, operator: &str, position: Position) -> Outcome<Ordering> {
    let (x, y) = (to_value(a), to_value(b));
    let unlike = || {
        let words = [(&x, &y), (&y, &x)].into_iter().find_map(|pair| match pair {
            (Value::Span(_), Value::Text(text)) => Some(text),
            _ => None,
        });
        if let Some(text) = words {
            let message = format!("`{text}` is no duration; write one such as `\"7d\"` or `\"1h30m\"`");
            return script_error("language::unlike", message, position);
        }
        let message = format!("`{operator}` cannot order {} and {}", x.kind(), y.kind());
        script_error("language::unlike", message, position)
    };
    Ok(match (&x, &y) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            number(&x).partial_cmp(&number(&y)).ok_or_else(unlike)?
        }
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Span(a), b) => a.cmp(&span(b).ok_or_else(unlike)?),
        (a, Value::Span(b)) => span(a).ok_or_else(unlike)?.cmp(b),
        _ => return Err(unlike()),
    })
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        _ => f64::NAN,
    }
}

fn span(value: &Value) -> Option<Span> {
    match value {
        Value::Span(span) => Some(*span),
        Value::Int(seconds) => Some(Span::from_secs(*seconds)),
        Value::Text(text) => Span::parse(text),
        _ => None,
    }
}
