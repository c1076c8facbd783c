//! Registers a verb whose body is the language's: every number of arguments it may have, its declared checks first, and the
//! stage where it leaves the script's own world.

use crate::cloud::{Error, Value};
use crate::script::guard;
use crate::script::raise::{Outcome, raise_at};
use crate::script::session::Session;
use crate::script::value::{to_dynamic, to_value};
use crate::verbs::{Call, Form, Verb};
use rhai::{Dynamic, Engine, NativeCallContext};
use std::any::TypeId;
use std::sync::Arc;

/// A verb's body: its checked call, and the engine's own values of the arguments, which may be closures.
pub(super) type Body = fn(&Session, &NativeCallContext, &Call, &mut [&mut Dynamic]) -> Outcome<Dynamic>;

/// The body of a verb that leaves the script's own world.
pub(super) type Outside = fn(&Session, &Call) -> Result<Value, Error>;

/// Register the body of a verb that leaves the script's own world: it passes the stage.
pub(super) fn outside(engine: &mut Engine, session: &Arc<Session>, verb: &'static Verb, body: Outside) {
    each_arity(engine, session, verb, move |session, context, call, _| {
        let given = session
            .pass(call, Some(context), |call, _| body(session, &call))
            .map_err(|error| session.hidden(error));
        given.map(to_dynamic).map_err(|error| raise_at(error, context))
    });
}

/// Register a verb's body, which stays in the script's own world or opens branches. What has too few or too many arguments the binder has refused already.
pub(super) fn register(engine: &mut Engine, session: &Arc<Session>, verb: &'static Verb, body: Body) {
    each_arity(engine, session, verb, body);
}

fn each_arity(
    engine: &mut Engine,
    session: &Arc<Session>,
    verb: &'static Verb,
    body: impl Fn(&Session, &NativeCallContext, &Call, &mut [&mut Dynamic]) -> Outcome<Dynamic>
    + Clone
    + Send
    + Sync
    + 'static,
) {
    let fewest = verb.forms.iter().map(Form::fewest).min().unwrap_or(0);
    let most = verb.forms.iter().map(Form::most).max().unwrap_or(0);
    for arity in fewest..=most {
        let (session, body) = (session.clone(), body.clone());
        let types = vec![TypeId::of::<Dynamic>(); arity];
        engine.register_raw_fn(
            verb.name,
            types,
            move |context: NativeCallContext, args: &mut [&mut Dynamic]| {
                let values: Vec<Value> = args.iter().map(|arg| to_value(arg)).collect();
                let call = session
                    .admit(verb, values, context.call_source())
                    .map_err(|error| raise_at(error, &context))?;
                guard::native(&context, || body(&session, &context, &call, args))
            },
        );
    }
}
