//! A condition that is no truth value, and arithmetic with what is no number.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::{Expression, ExpressionKind, Name, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        match &expression.kind {
            ExpressionKind::If { condition, .. } => found.extend(untrue(facts, condition)),
            ExpressionKind::Loop { condition: Some(condition), .. } => found.extend(untrue(facts, condition)),
            ExpressionKind::Unary { operator, operand } if operator.text == "!" => {
                found.extend(untrue(facts, operand));
            }
            ExpressionKind::Binary { operator, left, right } => match operator.text.as_str() {
                "&&" | "||" => found.extend([left, right].into_iter().filter_map(|side| untrue(facts, side))),
                "*" | "/" | "%" => found.extend(no_number(facts, operator, left, right)),
                _ => {}
            },
            _ => {}
        }
    });
}

/// What stands where a truth value belongs, and is none.
fn untrue<'a>(facts: &Facts<'a>, condition: &'a Expression) -> Option<Finding> {
    let ty = facts.types.of(condition)?;
    if ty == Type::Bool {
        return None;
    }
    let written = facts.text.get(condition.span.clone()).filter(|text| text.len() <= 40).unwrap_or("x");
    let help = match ty {
        Type::Text | Type::Word(_) => format!("ask what is meant: `{written} != \"\"`"),
        Type::Int | Type::Float => format!("ask what is meant: `{written} != 0`"),
        Type::Array(_) | Type::Map(_) => format!("ask what is meant: `{written}.len() > 0`"),
        _ => format!("ask what is meant: `{written} != ()`"),
    };
    let error = Error::new(Kind::Script, format!("a truth value is wanted here, not {}", ty.word()))
        .coded("language::type")
        .at(Place::Verb, format!("this is {}", ty.word()))
        .help(help);
    Some(facts.finding(error, condition.span.clone()))
}

/// `"5" * 3`: text is no number, and has no `%` of Python's.
fn no_number<'a>(
    facts: &Facts<'a>,
    operator: &Name,
    left: &'a Expression,
    right: &'a Expression,
) -> Option<Finding> {
    let (a, b) = (facts.types.of(left)?, facts.types.of(right)?);
    let number = |ty: &Type| matches!(ty, Type::Int | Type::Float);
    if !((a.is_text() && (number(&b) || b.is_text())) || (number(&a) && b.is_text())) {
        return None;
    }
    let sign = operator.text.as_str();
    let error = Error::new(Kind::Script, format!("`{sign}` does not go with {} and {}", a.word(), b.word()))
        .coded("language::operator")
        .at(Place::Verb, "text is no number");
    let error = match sign {
        "%" if a.is_text() => error.help("write a text with values in backticks: `` `… ${x} …` ``"),
        _ => error.help("turn text into a number with `parse_int(text)`"),
    };
    Some(facts.finding(error, operator.span.clone()))
}
