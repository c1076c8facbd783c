//! Binds every verb of [`VERBS`] into the engine: each arity, as function and as method, on one resource and on arrays.

use super::errors::no_such_function;
use super::errors::runtime::Signature;
use super::guard;
use super::raise::{Outcome, raise, raise_at};
use super::session::Session;
use super::symbols::Names;
use super::value::{to_dynamic, to_value};
use crate::cloud::Value;
use crate::verbs::{Run, VERBS, Verb, arguments, verb};
use rhai::{Dynamic, Engine, EvalContext, NativeCallContext};
use std::any::TypeId;
use std::sync::Arc;

/// The numbers of arguments a verb is registered for: from none to its longest form, one more for the cloud it is called
/// on, one more for `on_error`, and two that are too many. So a verb's own checks say what is wrong, and where.
fn arities(verb: &Verb) -> std::ops::RangeInclusive<usize> {
    let most = verb.forms.iter().map(|form| {
        let options = !form.options.is_empty() || verb.takes_many();
        form.params.len() + usize::from(options)
    });
    0..=most.max().unwrap_or(0) + 3
}

/// The body of a native that stands for a verb.
type Body = fn(&Session, &'static Verb, &NativeCallContext, &mut [&mut Dynamic]) -> Outcome<Dynamic>;

/// One of the engine's types.
type TypeOf = fn() -> TypeId;

/// Functions that the engine has for these very types, which would come before a verb's.
pub const SHADOWED: [(&str, TypeOf); 4] = [
    ("sleep", TypeId::of::<i64>),
    ("sleep", TypeId::of::<f64>),
    ("to_json", TypeId::of::<rhai::Map>),
    ("parse_json", TypeId::of::<rhai::ImmutableString>),
];

/// Bind every verb: by its own body, or, where that is the language's, by the checks of what its natives do not take.
pub fn bind(engine: &mut Engine, session: &Arc<Session>) {
    for verb in VERBS.iter().copied() {
        let body: Body = match verb.run {
            Run::Language if has_fallback(verb) => refuse,
            Run::Language => continue,
            _ => call,
        };
        for arity in arities(verb) {
            register(engine, session, verb, vec![TypeId::of::<Dynamic>(); arity], body);
        }
    }
    for (name, of) in SHADOWED {
        verb(name).into_iter().for_each(|verb| register(engine, session, verb, vec![of()], call));
    }
}

fn register(
    engine: &mut Engine,
    session: &Arc<Session>,
    verb: &'static Verb,
    types: Vec<TypeId>,
    body: Body,
) {
    let session = session.clone();
    engine.register_raw_fn(verb.name, types, move |context: NativeCallContext, args: &mut [&mut Dynamic]| {
        guard::native(&context, || body(&session, verb, &context, args))
    });
}

/// Whether a verb of the language itself has its declared checks behind its natives, for what none of them takes;
/// `print` and `debug` take anything.
fn has_fallback(verb: &Verb) -> bool {
    matches!(verb.run, Run::Language) && !matches!(verb.name, "print" | "debug")
}

/// A call that none of a verb's natives takes.
fn refuse(
    session: &Session,
    verb: &'static Verb,
    context: &NativeCallContext,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let position = context.call_position();
    let types: Vec<&str> = args.iter().map(|arg| arg.type_name()).collect();
    let signature = format!("{} ({})", verb.name, types.join(", "));
    let values: Vec<Value> = args.iter().map(|arg| to_value(arg)).collect();
    let error = arguments::prepare(verb, &session.host, values).err();
    let names = || Names { session, functions: Vec::new() };
    Err(raise(error.unwrap_or_else(|| no_such_function::not_found(&signature, &names())), position))
}

/// The functions of the scripts that are loaded.
#[allow(deprecated)] // volatile, not deprecated: the engine's version is pinned
pub(super) fn signatures(context: &EvalContext) -> Vec<Signature> {
    let shown = context.iter_namespaces().flat_map(|module| module.gen_fn_signatures().collect::<Vec<_>>());
    shown
        .filter_map(|shown| {
            let (name, rest) = shown.split_once('(')?;
            let params = rest.split(')').next().unwrap_or("").split(',').map(str::trim);
            let params = params
                .filter(|param| !param.is_empty())
                .map(|param| (param.split(':').next().unwrap_or(param).trim().to_string(), true));
            Some(Signature { name: name.rsplit(' ').next()?.to_string(), forms: vec![params.collect()] })
        })
        .filter(|signature| !signature.name.starts_with("anon$"))
        .collect()
}

fn call(
    session: &Session,
    verb: &'static Verb,
    context: &NativeCallContext,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let values: Vec<Value> = args.iter().map(|arg| to_value(arg)).collect();
    let (result, _) = session.call(verb, values, Some(context)).map_err(|error| raise_at(error, context))?;
    Ok(to_dynamic(result))
}
