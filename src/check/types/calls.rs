//! What a call gives, and what it gives its closures.

use super::{Type, Types, same};
use crate::check::facts::Called;
use crate::cloud::{Noun, Ty};
use crate::syntax::tree::*;
use crate::verbs::language::param_type::ParamType;
use crate::verbs::{Run, Verb, verb};

/// The type that a call gives.
pub(super) fn given<'a>(types: &Types<'a>, expression: &'a Expression) -> Option<Type> {
    let call = Called::of(expression)?;
    let name = call.name.text.as_str();
    if !call.modules.is_empty() || types.is_own(name) {
        return None;
    }
    let mut given: Vec<&'a Expression> = call.given().collect();
    let first = given.first().and_then(|first| types.of(first));
    if let Some(found) = native(types, name, &call, first.as_ref()) {
        return Some(found);
    }
    let verb = verb(name)?;
    let takes_cloud =
        verb.forms.iter().any(|form| form.params.first().is_some_and(|one| one.ty == Ty::Cloud));
    let first = if first == Some(Type::Cloud) && !takes_cloud && !verb.on.is_empty() {
        given.remove(0);
        given.first().and_then(|first| types.of(first))
    } else {
        first
    };
    of_verb(types, verb, &given, first)
}

fn of_verb<'a>(
    types: &Types<'a>,
    verb: &Verb,
    given: &[&'a Expression],
    first: Option<Type>,
) -> Option<Type> {
    let keys: Option<Vec<&str>> = match given.last().map(|last| &last.kind) {
        Some(ExpressionKind::Map(entries)) => {
            Some(entries.iter().map(|entry| entry.key.text.as_str()).collect())
        }
        _ => Some(Vec::new()),
    };
    // Options in a variable may ask for several, or for errors among the results.
    let hidden = given.iter().skip(1).any(|one| {
        !matches!(one.kind, ExpressionKind::Map(_)) && matches!(types.of(one), None | Some(Type::Map))
    });
    let has = |key: &str| keys.as_ref().is_some_and(|keys| keys.contains(&key));
    match verb.name {
        "param" => return parameter_type(types, given),
        "boot" if hidden => return None,
        "boot" if has("count") => return Some(Type::array(Some(Type::Of(Noun::Server)))),
        "order_by" => return first.filter(|first| matches!(first, Type::Array(_))),
        "addresses" | "meta" if given.len() == 1 && matches!(first, Some(Type::Of(_) | Type::Text)) => {
            return Some(Type::Map);
        }
        _ => {}
    }
    if !verb.takes_many() {
        return Type::declared(verb.returns).filter(|_| !(verb.returns == Ty::Same));
    }
    let one = |subject: &Type| match (verb.returns, subject) {
        (Ty::Same, Type::Of(noun)) => Some(Type::Of(*noun)),
        (Ty::Same, Type::Text) => named(verb),
        (Ty::Same, _) => None,
        (returns, _) => Type::declared(returns),
    };
    match first? {
        Type::Array(of) if has("on_error") || hidden => {
            let _ = of;
            Some(Type::Array(None))
        }
        Type::Array(_) if verb.returns == Ty::Unit => None,
        Type::Array(of) => Some(Type::array(match of {
            Some(of) => one(&of),
            None if verb.returns == Ty::Same => None,
            None => Type::declared(verb.returns),
        })),
        subject => one(&subject),
    }
}

/// What a text names where a verb takes one.
fn named(verb: &Verb) -> Option<Type> {
    match verb.forms.first()?.params.first()?.ty {
        Ty::Ref(noun) => Some(Type::Of(noun)),
        Ty::AnyRef(nouns) => nouns.first().map(|noun| Type::Of(*noun)),
        _ => None,
    }
    .filter(|_| matches!(verb.run, Run::Each(_) | Run::Together(_)))
}

/// What a parameter of the runbook is.
fn parameter_type<'a>(types: &Types<'a>, given: &[&'a Expression]) -> Option<Type> {
    let plain =
        |ty: Option<Type>| ty.filter(|ty| matches!(ty, Type::Text | Type::Int | Type::Float | Type::Bool));
    let Some(second) = given.get(1) else { return Some(Type::Text) };
    let ExpressionKind::Map(entries) = &second.kind else { return plain(types.of(second)) };
    let entry = |key: &str| entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value);
    if let Some(secret) = entry("secret") {
        return matches!(secret.kind, ExpressionKind::Bool(true)).then_some(Type::Secret);
    }
    let default = entry("default").map(|default| types.of(default));
    let Some(word) = entry("type") else { return default.map_or(Some(Type::Text), plain) };
    let ty = Type::declared(ParamType::called(word.text()?)?.gives())?;
    // A text is read as the type says; another default is what it is.
    match default {
        None | Some(Some(Type::Text)) => Some(ty),
        Some(default) => default.filter(|default| *default == ty),
    }
}

/// The functions that the language has beside its verbs, of those whose result is known.
fn native<'a>(types: &Types<'a>, name: &str, call: &Called<'a>, first: Option<&Type>) -> Option<Type> {
    let first = first?;
    Some(match (name, first) {
        ("len", Type::Text | Type::Array(_) | Type::Map) => Type::Int,
        ("is_empty", Type::Text | Type::Array(_) | Type::Map) => Type::Bool,
        ("contains", Type::Text | Type::Array(_) | Type::Map) => Type::Bool,
        ("starts_with" | "ends_with", Type::Text) | ("all" | "some" | "none", Type::Array(_)) => Type::Bool,
        ("to_upper" | "to_lower" | "sub_string", Type::Text) | ("to_string", _) => Type::Text,
        ("index_of", Type::Text | Type::Array(_)) => Type::Int,
        ("split", Type::Text) => Type::array(Some(Type::Text)),
        ("keys", Type::Map) => Type::array(Some(Type::Text)),
        ("values", Type::Map) => Type::Array(None),
        ("filter", Type::Array(_)) | ("extract", Type::Array(_)) => first.clone(),
        ("find" | "pop" | "shift", Type::Array(of)) => return of.as_deref().cloned(),
        ("map", Type::Array(_)) => {
            let closure = call.given().nth(1)?;
            let ExpressionKind::Closure { body, .. } = &closure.kind else { return Some(Type::Array(None)) };
            let StatementKind::Expression(value) = &body.kind else { return Some(Type::Array(None)) };
            // A body in braces may return early.
            let of = if matches!(value.kind, ExpressionKind::Block(_)) { None } else { types.of(value) };
            Type::array(same([of]))
        }
        ("parse_int" | "to_int", _) => Type::Int,
        ("to_float" | "parse_float", _) => Type::Float,
        ("format", Type::Time) => Type::Text,
        _ => return None,
    })
}

/// What a call gives the parameters of a closure that is one of its arguments.
pub(super) fn parameter<'a>(types: &Types<'a>, call: &'a Expression, nth: usize) -> Option<Type> {
    let call = Called::of(call)?;
    if !call.modules.is_empty() || types.is_own(&call.name.text) {
        return None;
    }
    let first = call.given().next()?;
    let element = |ty: Option<Type>| match ty? {
        Type::Array(of) => of.map(|of| *of),
        Type::Range => Some(Type::Int),
        _ => None,
    };
    match (call.name.text.as_str(), nth) {
        ("filter" | "map" | "all" | "some" | "none" | "find" | "find_map" | "parallel" | "order_by", 0) => {
            element(types.of(first))
        }
        ("sort" | "dedup", 0 | 1) => element(types.of(first)),
        ("filter" | "map" | "all" | "some" | "none" | "find", 1) => {
            matches!(types.of(first)?, Type::Array(_)).then_some(Type::Int)
        }
        ("defer" | "on_failure", 0) => call.given().nth(1).and_then(|given| types.of(given)),
        _ => None,
    }
}
