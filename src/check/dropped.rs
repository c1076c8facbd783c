//! A value that nobody takes: the answer of `confirm`, which then confirms nothing, and the value of what does nothing
//! else than give one: a look-up, a `map` with a closure that only reads, a comparison.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::{Block, Expression, ExpressionKind, Node, Statement, StatementKind};
use crate::verbs::language::builtins::{Does, built_in};
use crate::verbs::{Effect, Group, Run, Verb, verb};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        // A module's last value is nobody's either; that of `-e` and of a session's input is printed.
        let shown = path.len() == 1 && (facts.name == "-e" || facts.name.starts_with("input "));
        for (nth, statement) in block.statements.iter().enumerate() {
            let Some(value) = dropped(block, nth, statement, shown) else { continue };
            found.extend(match Called::of(value) {
                Some(call) => told(facts, &call),
                None => plain(facts, value),
            });
        }
    });
}

/// The value that a statement drops.
fn dropped<'a>(
    block: &'a Block,
    nth: usize,
    statement: &'a Statement,
    shown: bool,
) -> Option<&'a Expression> {
    let StatementKind::Expression(expression) = &statement.kind else { return None };
    let last = nth + 1 == block.statements.len();
    let kept = last && (!statement.closed || shown);
    (!kept).then_some(expression)
}

/// A value that is no call: a comparison, a field, an array.
fn plain(facts: &Facts<'_>, value: &Expression) -> Option<Finding> {
    use ExpressionKind as E;
    let equals = matches!(&value.kind, E::Binary { operator, .. } if operator.text == "==");
    let plain = matches!(
        value.kind,
        E::Binary { .. }
            | E::Unary { .. }
            | E::Field { .. }
            | E::Index { .. }
            | E::Variable(_)
            | E::Text(_)
            | E::Template(_)
            | E::Array(_)
            | E::Map(_)
            | E::Int(_)
            | E::Float
            | E::Bool(_)
    );
    // Of a look-up that asks whether a resource is there, a field asks no more.
    let of_object = match &value.kind {
        E::Field { receiver, .. } => matches!(facts.types.of(receiver), Some(Type::Of(_))),
        _ => false,
    };
    if !plain || !(of_object || is_pure_value(facts, value)) || facts.is_tried(&value.span) {
        return None;
    }
    let what = if equals { "this comparison does nothing" } else { "this value is dropped" };
    let error =
        Error::new(Kind::Script, what).coded("check::unused_result").at(Place::Verb, "nothing uses it");
    let error = error.help(match equals {
        true => "write `=` to assign, or `assert(…)` to make sure of it",
        false => "keep it, `let x = …`, print it, or remove it",
    });
    Some(Finding::warning(error, value.span.clone()))
}

/// Whether working out a value does nothing by the way.
fn is_pure_value(facts: &Facts<'_>, value: &Expression) -> bool {
    use ExpressionKind as E;
    let all = |items: &[Expression]| items.iter().all(|item| is_pure_value(facts, item));
    match &value.kind {
        E::Unit | E::Bool(_) | E::Int(_) | E::Float | E::Text(_) | E::Char => true,
        E::Variable(_) | E::Path { .. } | E::Closure { .. } => true,
        E::Array(items) => all(items),
        E::Map(entries) => entries.iter().all(|entry| is_pure_value(facts, &entry.value)),
        E::Template(blocks) => blocks.iter().all(|block| is_pure_block(facts, block)),
        E::Field { receiver, name } => !name.text.is_empty() && is_pure_value(facts, receiver),
        E::Index { receiver, index } => is_pure_value(facts, receiver) && is_pure_value(facts, index),
        E::Unary { operand, .. } => is_pure_value(facts, operand),
        E::Binary { left, right, .. } => is_pure_value(facts, left) && is_pure_value(facts, right),
        E::If { condition, then, otherwise } => {
            is_pure_value(facts, condition)
                && is_pure_block(facts, then)
                && otherwise.as_deref().is_none_or(|otherwise| is_pure_value(facts, otherwise))
        }
        E::Block(block) => is_pure_block(facts, block),
        E::Call { .. } | E::Method { .. } => Called::of(value).is_some_and(|call| is_pure_call(facts, &call)),
        _ => false,
    }
}

fn is_pure_block(facts: &Facts<'_>, block: &Block) -> bool {
    block.statements.iter().all(|statement| match &statement.kind {
        StatementKind::Expression(value) => is_pure_value(facts, value),
        StatementKind::Let { value, .. } => value.as_ref().is_none_or(|value| is_pure_value(facts, value)),
        _ => false,
    })
}

/// Whether a call of a verb or of the language gives a value and does nothing else.
fn is_pure_call(facts: &Facts<'_>, call: &Called<'_>) -> bool {
    let name = call.name.text.as_str();
    if !call.modules.is_empty() || facts.is_own(name) || !call.given().all(|one| is_pure_value(facts, one)) {
        return false;
    }
    match (verb(name), built_in(name)) {
        (Some(verb), _) => is_pure(verb),
        (None, Some(known)) if known.does == Does::Gives => known.name != "call",
        (None, Some(known)) if known.does == Does::Calls => {
            let closure = call.given().find_map(|one| match &one.kind {
                ExpressionKind::Closure { body, .. } => Some(body),
                _ => None,
            });
            let body = closure.is_some_and(|body| match &body.kind {
                StatementKind::Expression(value) => is_pure_value(facts, value),
                _ => false,
            });
            body && known.name != "for_each"
        }
        _ => false,
    }
}

fn told<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Option<Finding> {
    let name = call.name.text.as_str();
    if !call.modules.is_empty() || facts.is_own(name) {
        return None;
    }
    if name == "confirm" {
        let error = Error::new(Kind::Script, "the answer of `confirm` is dropped")
            .coded("check::dropped_confirm")
            .at(Place::Verb, "the script goes on whatever is answered")
            .help("write `if !confirm(\"…\") { exit(1); }`");
        return Some(Finding::error(error, call.name.span.clone()));
    }
    let verb = verb(name);
    // In a map there may be a closure of that name.
    let of_map = verb.is_none() && facts.may_be_map(call);
    let pure = verb.map_or_else(|| is_pure_call(facts, call), is_pure);
    // In `try` a look-up asks whether something goes wrong.
    if !pure || of_map || facts.is_tried(&call.expression.span) {
        return None;
    }
    let error = Error::new(Kind::Script, format!("the result of `{name}` is dropped"))
        .coded("check::unused_result")
        .at(Place::Verb, format!("`{name}` does nothing else than give one"));
    let error = match name {
        "map" => error.help("keep it, `let ys = xs.map(…)`, print it, or write `for x in xs { … }`"),
        "filter" => {
            error.help("keep it, `xs = xs.filter(…)`, or change the array itself with `xs.retain(…)`")
        }
        "to_lower" => error.help("keep it, or change the text itself with `make_lower()`"),
        "to_upper" => error.help("keep it, or change the text itself with `make_upper()`"),
        "order_by" => error.help("keep it, or sort the array itself with `sort(…)`"),
        _ => error.help(format!("keep it, `let x = {name}(…)`, print it, or remove it")),
    };
    Some(Finding::warning(error, call.name.span.clone()))
}

fn is_pure(verb: &Verb) -> bool {
    // One resource by its name is asked for to be sure that it is there.
    let guards = matches!(verb.returns, Ty::Of(_))
        && !verb.name.starts_with("find_")
        && matches!(verb.run, Run::Each(_));
    // The helpers of tests set a scene, or look whether something is so.
    if verb.group == Group::Tests {
        return false;
    }
    matches!(verb.effect, Effect::Reads | Effect::Nothing | Effect::Clock | Effect::Random)
        && !matches!(verb.returns, Ty::Unit | Ty::Same)
        && !guards
        && !matches!(
            verb.name,
            "param"
                | "parse_json"
                | "parse_time"
                | "cloud"
                | "secret"
                | "whoami"
                | "assert"
                | "fail"
                | "exit"
        )
        && !verb.name.starts_with("assert")
        && !verb.name.starts_with("sim_")
        && !matches!(
            verb.name,
            "step"
                | "parallel"
                | "retry"
                | "defer"
                | "on_failure"
                | "wait_until"
                | "ask"
                | "ask_secret"
                | "validate_template"
        )
}
