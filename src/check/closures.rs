//! What closures capture and should not: a loop's variable where the closure outlives the turn, a variable that items of
//! `parallel` write, and the value that the closure's own call is about.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::script::own_chains::READS;
use crate::syntax::scope::{Declares, Use};
use crate::syntax::tree::ExpressionKind;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for used in facts.scopes.uses.iter().filter(|used| !used.closures.is_empty() && !used.module) {
        let finding = written(facts, used).or_else(|| outlived(facts, used)).or_else(|| chained(facts, used));
        if let Some(finding) = finding
            && !found.iter().any(|other| {
                other.error.diagnostic == finding.error.diagnostic
                    && other.error.message == finding.error.message
                    && other.also == finding.also
            })
        {
            found.push(finding);
        }
    }
}

/// The call that a closure is an argument of, by the closure's bytes.
fn call_of<'a, 'b>(facts: &'b Facts<'a>, closure: &std::ops::Range<usize>) -> Option<&'b Called<'a>> {
    facts.call_of(closure)
}

/// A write inside `parallel` to what stands outside of it.
fn written(facts: &Facts<'_>, used: &Use) -> Option<Finding> {
    let inside = used
        .closures
        .iter()
        .any(|closure| call_of(facts, closure).is_some_and(|call| call.is_plain("parallel")));
    if !inside {
        return None;
    }
    let changed = used.writes
        || facts.calls.iter().any(|call| {
            let on = call.receiver.and_then(|receiver| receiver.head().variable());
            let direct = call.receiver.is_some_and(|receiver| {
                receiver.variable().is_some()
                    || matches!(receiver.kind, ExpressionKind::Field { .. } | ExpressionKind::Index { .. })
            });
            direct
                && on.is_some_and(|name| name.span == used.name.span)
                && facts.native(&call.name.text).is_some_and(|native| native.gives_nothing)
        });
    if !changed {
        return None;
    }
    let error = Error::new(Kind::Script, format!("`{}` is written by several items at once", used.name.text))
        .coded("check::captured_write")
        .at(Place::Verb, "return a value from the closure and add the results up after `parallel`")
        .help("know that each item has a copy of its own: what it writes is not seen outside");
    Some(Finding::warning(error, used.name.span.clone()))
}

/// A loop's variable in a closure that is called when the loop has gone on.
fn outlived(facts: &Facts<'_>, used: &Use) -> Option<Finding> {
    let declared = facts.scopes.declarations.get(used.declaration?)?;
    if declared.by != Declares::Loop {
        return None;
    }
    let call = call_of(facts, used.closures.first()?)?;
    let name = call.name.text.as_str();
    let alone = call.arguments.list.len() == 1;
    let variable = &used.name.text;
    let help = match name {
        "defer" | "on_failure" if alone => format!("give it along: `{name}(|{variable}| …, {variable})`"),
        "push" | "insert" => format!(
            "keep the value in a variable of the turn, `let this_{variable} = {variable};`, and use that"
        ),
        _ => return None,
    };
    let error = Error::new(Kind::Script, format!("every closure of this loop sees the last `{variable}`"))
        .coded("check::loop_variable")
        .at(Place::Verb, "the closure is called when the loop has gone on")
        .help(help);
    Some(
        Finding::warning(error, used.name.span.clone())
            .with(declared.name.span.clone(), "one variable for all turns"),
    )
}

/// `xs.filter(|x| { xs = []; true })`: written while its own call goes through it; or read by one that changes it.
fn chained(facts: &Facts<'_>, used: &Use) -> Option<Finding> {
    let (call, name) = used.closures.iter().find_map(|closure| {
        let call = call_of(facts, closure)?;
        let on = call.receiver?.head().variable()?;
        let same = facts.types.meant(on);
        (same.is_some() && same == used.declaration).then_some((call, on))
    })?;
    facts.native(&call.name.text)?;
    let (text, method) = (&name.text, &call.name.text);
    let reads = READS.contains(&method.as_str());
    if reads && !used.writes {
        return None;
    }
    let what = if used.writes { "written" } else { "used" };
    let message = format!("`{text}` is {what} by the closure of its own `{method}`");
    let error = Error::new(Kind::Script, message)
        .coded("check::captured_head")
        .at(Place::Verb, "it is being gone through here");
    let finding = match used.writes {
        true => facts.finding(
            error
                .help(format!("write another variable in the closure, and assign it to `{text}` afterwards")),
            used.name.span.clone(),
        ),
        false => Finding::warning(
            error.help(format!("take what the closure needs before: `let count = {text}.len();`")),
            used.name.span.clone(),
        ),
    };
    Some(finding.with(name.span.clone(), format!("`{method}` goes through it")))
}
