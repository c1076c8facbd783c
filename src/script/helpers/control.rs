//! Ending a script, checking it, and waiting for a closure.

use super::{arrays, difference, steering};
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind, Span, Value};
use crate::effects::{Course, Fork, path};
use crate::script::failure::Ending;
use crate::script::raise::{Outcome, raise, raise_at};
use crate::script::session::Session;
use crate::script::value::{literal, to_value};
use crate::verbs::argument::Argument;
use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, Map, NativeCallContext, Position};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    arrays::order_by(engine, session);
    arrays::picking(engine, session);
    engine.register_fn("fail", |context: NativeCallContext, message: Dynamic| -> Outcome<()> {
        let message = crate::script::value::display(&to_value(&message));
        Err(raise_at(Error::new(Kind::Script, message).coded("script::failed"), &context))
    });
    engine.register_fn("assert", |context: NativeCallContext, condition: Dynamic| -> Outcome<()> {
        asserted(&context, &condition, "the assertion does not hold")
    });
    engine.register_fn(
        "assert",
        |context: NativeCallContext, condition: Dynamic, message: ImmutableString| -> Outcome<()> {
            asserted(&context, &condition, &message)
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "assert_eq",
        move |context: NativeCallContext, a: Dynamic, b: Dynamic| -> Outcome<()> {
            let (x, y) = (to_value(&a), to_value(&b));
            if arrays::equal(&x, &y) {
                return Ok(());
            }
            let _ = &shared;
            let differs = difference::told(&x, &y);
            let message = match &differs {
                Some(_) => "the values differ".to_string(),
                None => format!("{} is not {}", literal(&x), literal(&y)),
            };
            let error = Error::new(Kind::Script, message)
                .coded("script::assertion")
                .fact("differs", differs.unwrap_or_default())
                .fact("left", literal(&x))
                .fact("right", literal(&y));
            Err(raise_at(error, &context))
        },
    );
    engine.register_fn("exit", |context: NativeCallContext| -> Outcome<()> { exit(&context, 0) });
    engine
        .register_fn("exit", |context: NativeCallContext, code: i64| -> Outcome<()> { exit(&context, code) });
    let shared = session.clone();
    engine.register_fn("wait_until", move |context: NativeCallContext, test: FnPtr| -> Outcome<()> {
        wait_until(&shared, &context, &test, None)
    });
    let shared = session.clone();
    engine.register_fn(
        "wait_until",
        move |context: NativeCallContext, test: FnPtr, options: Map| -> Outcome<()> {
            wait_until(&shared, &context, &test, Some(&options))
        },
    );
}

fn asserted(context: &NativeCallContext, condition: &Dynamic, message: &str) -> Outcome<()> {
    match condition.as_bool() {
        Ok(true) => Ok(()),
        Ok(false) => Err(raise_at(Error::new(Kind::Script, message).coded("script::assertion"), context)),
        Err(_) => Err(raise(
            Error::new(Kind::InvalidArgument, format!("`condition` is {} here", to_value(condition).kind()))
                .coded("call::wrong_type")
                .help("give `true` or `false`")
                .at(Place::Argument(0), "give `true` or `false`"),
            context.call_position(),
        )),
    }
}

fn exit(context: &NativeCallContext, code: i64) -> Outcome<()> {
    if !(0..=255).contains(&code) {
        return Err(raise(
            Error::new(Kind::InvalidArgument, format!("{code} is no exit code"))
                .coded("call::wrong_type")
                .help("give a whole number from 0 to 255")
                .at(Place::Argument(0), "give 0 to 255"),
            context.call_position(),
        ));
    }
    Err(Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(Ending::Exit(code)), context.call_position())))
}

fn wait_until(
    session: &Session,
    context: &NativeCallContext,
    test: &FnPtr,
    options: Option<&Map>,
) -> Outcome<()> {
    let position = context.call_position();
    let mut timeout = Duration::from_secs(600);
    let mut every = Duration::from_secs(2);
    for (key, value) in options.into_iter().flatten() {
        let slot = match key.as_str() {
            "timeout" => &mut timeout,
            "every" => &mut every,
            other => {
                let near = crate::verbs::resolve::closest(other, ["timeout", "every"].into_iter());
                let label =
                    near.first().map_or("not an option here".to_string(), |n| format!("did you mean `{n}`?"));
                return Err(raise(
                    Error::new(Kind::InvalidArgument, format!("`wait_until` has no option `{other}`"))
                        .coded("call::unknown_option")
                        .help("use one of the options of `wait_until`: timeout, every")
                        .at(Place::OptionKey(other.to_string()), label),
                    position,
                ));
            }
        };
        match Span::read(&to_value(value)) {
            Ok(span) => *slot = span.to_std(),
            Err(mismatch) => {
                return Err(raise(
                    Error::new(Kind::InvalidArgument, format!("`{key}` is {} here", to_value(value).kind()))
                        .coded("call::wrong_type")
                        .help(format!("give {}", mismatch.give))
                        .at(Place::OptionValue(key.to_string()), "not a duration"),
                    position,
                ));
            }
        }
    }
    let (path, site) = (path::next(), session.site(context));
    let fork = Fork { path: &path, verb: "wait_until", site: site.as_ref(), items: None };
    let course = session.stage.fork(&fork);
    let mut round = 0;
    let result = rounds(session, position, timeout, every, course, || {
        round += 1;
        path::within(path.item(round), || test.call_within_context(context, ()))
    });
    let ran: Vec<usize> = (1..=round).collect();
    steering::joined(session, context, &fork, &ran, result.as_ref().err().map(|error| &**error));
    result
}

/// Look until it is true or time is up. Rounds that are on record follow each other at once, and where it is on record how it
/// ended, it ends like that.
fn rounds(
    session: &Session,
    position: Position,
    timeout: Duration,
    every: Duration,
    course: Course,
    mut look: impl FnMut() -> Outcome<Dynamic>,
) -> Outcome<()> {
    let known = course.order.map_or(0, |order| order.len());
    let start = session.host.clock.elapsed();
    let mut looks = 0_usize;
    loop {
        looks += 1;
        let given: Dynamic = look()?;
        match given.as_bool() {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(_) => return Err(arrays::closure_gives("wait_until", "true or false", &given, position)),
        }
        if looks < known {
            continue;
        }
        if let (true, Some(Err(error))) = (looks == known, &course.ended) {
            return Err(raise(error.clone(), position));
        }
        let passed = session.host.clock.elapsed().saturating_sub(start);
        if passed >= timeout {
            let error = Error::new(
                Kind::Timeout,
                format!("`wait_until` did not see its closure give true within {}", Span::from_std(timeout)),
            )
            .coded("cloud::timeout")
            .fact("seen", format!("false, {looks} looks"));
            return Err(raise(error, position));
        }
        let pause = every.max(Duration::from_millis(10)).min(timeout.saturating_sub(passed));
        session.pause(pause).map_err(|error| raise(error, position))?;
    }
}

/// What `param` gives as a value; kept here for the nouns that are looked up.
pub(super) fn text_of(value: &Value) -> String {
    crate::script::value::display(value)
}
