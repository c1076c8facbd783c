//! A resource that is used after the script has deleted it.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::{self, tree::*};
use crate::verbs::{Effect, verb};
use std::collections::HashMap;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let deleting = deleting(facts);
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        // The nearest statement behind that leaves the block, found once for all of it.
        let mut leaves = block.statements.len();
        for (nth, statement) in block.statements.iter().enumerate().rev() {
            if matches!(statement.kind, StatementKind::Return(_) | StatementKind::Throw(_)) {
                leaves = nth;
            }
            let StatementKind::Expression(expression) = &statement.kind else { continue };
            if let Some((declared, name)) = deleted(facts, &deleting, expression)
                && let Some(behind) = block.statements.get(nth + 1..leaves)
            {
                found.extend(used(facts, declared, name, behind));
            }
        }
    });
}

/// The functions of the script that delete what they are given, whatever else they do: which parameter it is.
type Deleting<'a> = HashMap<(&'a str, usize), usize>;

fn deleting<'a>(facts: &Facts<'a>) -> Deleting<'a> {
    let none = Deleting::new();
    let of = |function: &'a Function| {
        // Behind the first statement that may leave, nothing is certain.
        let sure = function.body.statements.iter().take_while(|statement| !may_leave(statement));
        let gone = sure.filter_map(|statement| match &statement.kind {
            StatementKind::Expression(expression) => deleted(facts, &none, expression),
            _ => None,
        });
        let nth = gone.into_iter().find_map(|(declared, _)| {
            let is_it = |param: &Name| {
                facts.scopes.declarations.get(declared).is_some_and(|one| one.name.span == param.span)
            };
            function.params.iter().position(is_it)
        })?;
        Some(((function.name.text.as_str(), function.params.len()), nth))
    };
    facts.tree.functions().filter_map(of).collect()
}

/// The variable that a statement deletes, alone or at the head of a chain, or by a function that does.
fn deleted<'a>(
    facts: &Facts<'a>,
    deleting: &Deleting<'_>,
    expression: &'a Expression,
) -> Option<(usize, &'a Name)> {
    let call = Called::of(expression)?;
    let (word, given) = (call.name.text.as_str(), call.given().collect::<Vec<_>>());
    let nth = match call.is_plain("delete") && !facts.is_own("delete") {
        true => Some(0),
        false => deleting.get(&(word, given.len())).copied().filter(|_| call.modules.is_empty()),
    };
    if let Some(nth) = nth {
        let name = given.get(nth)?.variable()?;
        return Some((facts.types.meant(name)?, name));
    }
    call.receiver.and_then(|receiver| deleted(facts, deleting, receiver))
}

/// The first verb on it in the statements behind, before it is something else.
fn used(facts: &Facts<'_>, declared: usize, name: &Name, behind: &[Statement]) -> Option<Finding> {
    let (start, end) = (behind.first()?.span.start, behind.last()?.span.end);
    // Only the statements that name it count.
    let mut seen = start;
    for used in facts.scopes.uses_between(declared, start..end) {
        syntax::visit();
        if used.name.span.start < seen {
            continue;
        }
        let nth = behind.partition_point(|statement| statement.span.end <= used.name.span.start);
        let statement = behind.get(nth)?;
        seen = statement.span.end;
        if let StatementKind::Assign { target, .. } = &statement.kind
            && target.variable().is_some_and(|name| facts.types.meant(name) == Some(declared))
        {
            return None;
        }
        let mut first: Option<&Name> = None;
        let mut other = false;
        visit(Node::Statement(statement), &mut |node| match node {
            Node::Statement(Statement { kind: StatementKind::Assign { target, .. }, .. }) => {
                other |= target.variable().is_some_and(|name| facts.types.meant(name) == Some(declared));
            }
            Node::Expression(expression) => {
                if let Some(call) = Called::of(expression)
                    && !other
                    && first.is_none()
                    && needs_it(facts, &call, declared)
                {
                    first = Some(call.name);
                }
            }
            _ => {}
        });
        if let Some(verb) = first {
            if facts.is_tried(&verb.span) {
                return None;
            }
            let error = Error::new(
                Kind::Script,
                format!("`{}` is used by `{}` after it was deleted", name.text, verb.text),
            )
            .coded("check::deleted")
            .at(Place::Verb, "it is gone, or going")
            .help("do this before it is deleted, or leave it out");
            return Some(Finding::warning(error, verb.span.clone()).with(name.span.clone(), "deleted here"));
        }
        if other {
            return None;
        }
    }
    None
}

/// Whether a return or an error of its own may end the function in a statement.
fn may_leave(statement: &Statement) -> bool {
    let mut leaves = false;
    visit(Node::Statement(statement), &mut |node| {
        leaves |= matches!(
            node,
            Node::Statement(Statement { kind: StatementKind::Return(_) | StatementKind::Throw(_), .. })
        );
    });
    leaves
}

/// Visit all but the closures, which may be called at another time.
fn visit<'a>(node: Node<'a>, see: &mut dyn FnMut(Node<'a>)) {
    if let Node::Expression(Expression { kind: ExpressionKind::Closure { .. }, .. })
    | Node::Statement(Statement { kind: StatementKind::Function(_), .. }) = node
    {
        return;
    }
    see(node);
    children(node).into_iter().for_each(|child| visit(child, see));
}

/// Whether a call is of a verb that needs the resource to be there.
fn needs_it<'a>(facts: &Facts<'a>, call: &Called<'a>, declared: usize) -> bool {
    let name = call.name.text.as_str();
    let Some(verb) = verb(name).filter(|_| call.modules.is_empty() && !facts.is_own(name)) else {
        return false;
    };
    let acts = matches!(
        verb.effect,
        Effect::Changes | Effect::Creates | Effect::Destroys | Effect::Waits | Effect::AloneReads(_)
    );
    let is_it =
        |one: &Expression| one.variable().is_some_and(|name| facts.types.meant(name) == Some(declared));
    // What is done to what may be gone is meant.
    let meant = call.given().any(|one| match &one.kind {
        ExpressionKind::Map(entries) => entries.iter().any(|entry| entry.key.text == "missing_ok"),
        ExpressionKind::Text(text) => text == "DELETED",
        _ => false,
    });
    acts && verb.asks_cloud()
        && !meant
        && !["wait_deleted", "refresh"].contains(&name)
        && call.given().any(is_it)
}
