//! `param`: a parameter of the runbook, given on the command line.

use crate::cloud::error::Place;
use crate::cloud::{Error, Kind, Secret, Value};
use crate::script::params::{self, TYPES, option_name};
use crate::script::raise::{Outcome, raise};
use crate::script::session::Session;
use crate::script::value::{to_dynamic, to_value};
use crate::verbs::arguments::prepare;
use crate::verbs::verb::Key;
use crate::verbs::{language, verb};
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
const TYPE: Key<String> = Key::optional("type", "");
const DEFAULT: Key<Value> = Key::optional("default", "");
const CHOICES: Key<Vec<Value>> = Key::optional("choices", "");
const MIN: Key<Value> = Key::optional("min", "");
const MAX: Key<Value> = Key::optional("max", "");
const SECRET: Key<bool> = Key::optional("secret", "");

fn param(session: &Session, values: Vec<Value>) -> Result<Value, Error> {
    let call = prepare(&language::control::PARAM, &session.host, values)?;
    let name = call.get(&NAME)?;
    let default = call.find(&DEFAULT)?;
    let ty = match call.find(&TYPE)? {
        Some(ty) if TYPES.contains(&ty.as_str()) => ty,
        Some(ty) => {
            let near = crate::verbs::resolve::closest(&ty, TYPES.iter().copied());
            let label =
                near.first().map_or("not a type".to_string(), |near| format!("did you mean `{near}`?"));
            return Err(Error::new(Kind::InvalidArgument, format!("a parameter cannot be of type `{ty}`"))
                .coded("call::wrong_type")
                .help(format!("use one of: {}", TYPES.join(", ")))
                .at(Place::OptionValue("type".to_string()), label));
        }
        None => default.as_ref().map_or("string", params::type_of_value).to_string(),
    };
    let value = match (session.params.given(&name), default) {
        (Some(text), _) => params::parse(&name, &ty, text)?,
        (None, Some(default)) => default,
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
    match (ty.as_str(), &value) {
        ("cloud" | "server" | "image" | "flavor", Value::Text(_)) => match verb(&ty) {
            Some(verb) => session.call(verb, vec![value]).map(|(value, _)| value),
            None => Ok(value),
        },
        ("file", Value::Text(_)) => match verb("read_file") {
            Some(verb) => session.call(verb, vec![value]).map(|(value, _)| value),
            None => Ok(value),
        },
        _ => Ok(value),
    }
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
