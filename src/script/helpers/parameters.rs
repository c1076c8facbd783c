//! `param`: a parameter of the runbook, given on the command line.

use crate::cloud::{Error, Kind, Secret, Span, Value};
use crate::script::params::{self, option_name};
use crate::script::raise::{Outcome, raise};
use crate::script::session::Session;
use crate::script::value::{to_dynamic, to_value};
use crate::verbs::arguments::prepare;
use crate::verbs::language;
use crate::verbs::language::param_type::ParamType;
use crate::verbs::verb::Key;
use rhai::{Dynamic, Engine, NativeCallContext};
use std::any::TypeId;
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    for arity in 1..=3 {
        let shared = session.clone();
        engine.register_raw_fn(
            "param",
            vec![TypeId::of::<Dynamic>(); arity],
            move |context: NativeCallContext, args: &mut [&mut Dynamic]| -> Outcome<Dynamic> {
                let values: Vec<Value> = args.iter().map(|arg| to_value(arg)).collect();
                param(&shared, values).map(to_dynamic).map_err(|error| raise(error, context.call_position()))
            },
        );
    }
}

const NAME: Key<String> = Key::required("name", "");
const TYPE: Key<ParamType> = Key::optional("type", "");
const DEFAULT: Key<Value> = Key::optional("default", "");
const CHOICES: Key<Vec<Value>> = Key::optional("choices", "");
const MIN: Key<Value> = Key::optional("min", "");
const MAX: Key<Value> = Key::optional("max", "");
const SECRET: Key<bool> = Key::optional("secret", "");

fn param(session: &Session, values: Vec<Value>) -> Result<Value, Error> {
    let call = prepare(&language::control::PARAM, &session.host, values)?;
    let name = call.get(&NAME)?;
    let default = call.find(&DEFAULT)?;
    let written = call.find(&TYPE)?;
    let ty = written.or(default.as_ref().map(ParamType::of_default)).unwrap_or(ParamType::String);
    let value = match (session.params.given(&name), default) {
        (Some(text), _) => params::parse(&name, ty, text)?,
        (None, Some(default)) => fitted(&name, ty, default)?,
        (None, None) => {
            return Err(Error::new(
                Kind::InvalidArgument,
                format!("the parameter `--{}` is missing", option_name(&name)),
            )
            .coded("param::missing")
            .help(format!("give --{} on the command line", option_name(&name))));
        }
    };
    bounds(&name, &value, &call.find(&MIN)?, &call.find(&MAX)?)?;
    if let Some(choices) = call.find(&CHOICES)?
        && !choices.iter().any(|choice| super::arrays::equal(choice, &value))
    {
        let shown: Vec<String> = choices.iter().map(super::control::text_of).collect();
        return Err(Error::new(
            Kind::InvalidArgument,
            format!("`--{}` cannot be `{}`", option_name(&name), super::control::text_of(&value)),
        )
        .coded("param::value")
        .help(format!("use one of: {}", shown.join(", "))));
    }
    if call.find(&SECRET)?.unwrap_or(false)
        && let Value::Text(text) = &value
    {
        session.host.clouds.mask_secret(text);
        return Ok(Value::Secret(Secret::new(text.clone())));
    }
    match (&value, session.params.found(&name)) {
        (Value::Text(_), Some(found)) => Ok(found),
        (Value::Text(text), None) => Ok(params::look_up(session, ty, text)?.unwrap_or(value)),
        _ => Ok(value),
    }
}

/// A default as a value of the type that is written beside it.
fn fitted(name: &str, ty: ParamType, default: Value) -> Result<Value, Error> {
    Ok(match (ty, default) {
        (_, Value::Text(text)) => params::parse(name, ty, &text)?,
        (ParamType::Float, Value::Int(number)) => Value::Float(number as f64),
        (ParamType::Duration, Value::Int(seconds)) => Value::Span(Span::from_secs(seconds)),
        (_, default) => default,
    })
}

fn bounds(name: &str, value: &Value, min: &Option<Value>, max: &Option<Value>) -> Result<(), Error> {
    let number = |value: &Value| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Span(span) => Some(span.nanos() as f64 / 1e9),
        Value::Text(text) => crate::cloud::Span::parse(text).map(|span| span.nanos() as f64 / 1e9),
        _ => None,
    };
    let Some(given) = number(value) else { return Ok(()) };
    let wrong = |word: &str, bound: &Value| {
        Error::new(
            Kind::InvalidArgument,
            format!("`--{}` is {}", option_name(name), super::control::text_of(value)),
        )
        .coded("param::value")
        .help(format!("give {word} {}", super::control::text_of(bound)))
    };
    match (min, max) {
        (Some(min), _) if number(min).is_some_and(|min| given < min) => Err(wrong("at least", min)),
        (_, Some(max)) if number(max).is_some_and(|max| given > max) => Err(wrong("at most", max)),
        _ => Ok(()),
    }
}
