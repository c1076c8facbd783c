//! The result of what changes a value in place and gives nothing: `let sorted = xs.sort()`.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::{Expression, ExpressionKind, Node, StatementKind};
use crate::verbs::verb;

/// Those of maps.
const MAPS: [&str; 5] = ["clear", "fill_with", "mixin", "set", "remove"];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let (Some(Node::Expression(expression)), Some(parent)) = (path.last(), path.iter().rev().nth(1))
        else {
            return;
        };
        if let Some(call) = Called::of(expression)
            && is_used(parent, expression)
            && let Some(error) = nothing(facts, &call)
        {
            found.push(Finding::warning(error, call.name.span.clone()));
        }
    });
}

/// Whether what stands around an expression takes its value.
fn is_used(parent: &Node<'_>, expression: &Expression) -> bool {
    match parent {
        Node::Statement(statement) => {
            matches!(statement.kind, StatementKind::Let { .. } | StatementKind::Assign { .. })
        }
        Node::Expression(parent) => match &parent.kind {
            ExpressionKind::Method { .. }
            | ExpressionKind::Call { .. }
            | ExpressionKind::Field { .. }
            | ExpressionKind::Index { .. }
            | ExpressionKind::Array(_)
            | ExpressionKind::Map(_)
            | ExpressionKind::Unary { .. } => true,
            // Asking whether it gives nothing is asking.
            ExpressionKind::Binary { left, right, operator } => {
                let unit = |side: &Expression| matches!(side.kind, ExpressionKind::Unit);
                operator.text != "??" && !unit(left) && !unit(right)
            }
            ExpressionKind::For { items, .. } => std::ptr::eq(items.as_ref(), expression),
            _ => false,
        },
        Node::Block(_) => false,
    }
}

fn nothing<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Option<Error> {
    let name = call.name.text.as_str();
    let of_map = call.receiver.is_some_and(|on| matches!(facts.types.of(on), Some(Type::Map(_))));
    if !call.modules.is_empty() || facts.is_own(name) || (of_map && !MAPS.contains(&name)) {
        return None;
    }
    let message = format!("`{name}` gives nothing");
    if let Some(verb) = verb(name) {
        let about = matches!(verb.returns, Ty::Unit)
            && !matches!(name, "assert" | "assert_eq" | "print" | "debug" | "info" | "warn");
        return about.then(|| {
            Error::new(Kind::Script, message)
                .coded("check::in_place")
                .at(Place::Verb, "its result is used here")
                .help(format!("call `{name}` as a statement of its own"))
        });
    }
    facts
        .native(name)
        .filter(|native| native.gives_nothing && native.arities.contains(&call.given().count()))?;
    let first = call.given().next();
    // A map may have a closure of that name.
    let of_map = call.receiver.is_some_and(|on| matches!(facts.types.of(on), Some(Type::Map(_))))
        && !MAPS.contains(&name);
    if of_map || matches!(first.map(|first| &first.kind), Some(ExpressionKind::Missing)) {
        return None;
    }
    let on = match first.and_then(|first| first.variable()) {
        Some(variable) => variable.text.clone(),
        None => "value".to_string(),
    };
    let help = match name {
        "sort" => format!(
            "sort it first, `{on}.sort();`, then use `{on}`; `order_by(array, key)` gives a sorted copy"
        ),
        "push" | "append" | "insert" => {
            format!("write `{on}.{name}(…);`, then use `{on}`; `{on} + [item]` gives a longer copy")
        }
        "make_upper" => "write `to_upper()`, which gives a changed copy".to_string(),
        "make_lower" => "write `to_lower()`, which gives a changed copy".to_string(),
        _ => format!("write `{on}.{name}(…);` as a statement, then use `{on}`"),
    };
    Some(
        Error::new(Kind::Script, message)
            .coded("check::in_place")
            .at(Place::Verb, "it changes what it is called on")
            .help(help),
    )
}
