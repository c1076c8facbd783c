//! The types of the language that are ours: what can be read of them, how they print, how they compare and combine.

use super::errors::runtime;
use super::failure::Ending;
use super::raise::{Outcome, no_field, raise};
use super::resources;
use super::session::Session;
use super::value::{CloudHandle, display, literal, to_dynamic, to_value};
use crate::cloud::{Error, Kind, Secret, Span, Time, Value, members, region};
use crate::verbs::resolve::closest;
use crate::verbs::{VERBS, verb};
use rhai::{Dynamic, Engine, EvalAltResult, FuncRegistration, ImmutableString, NativeCallContext};
use std::sync::Arc;

/// Register all of them.
pub fn register(engine: &mut Engine, session: &Arc<Session>) {
    engine.register_type_with_name::<Time>("Time");
    engine.register_type_with_name::<Span>("Duration");
    engine.register_type_with_name::<Secret>("Secret");
    engine.register_type_with_name::<CloudHandle>("Cloud");
    engine.register_type_with_name::<Error>("Error");
    engine.register_type_with_name::<Ending>("Ending");
    read_only::<Time>(engine, "Time");
    read_only::<Span>(engine, "Duration");
    read_only::<CloudHandle>(engine, "Cloud");
    read_only::<Error>(engine, "Error");
    printing::<Time>(engine);
    printing::<Span>(engine);
    secrets(engine);
    printing::<CloudHandle>(engine);
    printing::<Error>(engine);
    resources::register(engine, session);
    clouds(engine, session);
    errors(engine);
    times(engine);
}

pub(super) fn printing<T: Clone + Send + Sync + 'static>(engine: &mut Engine) {
    engine.register_fn("to_string", |value: &mut T| display(&to_value(&Dynamic::from(value.clone()))));
    engine.register_fn("to_debug", |value: &mut T| literal(&to_value(&Dynamic::from(value.clone()))));
    engine.register_fn("print", |value: &mut T| display(&to_value(&Dynamic::from(value.clone()))));
    engine.register_fn("debug", |value: &mut T| literal(&to_value(&Dynamic::from(value.clone()))));
}

/// A value whose fields nobody writes. After a method was called on a field the engine gives that back, of a constant as well, and
/// takes this error for "there is no such thing to write"; without it, it would say that the constant is changed.
fn read_only<T: Clone + Send + Sync + 'static>(engine: &mut Engine, what: &'static str) {
    let given_back = move |context: NativeCallContext,
                           _: &mut T,
                           _: ImmutableString,
                           _: Dynamic|
          -> Outcome<()> {
        Err(Box::new(EvalAltResult::ErrorIndexingType(format!("{what} [string]"), context.call_position())))
    };
    FuncRegistration::new("index$set$").with_purity(true).register_into_engine(engine, given_back);
}

/// A secret gives a longer text its placeholder, in interpolation and in `+`; two secrets make one.
fn secrets(engine: &mut Engine) {
    engine.register_fn("to_string", |secret: &mut Secret| secret.placeholder());
    engine.register_fn("to_debug", |secret: &mut Secret| secret.placeholder());
    engine.register_fn("print", |secret: &mut Secret| secret.shown().to_string());
    engine.register_fn("debug", |secret: &mut Secret| secret.shown().to_string());
    engine.register_fn("+", |a: &mut Secret, b: Secret| format!("{}{}", a.placeholder(), b.placeholder()));
    engine.register_fn("+", |a: &mut Secret, b: ImmutableString| format!("{}{b}", a.placeholder()));
    engine.register_fn("+", |a: ImmutableString, b: Secret| format!("{a}{}", b.placeholder()));
}

fn clouds(engine: &mut Engine, session: &Arc<Session>) {
    let shared = session.clone();
    engine.register_indexer_get(
        move |context: NativeCallContext,
              cloud: &mut CloudHandle,
              name: ImmutableString|
              -> Outcome<Dynamic> {
            let position = context.call_position();
            let handle = shared.host.clouds.get(Some(&cloud.0)).map_err(|error| raise(error, position))?;
            Ok(match name.as_str() {
                "name" => to_dynamic(Value::text(region::name_of(&cloud.0))),
                "provider" => to_dynamic(Value::text(handle.provider().as_str())),
                "region" => to_dynamic(Value::optional_text(handle.region().as_deref())),
                _ => {
                    return Err(raise(no_field("a cloud", &name, &members::names(members::CLOUD)), position));
                }
            })
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "supports",
        move |context: NativeCallContext, cloud: &mut CloudHandle, name: ImmutableString| -> Outcome<bool> {
            let position = context.call_position();
            let handle = shared.host.clouds.get(Some(&cloud.0)).map_err(|error| raise(error, position))?;
            match verb(&name) {
                Some(verb) => Ok(verb.is_on(handle.provider())),
                None => {
                    let near = closest(&name, VERBS.iter().map(|verb| verb.name));
                    let label = near
                        .first()
                        .map_or("not a verb".to_string(), |near| format!("did you mean `{near}`?"));
                    Err(raise(
                        Error::new(Kind::InvalidArgument, format!("there is no verb `{name}`"))
                            .coded("call::unknown_verb")
                            .at(crate::cloud::error::Place::Argument(1), label),
                        position,
                    ))
                }
            }
        },
    );
    engine.register_fn("==", |a: &mut Secret, b: Secret| *a == b);
    engine.register_fn("!=", |a: &mut Secret, b: Secret| *a != b);
    engine.register_fn("==", |a: &mut Secret, b: ImmutableString| a.is_text(&b));
    engine.register_fn("!=", |a: &mut Secret, b: ImmutableString| !a.is_text(&b));
    engine.register_fn("==", |a: ImmutableString, b: Secret| b.is_text(&a));
    engine.register_fn("!=", |a: ImmutableString, b: Secret| !b.is_text(&a));
    engine.register_fn("==", |a: &mut CloudHandle, b: CloudHandle| *a == b);
    engine.register_fn("!=", |a: &mut CloudHandle, b: CloudHandle| *a != b);
    engine.register_fn("==", |a: &mut CloudHandle, b: ImmutableString| region::name_of(&a.0) == b.as_str());
    engine.register_fn("!=", |a: &mut CloudHandle, b: ImmutableString| region::name_of(&a.0) != b.as_str());
}

fn errors(engine: &mut Engine) {
    engine.register_indexer_get(
        |context: NativeCallContext, error: &mut Error, name: ImmutableString| -> Outcome<Dynamic> {
            let text = Value::optional_text;
            Ok(to_dynamic(match name.as_str() {
                "kind" => Value::text(error.kind.as_str()),
                // What the cloud said belongs to what a script prints; a report shows it on a line of its own.
                "message" => Value::text(error.words()),
                "verb" => text(error.verb),
                "cloud" => text(error.cloud.as_deref()),
                "provider" => text(error.provider),
                "service" => text(error.service),
                "status" => error.status.map_or(Value::Unit, |status| Value::Int(i64::from(status))),
                "code" => text(error.code.as_deref()),
                "request_id" => text(error.request_id.as_deref()),
                "retryable" => Value::Bool(error.is_retryable()),
                "help" => text(error.help.as_deref()),
                "results" => Value::Array(error.results.clone()),
                "exists" => Value::Array(error.exists.clone()),
                _ => {
                    return Err(raise(
                        no_field("an error", &name, &members::names(members::ERROR)),
                        context.call_position(),
                    ));
                }
            }))
        },
    );
    // `throw "text"`: what is caught is text, and still has a kind and a message; so has a number.
    engine.register_get("message", |text: &mut ImmutableString| text.clone());
    thrown::<ImmutableString>(engine);
    thrown::<i64>(engine);
    thrown::<f64>(engine);
    thrown::<bool>(engine);
    thrown::<rhai::Array>(engine);
    engine.register_get("message", |array: &mut rhai::Array| {
        runtime::thrown(&Dynamic::from_array(array.clone())).message.clone()
    });
    engine.register_get("message", |number: &mut i64| format!("{number} was thrown"));
    engine.register_get("message", |number: &mut f64| format!("{number} was thrown"));
    engine.register_get("message", |truth: &mut bool| format!("{truth} was thrown"));
}

fn thrown<T: Clone + Send + Sync + 'static>(engine: &mut Engine) {
    engine.register_get("kind", |_: &mut T| "script".to_string());
}

fn times(engine: &mut Engine) {
    engine.register_indexer_get(
        |context: NativeCallContext, time: &mut Time, name: ImmutableString| -> Outcome<Dynamic> {
            let zoned = time.0.to_zoned(jiff::tz::TimeZone::UTC);
            let number = match name.as_str() {
                "year" => i64::from(zoned.year()),
                "month" => i64::from(zoned.month()),
                "day" => i64::from(zoned.day()),
                "hour" => i64::from(zoned.hour()),
                "minute" => i64::from(zoned.minute()),
                "second" => i64::from(zoned.second()),
                "weekday" => i64::from(zoned.weekday().to_monday_one_offset()),
                _ => {
                    let known = members::names(members::TIME);
                    return Err(raise(no_field("a time", &name, &known), context.call_position()));
                }
            };
            Ok(Dynamic::from_int(number))
        },
    );
    engine.register_fn(
        "format",
        |context: NativeCallContext, time: &mut Time, pattern: ImmutableString| -> Outcome<ImmutableString> {
            let zoned = time.0.to_zoned(jiff::tz::TimeZone::UTC);
            match jiff::fmt::strtime::format(pattern.as_str(), &zoned) {
                Ok(text) => Ok(text.into()),
                Err(why) => Err(raise(
                    Error::new(Kind::InvalidArgument, format!("`{pattern}` is no pattern of a time: {why}"))
                        .coded("call::wrong_type")
                        .help("write it as \"%Y-%m-%d %H:%M\"")
                        .at(crate::cloud::error::Place::Argument(1), "not a pattern"),
                    context.call_position(),
                )),
            }
        },
    );
    engine.register_fn("-", |a: &mut Time, b: Time| {
        Span::from_nanos(a.0.as_nanosecond() - b.0.as_nanosecond())
    });
    engine.register_fn("==", |a: &mut Time, b: Time| *a == b);
    engine.register_fn("!=", |a: &mut Time, b: Time| *a != b);
    for (sign, name) in [(1_i128, "+"), (-1, "-")] {
        shifted::<Span>(engine, name, sign);
        shifted::<ImmutableString>(engine, name, sign);
        shifted::<i64>(engine, name, sign);
        engine.register_fn(name, move |a: &mut Span, b: Span| Span::from_nanos(a.nanos() + sign * b.nanos()));
        engine.register_fn(name, move |a: &mut Span, b: i64| {
            Span::from_nanos(a.nanos() + sign * Span::from_secs(b).nanos())
        });
    }
    engine.register_fn("*", |a: &mut Span, b: i64| Span::from_nanos(a.nanos().saturating_mul(i128::from(b))));
    engine.register_get("seconds", |span: &mut Span| span.seconds());
}

/// A length of time in any of its forms.
pub fn span_of(value: &Dynamic) -> Option<Span> {
    match to_value(value) {
        Value::Span(span) => Some(span),
        Value::Int(seconds) => Some(Span::from_secs(seconds)),
        Value::Text(text) => Span::parse(&text),
        _ => None,
    }
}

/// `time + length` and `time - length`.
fn shifted<T: Clone + Send + Sync + 'static>(engine: &mut Engine, name: &'static str, sign: i128) {
    engine.register_fn(name, move |context: NativeCallContext, time: &mut Time, by: T| -> Outcome<Time> {
        let length = span_of(&Dynamic::from(by));
        let moved = length.and_then(|length| {
            let nanos = time.0.as_nanosecond().checked_add(sign.checked_mul(length.nanos())?)?;
            jiff::Timestamp::from_nanosecond(nanos).ok()
        });
        moved.map(Time).ok_or_else(|| {
            let error = Error::new(Kind::Script, "that is no duration to move a time by")
                .coded("language::operator")
                .help("write a duration such as \"30s\", \"10m\" or \"7d\"");
            raise(error, context.call_position())
        })
    });
}
