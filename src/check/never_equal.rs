//! Two values compared that are never equal, whatever they hold.

use super::Finding;
use super::facts::Facts;
use super::types::Type;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::{Expression, ExpressionKind, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        if let ExpressionKind::Switch { value, .. } = &expression.kind {
            found.extend(switched(facts, value));
        }
        let ExpressionKind::Binary { operator, left, right } = &expression.kind else { return };
        if !matches!(operator.text.as_str(), "==" | "!=") {
            return;
        }
        let (Some(a), Some(b)) = (facts.types.of(left), facts.types.of(right)) else { return };
        if may_equal(&a, &b) {
            return;
        }
        let always = if operator.text == "==" { "never" } else { "always" };
        let message = format!("{} and {} are never equal", a.word(), b.word());
        let error = Error::new(Kind::Script, message)
            .coded("check::never_equal")
            .at(Place::Verb, format!("this is {always} true"));
        let number =
            matches!((&a, &b), (Type::Int | Type::Float, Type::Text) | (Type::Text, Type::Int | Type::Float));
        let error = match number {
            true => error.help("turn the text into a number with `parse_int(text)`, or the number into text"),
            false => error.help("compare what is alike: a field of it, or its name"),
        };
        found.push(
            Finding::warning(error, operator.span.clone())
                .with(left.span.clone(), a.word())
                .with(right.span.clone(), b.word()),
        );
    });
}

/// `switch s { "web" => … }`: the cases are matched by what a value is made of, and a resource is made of no text.
fn switched(facts: &Facts<'_>, value: &Expression) -> Option<Finding> {
    let ty = facts.types.of(value)?;
    if !matches!(ty, Type::Of(_)) {
        return None;
    }
    let name = value.variable().map_or("x", |variable| variable.text.as_str());
    let message = format!("a `switch` never matches {}", ty.word());
    let error = Error::new(Kind::Script, message)
        .coded("check::never_equal")
        .at(Place::Verb, "no case is equal to it")
        .help(format!("write `switch {name}.name`"));
    Some(facts.finding(error, value.span.clone()))
}

/// Whether values of these types may be equal: in doubt they may.
fn may_equal(a: &Type, b: &Type) -> bool {
    let kind = |ty: &Type| match ty {
        Type::Bool => 1,
        Type::Int | Type::Float => 2,
        Type::Text => 3,
        Type::Array(_) => 4,
        Type::Map => 5,
        Type::Of(_) => 6,
        // Nothing, times and their lengths, secrets and clouds compare with several.
        _ => 0,
    };
    let (one, other) = (kind(a), kind(b));
    one == 0
        || other == 0
        || (one == other && (one != 6 || a == b))
        // A resource equals its name.
        || matches!((one, other), (3, 6) | (6, 3))
}
