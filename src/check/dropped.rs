//! A value that nobody takes: the answer of `confirm`, which then confirms nothing, and the result of what does
//! nothing else than give one.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::{Block, Expression, Node, Statement, StatementKind};
use crate::verbs::{Effect, Run, Verb, verb};

/// The language's own functions that change nothing and cannot fail of themselves.
const PURE: [&str; 14] = [
    "contains",
    "ends_with",
    "extract",
    "filter",
    "index_of",
    "is_empty",
    "keys",
    "len",
    "split",
    "starts_with",
    "sub_string",
    "to_lower",
    "to_upper",
    "values",
];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        let script = path.len() == 1;
        // A module's last value is nobody's either; that of a script is printed by `-e`.
        for (nth, statement) in block.statements.iter().enumerate() {
            if let Some(call) = dropped(block, nth, statement, script) {
                found.extend(told(facts, &call));
            }
        }
    });
}

/// The call whose value a statement drops.
fn dropped<'a>(block: &'a Block, nth: usize, statement: &'a Statement, script: bool) -> Option<Called<'a>> {
    let StatementKind::Expression(expression) = &statement.kind else { return None };
    let last = nth + 1 == block.statements.len();
    let kept = last && (!statement.closed || script);
    if kept { None } else { Called::of(expression) }
}

fn told(facts: &Facts<'_>, call: &Called<'_>) -> Option<Finding> {
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
    let pure = verb.map_or(PURE.contains(&name) && !fills(call), is_pure);
    // In `try` a look-up asks whether something goes wrong.
    if !pure || facts.is_tried(&call.expression.span) {
        return None;
    }
    let error = Error::new(Kind::Script, format!("the result of `{name}` is dropped"))
        .coded("check::unused_result")
        .at(Place::Verb, format!("`{name}` does nothing else than give one"));
    let error = match name {
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
    matches!(verb.effect, Effect::Reads | Effect::Nothing)
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

/// Whether an argument is a closure that may do something by the way.
fn fills(call: &Called<'_>) -> bool {
    call.given().skip(1).any(|one: &Expression| one.variable().is_some()) && call.name.text == "filter"
}
