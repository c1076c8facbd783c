//! Which clouds a source names, and which one a call goes to, where that can be told.

use super::steady::{DEEPEST, Known, is_changed};
use super::{ANY, DEFAULT};
use crate::infer::{Called, Type, Types};
use crate::syntax::tree::{Expression, ExpressionKind, Node, Tree};
use crate::verbs::verb;
use std::collections::BTreeSet;

/// Every cloud that a source names: resources that came another way may be of any of them.
pub(super) fn named<'a>(types: &Types<'a>, tree: &'a Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let Some(call) = Called::of(expression) else { return };
        match call.name.text.as_str() {
            "cloud" if call.given().next().is_some() => {
                found.insert(name_of(types, expression, &call).unwrap_or_else(|| ANY.to_string()));
            }
            "clouds" => {
                found.insert(ANY.to_string());
            }
            "Fn" if call.arguments.list.first().is_none_or(|name| name.text().is_none_or(gives_cloud)) => {
                found.insert(ANY.to_string());
            }
            "param" if matches!(param_type(types, &call), ParamType::Unknown | ParamType::Named("cloud")) => {
                found.insert(ANY.to_string());
            }
            _ => {}
        }
    });
    found
}

/// Whether a function of this name gives a cloud.
fn gives_cloud(name: &str) -> bool {
    matches!(name, "cloud" | "clouds" | "param")
}

/// The type that a parameter is declared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParamType<'a> {
    /// It is written out.
    Named(&'a str),
    /// None is: it is of its default's.
    Plain,
    /// It is not known before a run.
    Unknown,
}

/// The type that a call of `param` declares.
pub(super) fn param_type<'a>(types: &Types<'a>, call: &Called<'a>) -> ParamType<'a> {
    let Some(second) = call.given().nth(1) else { return ParamType::Plain };
    match &second.kind {
        ExpressionKind::Map(entries) => {
            let entry = entries.iter().find(|entry| entry.key.text.trim_matches('"') == "type");
            entry.map_or(ParamType::Plain, |entry| {
                entry.value.text().map_or(ParamType::Unknown, ParamType::Named)
            })
        }
        _ => match types.of(second) {
            None | Some(Type::Map(_) | Type::Cloud(_)) => ParamType::Unknown,
            _ => ParamType::Plain,
        },
    }
}

fn name_of<'a>(types: &Types<'a>, expression: &'a Expression, call: &Called<'a>) -> Option<String> {
    if call.receiver.is_some() {
        return None;
    }
    // In another region it is still that cloud; without a name it is the session's.
    types.cloud(expression).map(|name| name.to_string())
}

/// The clouds that a call may go to; `None` where nothing is known.
pub(super) fn of_call<'a>(known: &Known<'_, 'a>, call: &Called<'a>) -> Option<BTreeSet<String>> {
    let Some(first) = call.given().next() else { return Some(one(DEFAULT)) };
    if call.name.text == "cloud" {
        // Naming one is using it.
        return Some(match (call.receiver, first.text()) {
            (None, Some(name)) => one(name),
            _ => one(ANY),
        });
    }
    match &first.kind {
        // Options, or a template as a map.
        ExpressionKind::Map(_) => Some(one(DEFAULT)),
        _ => of_value(known, first, 0),
    }
}

fn one(name: &str) -> BTreeSet<String> {
    BTreeSet::from([name.to_string()])
}

fn of_value<'a>(known: &Known<'_, 'a>, value: &'a Expression, depth: usize) -> Option<BTreeSet<String>> {
    // What is changed in place may be of another cloud by then.
    if depth > DEEPEST || is_changed(&known.changed, value) {
        return None;
    }
    let types = known.types;
    match types.of(value) {
        Some(Type::Cloud(Some(name))) => return Some(one(&name)),
        Some(Type::Cloud(None)) => {
            let session = |call: &Called<'a>| call.is_plain("cloud") && call.given().next().is_none();
            if Called::of(value).is_some_and(|call| session(&call)) {
                return Some(one(DEFAULT));
            }
            return match types.value_of(value) {
                Some(source) if value.variable().is_some() => of_value(known, source, depth + 1),
                _ => Some(one(ANY)),
            };
        }
        // A name is looked up where the call goes.
        Some(Type::Text | Type::Word(_) | Type::Int | Type::Bool | Type::Float) => return Some(one(DEFAULT)),
        _ => {}
    }
    match &value.kind {
        ExpressionKind::Variable(_) => of_value(known, types.value_of(value)?, depth + 1),
        ExpressionKind::Field { receiver, .. } | ExpressionKind::Index { receiver, .. } => {
            of_value(known, receiver, depth + 1)
        }
        ExpressionKind::Array(items) => {
            let of: Option<Vec<_>> = items.iter().map(|item| of_value(known, item, depth + 1)).collect();
            let all: BTreeSet<String> = of?.into_iter().flatten().collect();
            (!all.is_empty()).then_some(all)
        }
        ExpressionKind::Call { .. } | ExpressionKind::Method { .. } => {
            let call = Called::of(value)?;
            let name = call.name.text.as_str();
            let steps_aside = |one: &Expression| matches!(one.kind, ExpressionKind::Closure { .. });
            // What a closure or a function gives may be of any cloud.
            if !call.modules.is_empty()
                || known.own.contains(&name)
                || call.arguments.list.iter().any(steps_aside)
            {
                return None;
            }
            if !verb(name).is_some_and(|verb| verb.asks_cloud() || verb.name == "param") {
                return None;
            }
            match call.given().next() {
                Some(first) if matches!(first.kind, ExpressionKind::Map(_)) => Some(one(DEFAULT)),
                Some(first) => of_value(known, first, depth + 1),
                None => Some(one(DEFAULT)),
            }
        }
        _ => None,
    }
}
