//! `param`: a parameter of the runbook, given on the command line.

use crate::cloud::{Error, Kind, Secret, Span, Value};
use crate::script::given::{self, Given};
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
        (Some(given), _) => given::parse(&name, ty, &given)?,
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
    given::bounds(&name, &value, &call.find(&MIN)?, &call.find(&MAX)?)?;
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
        (_, Value::Text(text)) => given::parse(name, ty, &Given::text(text.as_ref()))?,
        (ParamType::Float, Value::Int(number)) => Value::Float(number as f64),
        (ParamType::Duration, Value::Int(seconds)) => Value::Span(Span::from_secs(seconds)),
        (_, default) => default,
    })
}
