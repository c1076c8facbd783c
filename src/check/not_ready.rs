//! The address of a server that was only just asked for: it has none before it runs.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::*;
use crate::verbs::{Effect, verb};

/// The fields that a server has when it runs.
const FIELDS: [&str; 5] = ["ip", "public_ip", "private_ip", "ipv6", "addresses"];
/// The verbs that ask for the same.
const VERBS: [&str; 4] = ["addresses", "console_log", "console_url", "wait_port"];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        for (nth, statement) in block.statements.iter().enumerate() {
            if let StatementKind::Let { name, value: Some(value), .. } = &statement.kind
                && is_boot(facts, value)
            {
                found.extend(too_early(facts, name, &block.statements[nth + 1..]));
            }
        }
    });
}

/// Whether it is `boot(…)` that does not wait.
fn is_boot(facts: &Facts<'_>, value: &Expression) -> bool {
    let Some(call) = Called::of(value).filter(|call| call.is_plain("boot") && !facts.is_own("boot")) else {
        return false;
    };
    match call.arguments.list.last().map(|last| &last.kind) {
        Some(ExpressionKind::Map(entries)) => !entries.iter().any(|entry| entry.key.text == "wait"),
        _ => false,
    }
}

/// What the statements behind do first with the server: the first use that needs it to run, before anything that waits.
fn too_early(facts: &Facts<'_>, server: &Name, behind: &[Statement]) -> Option<Finding> {
    for statement in behind {
        let mut first = None;
        let mut ended = false;
        visit(Node::Statement(statement), &mut |node, parent| {
            if ended || first.is_some() {
                return;
            }
            ended = waits(facts, node);
            if !ended {
                first = early(facts, server, node, parent);
            }
        });
        if let Some((span, what)) = first {
            let error =
                Error::new(Kind::Script, format!("`{}` is not up yet when `{what}` is read", server.text))
                    .coded("check::not_ready")
                    .at(Place::Verb, "nothing has waited for it")
                    .help(format!("write `{}.wait_active();` before", server.text));
            let booted = server.span.clone();
            return Some(Finding::warning(error, span).with(booted, "only asked for here"));
        }
        if ended {
            return None;
        }
    }
    None
}

/// Visit in the order in which things happen: what a call is given before the call.
fn visit<'a>(node: Node<'a>, see: &mut dyn FnMut(Node<'a>, Option<&Node<'a>>)) {
    fn down<'a>(node: Node<'a>, parent: Option<&Node<'a>>, see: &mut dyn FnMut(Node<'a>, Option<&Node<'a>>)) {
        for child in children(node) {
            down(child, Some(&node), see);
        }
        see(node, parent);
    }
    down(node, None, see);
}

/// Whether something may wait there, or do what is not known.
fn waits(facts: &Facts<'_>, node: Node<'_>) -> bool {
    match node {
        Node::Expression(expression) => match Called::of(expression) {
            Some(call) => match verb(&call.name.text) {
                _ if !call.modules.is_empty() || facts.is_own(&call.name.text) => true,
                Some(verb) => matches!(verb.effect, Effect::Waits) || ["refresh", "sleep"].contains(&verb.name)
                    || call.given().any(|one| matches!(&one.kind, ExpressionKind::Map(entries) if entries.iter().any(|entry| entry.key.text == "wait"))),
                None => facts.native(&call.name.text).is_none(),
            },
            None => matches!(expression.kind, ExpressionKind::Closure { .. } | ExpressionKind::Loop { .. }),
        },
        Node::Statement(statement) => matches!(
            statement.kind,
            StatementKind::Return(_) | StatementKind::Throw(_) | StatementKind::Assign { .. } | StatementKind::Broken
        ),
        Node::Block(_) => false,
    }
}

/// What needs the server to run: its bytes and its name.
fn early(
    facts: &Facts<'_>,
    server: &Name,
    node: Node<'_>,
    parent: Option<&Node<'_>>,
) -> Option<(std::ops::Range<usize>, String)> {
    let Node::Expression(expression) = node else { return None };
    let is_it = |one: &Expression| {
        one.variable().is_some_and(|name| {
            let used = facts.scopes.uses.iter().find(|used| used.name.span == name.span);
            let declared = used.and_then(|used| facts.scopes.declarations.get(used.declaration?));
            declared.is_some_and(|declared| declared.name.span == server.span)
        })
    };
    // Asking whether it has one yet is no mistake.
    if let Some(Node::Expression(around)) = parent
        && let ExpressionKind::Binary { operator, .. } = &around.kind
        && matches!(operator.text.as_str(), "==" | "!=" | "??")
    {
        return None;
    }
    match &expression.kind {
        ExpressionKind::Field { receiver, name }
            if FIELDS.contains(&name.text.as_str()) && is_it(receiver) =>
        {
            Some((expression.span.clone(), format!(".{}", name.text)))
        }
        _ => {
            let call = Called::of(expression).filter(|call| VERBS.contains(&call.name.text.as_str()))?;
            is_it(call.given().next()?).then(|| (call.name.span.clone(), call.name.text.clone()))
        }
    }
}
