//! Maps that are options: written out in the call, or built up in a variable, a constant or a function before it.

use super::facts::{Called, Facts};
use crate::infer::Types;
use crate::syntax::tree::*;
use std::collections::HashMap;

/// A key that a map is given, and its value.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) key: &'a Name,
    pub(super) value: &'a Expression,
}

/// A map whose keys are known.
pub(super) struct Built<'a> {
    pub(super) entries: Vec<Given<'a>>,
    /// Whether it has no other keys.
    pub(super) whole: bool,
}

/// What is done to a variable that holds a map.
enum Part<'a> {
    /// A key is set.
    Set(&'a Name, &'a Expression),
    /// Keys of another map are added.
    Mixed(&'a Expression),
    /// A key is removed.
    Removed(&'a str),
    /// What it does to the keys is not known.
    Unknown,
}

/// What is done to each variable, by its declaration, with the place where it is done.
pub(super) type Parts<'a> = HashMap<usize, Vec<(usize, Made<'a>)>>;

/// One thing that is done to a map.
pub(super) struct Made<'a>(Part<'a>);

/// Read what a script does to its variables.
pub(super) fn parts<'a>(tree: &'a Tree, types: &Types<'a>) -> Parts<'a> {
    let mut found: Parts<'a> = HashMap::new();
    let mut add = |on: &Expression, at: usize, part: Part<'a>| {
        if let Some(declared) = on.variable().and_then(|name| types.meant(name)) {
            found.entry(declared).or_default().push((at, Made(part)));
        }
    };
    tree.walk(&mut |path| match path.last() {
        Some(Node::Statement(Statement {
            kind: StatementKind::Assign { target, operator, value },
            span,
            ..
        })) => {
            let set = operator.text == "=";
            match &target.kind {
                ExpressionKind::Field { receiver, name } if set => {
                    add(receiver, span.end, Part::Set(name, value))
                }
                ExpressionKind::Index { receiver, .. } => add(receiver, span.end, Part::Unknown),
                ExpressionKind::Variable(_) => add(target, span.end, Part::Unknown),
                _ => {}
            }
        }
        Some(Node::Expression(expression)) => {
            let Some(call) = Called::of(expression) else { return };
            let Some(on) = call.given().next() else { return };
            let second = call.given().nth(1);
            let part = match (call.name.text.as_str(), second) {
                ("mixin" | "fill_with", Some(more)) => Part::Mixed(more),
                ("remove", Some(key)) => key.text().map_or(Part::Unknown, Part::Removed),
                ("set" | "clear" | "drain" | "retain", _) => Part::Unknown,
                _ => return,
            };
            add(on, expression.span.end, part);
        }
        _ => {}
    });
    found
}

/// The map that an expression is where it is given to a call, as far as its keys are known.
pub(super) fn built<'a>(facts: &Facts<'a>, expression: &'a Expression) -> Option<Built<'a>> {
    at(facts, expression, expression.span.start, 0)
}

fn at<'a>(facts: &Facts<'a>, expression: &'a Expression, place: usize, depth: usize) -> Option<Built<'a>> {
    if depth > 8 {
        return None;
    }
    match &expression.kind {
        ExpressionKind::Map(entries) => {
            let entries = entries.iter().filter(|entry| !entry.key.text.is_empty());
            let entries = entries.map(|entry| Given { key: &entry.key, value: &entry.value }).collect();
            Some(Built { entries, whole: true })
        }
        ExpressionKind::Variable(name) => {
            let value = facts.types.value_of(expression)?;
            let mut built = at(facts, value, value.span.start, depth + 1)?;
            let parts = facts.parts.get(&facts.types.meant(name)?);
            for (_, Made(part)) in parts.into_iter().flatten().filter(|(end, _)| *end <= place) {
                match part {
                    Part::Set(key, value) => {
                        built.entries.retain(|given| given.key.text != key.text);
                        built.entries.push(Given { key, value });
                    }
                    Part::Mixed(more) => match at(facts, more, place, depth + 1) {
                        Some(more) => built.entries.extend(more.entries),
                        None => built.whole = false,
                    },
                    Part::Removed(key) => built.entries.retain(|given| given.key.text != *key),
                    Part::Unknown => return None,
                }
            }
            // A loop comes back to what stands behind.
            if parts.is_some_and(|parts| parts.iter().any(|(end, _)| *end > place)) {
                built.whole = false;
            }
            Some(built)
        }
        ExpressionKind::Path { .. } => {
            let value = facts.types.value_of(expression)?;
            at(facts, value, value.span.start, depth + 1)
        }
        ExpressionKind::Binary { operator, left, right } if operator.text == "+" => {
            let mut built = at(facts, left, place, depth + 1)?;
            match at(facts, right, place, depth + 1) {
                Some(more) => {
                    built
                        .entries
                        .retain(|given| !more.entries.iter().any(|other| other.key.text == given.key.text));
                    built.entries.extend(more.entries);
                    built.whole &= more.whole;
                }
                None => built.whole = false,
            }
            Some(built)
        }
        ExpressionKind::Call { modules, name, arguments } if modules.is_empty() => {
            let mut own = facts.tree.functions().filter(|function| {
                function.name.text == name.text && function.params.len() == arguments.list.len()
            });
            let (function, None) = (own.next()?, own.next()) else { return None };
            let [only] = function.body.statements.as_slice() else { return None };
            match &only.kind {
                StatementKind::Expression(value) | StatementKind::Return(Some(value)) => {
                    at(facts, value, value.span.start, depth + 1)
                }
                _ => None,
            }
        }
        _ => None,
    }
}
