//! Two values compared that are never equal, or never ordered, whatever they hold; a text that is no duration; and a key
//! of metadata that is compared with `()` though a missing key is an error.

use super::Finding;
use super::facts::Facts;
use crate::cloud::Span;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::{Expression, ExpressionKind, Name, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let ExpressionKind::Binary { operator, left, right } = &expression.kind else { return };
        if let Some(finding) = missing_key(facts, operator, left, right) {
            found.push(finding);
            return;
        }
        let ordered = matches!(operator.text.as_str(), "<" | ">" | "<=" | ">=");
        if !ordered && !matches!(operator.text.as_str(), "==" | "!=") {
            return;
        }
        if let Some(finding) = no_duration(facts, left, right).or_else(|| no_duration(facts, right, left)) {
            found.push(finding);
            return;
        }
        let (Some(a), Some(b)) = (facts.types.of(left), facts.types.of(right)) else { return };
        if ordered {
            found.extend(unlike(facts, operator, (left, &a), (right, &b)));
            return;
        }
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

/// Whether values of these types may be equal: in doubt they may.
fn may_equal(a: &Type, b: &Type) -> bool {
    let kind = |ty: &Type| match ty {
        Type::Bool => 1,
        Type::Int | Type::Float => 2,
        Type::Text | Type::Word(_) => 3,
        Type::Array(_) => 4,
        Type::Map(_) => 5,
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

/// `server.meta.owner == ()`: a key that is not there is an error, and one that is there is text.
fn missing_key<'a>(
    facts: &Facts<'a>,
    operator: &Name,
    left: &'a Expression,
    right: &'a Expression,
) -> Option<Finding> {
    let is_unit = |one: &Expression| matches!(one.kind, ExpressionKind::Unit);
    let key = match operator.text.as_str() {
        "==" | "!=" if is_unit(right) => left,
        "==" | "!=" if is_unit(left) => right,
        "??" => left,
        _ => return None,
    };
    let (map, name) = match &key.kind {
        ExpressionKind::Field { receiver, name } => (receiver, name.text.clone()),
        ExpressionKind::Index { receiver, index } => (receiver, index.text()?.to_string()),
        _ => return None,
    };
    let Some(Type::Map(keys)) = facts.types.of(map) else { return None };
    if keys.values != Some(Type::Text) || keys.known.contains_key(&name) || name == "len" {
        return None;
    }
    let written = facts.text.get(map.span.clone()).unwrap_or("map");
    let message = format!("`{name}` is never `()`: reading a key that is not there is an error");
    let error = Error::new(Kind::Script, message)
        .coded("check::never_equal")
        .at(Place::Verb, "the error is raised here")
        .help(format!(
            "ask first, `\"{name}\" in {written}`, or give a default: `get({written}, \"{name}\", ())`"
        ));
    Some(Finding::warning(error, key.span.clone()))
}

/// A duration compared with a text that is none.
fn no_duration<'a>(facts: &Facts<'a>, span: &'a Expression, text: &'a Expression) -> Option<Finding> {
    let words = text.text()?;
    if facts.types.of(span)? != Type::Duration || Span::parse(words).is_some() {
        return None;
    }
    let error = Error::new(Kind::InvalidArgument, format!("`{words}` is no duration"))
        .coded("check::duration")
        .help("write a duration such as \"30s\", \"10m\", \"1h30m\" or \"7d\"");
    let place = text.span.clone();
    Some(match short_form(words) {
        Some(near) => facts
            .finding(error.at(Place::Verb, format!("write \"{near}\"")), place.clone())
            .fixed(place, format!("\"{near}\"")),
        None => facts.finding(error.at(Place::Verb, "not a duration"), place),
    })
}

/// `7 days` as `7d`.
fn short_form(words: &str) -> Option<String> {
    let words = words.trim().to_lowercase();
    let end = words.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = words.get(..end)?.parse().ok()?;
    let (count, unit) = match words.get(end..)?.trim().trim_end_matches('s') {
        "second" | "sec" => (count, "s"),
        "minute" | "min" => (count, "m"),
        "hour" | "hr" => (count, "h"),
        "day" => (count, "d"),
        "w" | "week" => (count.checked_mul(7)?, "d"),
        _ => return None,
    };
    Some(format!("{count}{unit}"))
}

/// Two values that are ordered and cannot be.
fn unlike(
    facts: &Facts<'_>,
    operator: &Name,
    left: (&Expression, &Type),
    right: (&Expression, &Type),
) -> Option<Finding> {
    let kind = |ty: &Type| match ty {
        Type::Bool => Some(1),
        Type::Int => Some(2),
        Type::Float => Some(3),
        Type::Text | Type::Word(_) => Some(4),
        Type::Time => Some(5),
        Type::Duration => Some(6),
        Type::Of(_) => Some(7),
        _ => None,
    };
    let fits = match (kind(left.1)?, kind(right.1)?) {
        (7, _) | (_, 7) => false,
        (2 | 3, 2 | 3) | (6, 2 | 4) | (2 | 4, 6) => true,
        (a, b) => a == b,
    };
    if fits {
        return None;
    }
    let message = format!("`{}` cannot order {} and {}", operator.text, left.1.word(), right.1.word());
    let error = Error::new(Kind::Script, message)
        .coded("language::unlike")
        .at(Place::Verb, "this is an error when it is reached");
    let error = match (left.1, right.1) {
        (Type::Time, Type::Text) | (Type::Text, Type::Time) => {
            error.help("make a time of the text: `parse_time(\"2026-11-21\")`")
        }
        _ => error.help("compare what is alike: a field of it, or a number made with `parse_int(text)`"),
    };
    Some(
        facts
            .finding(error, operator.span.clone())
            .with(left.0.span.clone(), left.1.word())
            .with(right.0.span.clone(), right.1.word()),
    )
}
