//! A server or a volume that was only just asked for: it has no address before it runs, and takes no action.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::*;
use crate::verbs::{Effect, verb};

/// The fields that a server has when it runs.
const FIELDS: [&str; 5] = ["ip", "public_ip", "private_ip", "ipv6", "addresses"];
/// The verbs that ask for the same.
const VERBS: [&str; 3] = ["addresses", "console_log", "console_url"];
/// The verbs that a cloud refuses before the server runs, or the volume is there.
const ACTIONS: [&str; 15] = [
    "associate_ip",
    "attach",
    "detach",
    "extend",
    "migrate",
    "pause",
    "reboot",
    "rebuild",
    "rescue",
    "resize",
    "set_password",
    "shelve",
    "snapshot",
    "stop",
    "suspend",
];
/// No more statements behind are looked at: what is far off has most often been waited for by other ways.
const FAR: usize = 60;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        for (nth, statement) in block.statements.iter().enumerate() {
            if let StatementKind::Let { name, value: Some(value), .. } = &statement.kind
                && is_boot(facts, value)
            {
                let behind = block.statements.get(nth + 1..).unwrap_or(&[]);
                found.extend(too_early(facts, name, behind.get(..FAR).unwrap_or(behind)));
            }
        }
    });
}

/// Whether it is `boot(…)` that does not wait.
fn is_boot(facts: &Facts<'_>, value: &Expression) -> bool {
    let made = |call: &Called<'_>| {
        ["boot", "create_volume"].into_iter().any(|verb| call.is_plain(verb) && !facts.is_own(verb))
    };
    let Some(call) = Called::of(value).filter(made) else { return false };
    match call.arguments.list.last().map(|last| &last.kind) {
        Some(ExpressionKind::Map(entries)) => {
            !entries.iter().any(|entry| ["wait", "count"].contains(&entry.key.text.as_str()))
        }
        _ => call.is_plain("create_volume"),
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
            let name = &server.text;
            let (message, wait) = match ACTIONS.contains(&what.as_str()) {
                true => (format!("`{name}` is not ready yet when `{what}` is called"), "wait_ready"),
                false => (format!("`{name}` is not up yet when `{what}` is read"), "wait_active"),
            };
            let error = Error::new(Kind::Script, message)
                .coded("check::not_ready")
                .at(Place::Verb, "nothing has waited for it")
                .help(format!("write `{name}.{wait}();` before"));
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
        one.variable().filter(|name| name.text == server.text).is_some_and(|name| {
            let declared = facts.types.meant(name).and_then(|at| facts.scopes.declarations.get(at));
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
            let call = Called::of(expression)?;
            let name = call.name.text.as_str();
            let acts = ACTIONS.contains(&name);
            if !acts && !VERBS.contains(&name) {
                return None;
            }
            let taken = call.given().take(if acts { 2 } else { 1 }).any(is_it);
            taken.then(|| (call.name.span.clone(), call.name.text.clone()))
        }
    }
}
