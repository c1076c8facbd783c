//! Closures that take more or fewer values than they are given, and those that must give true or false and do not.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::{Expression, ExpressionKind};
use crate::verbs::language::builtins::built_in;
use crate::verbs::language::steering::closure_takes;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for call in facts.calls.iter().filter(|call| call.modules.is_empty() && !facts.is_own(&call.name.text)) {
        found.extend(called(facts, call).or_else(|| handed(facts, call)).or_else(|| answers(facts, call)));
    }
}

/// `f.call(1)` of a closure that takes two.
fn called<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Option<Finding> {
    let closure = call.receiver.filter(|_| call.name.text == "call")?;
    let takes = facts.types.takes(closure)?;
    let given = call.arguments.list.len();
    (given != takes).then(|| {
        let error =
            Error::new(Kind::Script, format!("the closure takes {}, and is given {given}", values(takes)))
                .coded("call::closure")
                .at(Place::Verb, format!("give it {}", values(takes)))
                .help("give as many values as there are names between the bars: `|item| …`");
        facts.finding(error, call.name.span.clone())
    })
}

/// A closure that a verb or a function of the language calls.
fn handed<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Option<Finding> {
    let name = call.name.text.as_str();
    let given: Vec<&Expression> = call.given().collect();
    // A map may have a closure of that name.
    let own = call.receiver.is_some_and(|on| !matches!(facts.types.of(on), Some(Type::Array(_))));
    let wanted: Vec<usize> = match (closure_takes(name, given.len()), built_in(name)) {
        (Some(takes), _) if !own => vec![takes],
        (None, Some(known)) if !known.closure.is_empty() && !own => known.closure.to_vec(),
        _ => return None,
    };
    let closure =
        given.iter().skip(usize::from(!matches!(name, "retry" | "wait_until" | "defer" | "on_failure")));
    let closure = closure.copied().find(|one| is_closure(facts, one))?;
    let takes = facts.types.takes(closure)?;
    if wanted.contains(&takes) {
        return None;
    }
    let most = wanted.iter().max().copied().unwrap_or(0);
    let gives = match wanted.as_slice() {
        [only] => values(*only),
        _ => format!("at most {}", values(most)),
    };
    let error =
        Error::new(Kind::Script, format!("`{name}` gives its closure {gives}, and this one takes {takes}"))
            .coded("call::closure")
            .at(Place::Verb, if takes > most { "it takes too many" } else { "it takes too few" });
    let error = match (name, most) {
        ("defer" | "on_failure", 0) => error.help(format!("give the value along: `{name}(|x| …, x)`")),
        (_, 0) => error.help("write it without names: `|| …`"),
        (_, 1) => error.help("write it with one name: `|item| …`"),
        _ => error.help("write it with two names: `|a, b| …`"),
    };
    Some(facts.finding(error, closure.span.clone()))
}

/// A closure whose answer decides, and that gives something else than true or false.
fn answers<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Option<Finding> {
    const DECIDES: [&str; 8] = ["all", "drain", "filter", "find", "none", "retain", "some", "wait_until"];
    let name = call.name.text.as_str();
    if !DECIDES.contains(&name) {
        return None;
    }
    let over = call.given().next()?;
    if name != "wait_until" && !matches!(facts.types.of(over), Some(Type::Array(_))) {
        return None;
    }
    let closure = call.given().find(|one| matches!(one.kind, ExpressionKind::Closure { .. }))?;
    let gives = facts.types.closure_gives(closure).filter(|gives| *gives != Type::Bool)?;
    let ExpressionKind::Closure { body, .. } = &closure.kind else { return None };
    let message = format!("the closure of `{name}` gives {}, not true or false", gives.word());
    let error = Error::new(Kind::Script, message)
        .coded("language::closure_result")
        .at(Place::Verb, "this decides nothing")
        .help("compare it: `… == …`, `… != ()`, `\"key\" in map`");
    Some(facts.finding(error, body.span.clone()))
}

fn is_closure<'a>(facts: &Facts<'a>, one: &'a Expression) -> bool {
    matches!(one.kind, ExpressionKind::Closure { .. } | ExpressionKind::Variable(_))
        && facts.types.takes(one).is_some()
}

fn values(count: usize) -> String {
    match count {
        0 => "no value".to_string(),
        1 => "1 value".to_string(),
        n => format!("{n} values"),
    }
}
