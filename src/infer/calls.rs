//! What a call gives, and what it gives its closures.

use super::{Called, Question, Type, Types};
use crate::cloud::{Noun, Ty};
use crate::syntax::tree::*;
use crate::verbs::language::builtins::{Does, Gives, built_in};
use crate::verbs::language::param_type::ParamType;
use crate::verbs::{Run, Verb, verb};
use std::sync::Arc;

/// Whether a function of this name changes what it is called on.
pub fn changes_in_place(name: &str) -> bool {
    name == "for_each" || built_in(name).is_some_and(|known| known.does == Does::Changes)
}

/// The type that a call gives.
pub(super) fn given<'a>(types: &Types<'a>, expression: &'a Expression) -> Option<Type> {
    let call = Called::of(expression)?;
    let name = call.name.text.as_str();
    if let Some(module) = call.modules.first() {
        return types.of_module(&module.text, name, call.arguments.list.len());
    }
    if let Some(found) = types.own_call(name, call.arguments.list.len()) {
        // In a map there may be a closure of that name.
        return if call.receiver.is_none() { found } else { None };
    }
    let mut given: Vec<&'a Expression> = call.given().collect();
    let first = given.first().and_then(|first| types.of(first));
    if let Some(method) = first.as_ref().and_then(|first| first.methods().iter().find(|one| one.name == name))
    {
        return Type::declared(method.gives);
    }
    if let Some(found) = of_built_in(types, name, &call, first.as_ref()) {
        return Some(found);
    }
    let verb = verb(name)?;
    let takes_cloud =
        verb.forms.iter().any(|form| form.params.first().is_some_and(|one| one.ty == Ty::Cloud));
    let first = if matches!(first, Some(Type::Cloud(_))) && !takes_cloud && verb.asks_cloud() {
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
    let likely = types.question == Question::Likely;
    let keys: Vec<&str> = match given.last().map(|last| &last.kind) {
        Some(ExpressionKind::Map(entries)) => entries.iter().map(|entry| entry.key.text.as_str()).collect(),
        _ => Vec::new(),
    };
    // Options in a variable may ask for several, or for errors among the results.
    let hidden = !likely
        && given.iter().skip(1).any(|one| {
            !matches!(one.kind, ExpressionKind::Map(_)) && matches!(types.of(one), None | Some(Type::Map(_)))
        });
    let element = || first.as_ref().and_then(Type::element);
    match verb.name {
        "param" => return parameter_type(types, given),
        "cloud" => {
            let name = given.first().copied();
            let text = |one: &'a Expression| one.text().or_else(|| types.value_of(one)?.text());
            return Some(Type::Cloud(name.and_then(text).map(Arc::from)));
        }
        "get" => {
            let key = given.get(1).and_then(|key| key.text()).unwrap_or("");
            let found = first.as_ref().and_then(|first| first.field(key));
            let default = given.get(2).and_then(|default| types.of(default));
            return if likely { found.or(default) } else { found?.join(&default?) };
        }
        "boot" if hidden => return None,
        "boot" if keys.contains(&"count") => return Some(Type::array(Some(Type::Of(Noun::Server)))),
        "order_by" | "unique" => return first.filter(|first| matches!(first, Type::Array(_))),
        "first" | "last" => return element(),
        "sum" => return element().filter(|one| matches!(one, Type::Int | Type::Float)),
        "chunks" => return Some(Type::array(first.filter(|first| matches!(first, Type::Array(_))))),
        "parallel" => {
            return Some(Type::array(
                given.get(1).and_then(|one| types.closure_gives(one)).filter(|_| likely || given.len() == 2),
            ));
        }
        "step" | "retry" => {
            let nth = usize::from(verb.name == "step");
            return given.get(nth).and_then(|one| types.closure_gives(one));
        }
        "addresses" | "meta" if given.len() == 1 => {
            let subject = matches!(first, Some(Type::Of(_) | Type::Text | Type::Word(_)));
            return if subject || likely { Some(Type::declared(Ty::MapOf(&Ty::Any))?) } else { None };
        }
        _ => {}
    }
    if !verb.takes_many() {
        return Type::declared(verb.returns).filter(|_| verb.returns != Ty::Same);
    }
    let one = |subject: Option<&Type>| match (verb.returns, subject) {
        (Ty::Same, Some(Type::Of(noun))) => Some(Type::Of(*noun)),
        (Ty::Same, Some(Type::Text | Type::Word(_))) => named(verb),
        (Ty::Same, _) => None,
        (returns, _) => Type::declared(returns),
    };
    match first {
        None if likely => one(None),
        None => None,
        Some(Type::Array(_)) if keys.contains(&"on_error") || hidden => Some(Type::Array(None)),
        Some(Type::Array(_)) if verb.returns == Ty::Unit => None,
        Some(Type::Array(of)) => Some(Type::array(one(of.as_deref()))),
        Some(subject) => one(Some(&subject)),
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
    let plain = |ty: Option<Type>| {
        ty.filter(|ty| {
            types.question == Question::Likely
                || matches!(ty, Type::Text | Type::Word(_) | Type::Int | Type::Float | Type::Bool)
        })
    };
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
        None => Some(ty),
        Some(Some(default)) if default.is_text() || types.question == Question::Likely => Some(ty),
        Some(default) => default.filter(|default| *default == ty),
    }
}

/// A function that the language has beside its verbs.
fn of_built_in<'a>(types: &Types<'a>, name: &str, call: &Called<'a>, first: Option<&Type>) -> Option<Type> {
    let known = built_in(name)?;
    let likely = types.question == Question::Likely;
    // A map may have a closure of that name.
    let of_map = matches!(first, None | Some(Type::Map(_))) && call.receiver.is_some();
    let made_for_maps = known.form.contains("map");
    if !likely && of_map && !(made_for_maps && first.is_some()) {
        return match name {
            "to_string" | "to_debug" | "type_of" if first.is_none() => Some(Type::Text),
            _ => None,
        };
    }
    match known.gives {
        Gives::Value(ty) => Type::declared(ty),
        Gives::First => first.cloned(),
        Gives::Element => first.and_then(Type::element),
        Gives::Mapped => {
            let closure = call.given().last()?;
            matches!(first, Some(Type::Array(_))).then(|| Type::array(types.closure_gives(closure)))
        }
        Gives::Depends => match (name, first) {
            ("split", Some(Type::Text | Type::Word(_))) => Some(Type::array(Some(Type::Text))),
            ("remove", Some(first)) if likely => first.element(),
            ("chars", Some(Type::Text | Type::Word(_))) if likely => Some(Type::array(Some(Type::Text))),
            _ => None,
        },
    }
}

/// What a call gives the parameters of a closure that is one of its arguments.
pub(super) fn parameter<'a>(
    types: &Types<'a>,
    closure: &'a Expression,
    call: &'a Expression,
    nth: usize,
) -> Option<Type> {
    let call = Called::of(call)?;
    if !call.modules.is_empty() || types.is_own(&call.name.text) {
        return None;
    }
    let first = call.given().next().filter(|first| !std::ptr::eq(*first, closure))?;
    let over = types.of(first);
    let array = matches!(over, Some(Type::Array(_)));
    let element = || over.as_ref().and_then(Type::element);
    match (call.name.text.as_str(), nth) {
        ("sort" | "dedup", 0 | 1)
        | ("reduce" | "reduce_rev", 1)
        | ("parallel" | "order_by" | "group_by", 0) => element(),
        ("reduce" | "reduce_rev", _) => None,
        ("defer" | "on_failure", 0) => call.given().nth(1).and_then(|given| types.of(given)),
        (name, 0) if built_in(name).is_some_and(|known| known.closure == [0, 1, 2]) => element(),
        (name, 1) if array && built_in(name).is_some_and(|known| known.closure == [0, 1, 2]) => {
            Some(Type::Int)
        }
        _ => None,
    }
}
