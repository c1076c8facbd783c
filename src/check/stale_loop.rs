//! A loop that waits for a field of a resource and never reads the resource again: it ends at once or never.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::tree::*;
use crate::verbs::{Effect, Verb, verb};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let ExpressionKind::Loop { condition, body } = &expression.kind else { return };
        let mut ends: Vec<&Expression> = condition.iter().map(|condition| &**condition).collect();
        let mut other_end = false;
        for statement in &body.statements {
            match &statement.kind {
                StatementKind::Expression(Expression {
                    kind: ExpressionKind::If { condition, then, .. },
                    ..
                }) if leaves(Node::Block(then)) => {
                    if waited(facts, condition).is_some() {
                        ends.push(condition);
                    } else {
                        other_end = true;
                    }
                }
                _ => other_end |= leaves(Node::Statement(statement)),
            }
        }
        let [end] = ends.as_slice() else { return };
        let Some((server, field)) = waited(facts, end) else { return };
        if may_read(facts, Node::Block(body)) || may_read(facts, Node::Expression(end)) {
            return;
        }
        let name = &server.text;
        let error = Error::new(
            Kind::Script,
            format!("this loop waits for `{name}.{}` and never reads `{name}` again", field.text),
        )
        .coded("check::stale_loop")
        .at(Place::Verb, "it stays as it was read")
        .help(format!(
            "write `{name}.wait_active();`, `{name}.wait_status(…);`, or `{name}.refresh();` in the loop"
        ));
        let span = server.span.start..field.span.end;
        found.push(match other_end {
            true => Finding::warning(error, span),
            false => facts.finding(error, span),
        });
    });
}

/// The variable and the field that a condition asks for, where that is all that may change in it.
fn waited<'a>(facts: &Facts<'a>, condition: &'a Expression) -> Option<(&'a Name, &'a Name)> {
    let mut asked = None;
    let mut others = false;
    look(Node::Expression(condition), &mut |expression| match &expression.kind {
        ExpressionKind::Field { receiver, name } => {
            let resource = matches!(facts.types.of(receiver), Some(Type::Of(_)));
            match receiver.variable().filter(|_| resource) {
                Some(variable) => asked = asked.or(Some((variable, name))),
                None => others = true,
            }
        }
        // What else the condition depends on may end the loop.
        ExpressionKind::Variable(_) | ExpressionKind::Path { .. } => others = true,
        ExpressionKind::Call { .. } | ExpressionKind::Method { .. } => others = true,
        _ => {}
    });
    asked.filter(|_| !others)
}

/// Visit expressions, without the variable in `variable.field`.
fn look<'a>(node: Node<'a>, see: &mut dyn FnMut(&'a Expression)) {
    if let Node::Expression(expression) = node {
        see(expression);
        if let ExpressionKind::Field { receiver, .. } = &expression.kind
            && receiver.variable().is_some()
        {
            return;
        }
    }
    children(node).into_iter().for_each(|child| look(child, see));
}

/// Whether a loop may end within.
fn leaves(node: Node<'_>) -> bool {
    match node {
        Node::Statement(statement) => match &statement.kind {
            StatementKind::Break(_) | StatementKind::Return(_) | StatementKind::Throw(_) => return true,
            StatementKind::Function(_) => return false,
            _ => {}
        },
        Node::Expression(expression) => match &expression.kind {
            ExpressionKind::Closure { .. } => return false,
            ExpressionKind::Call { name, .. } if ["exit", "fail"].contains(&name.text.as_str()) => {
                return true;
            }
            _ => {}
        },
        Node::Block(_) => {}
    }
    children(node).into_iter().any(leaves)
}

/// Whether something there may read a resource anew, assign one, or do what is not known.
fn may_read(facts: &Facts<'_>, node: Node<'_>) -> bool {
    let here = match node {
        Node::Statement(statement) => match &statement.kind {
            StatementKind::Assign { value, target, .. } => target.variable().is_none_or(|_| {
                !matches!(
                    facts.types.of(value),
                    Some(Type::Int | Type::Text | Type::Bool | Type::Float | Type::Time | Type::Duration)
                )
            }),
            StatementKind::Broken => true,
            _ => false,
        },
        Node::Expression(expression) => match Called::of(expression) {
            Some(call) => !harmless(facts, &call),
            None => matches!(expression.kind, ExpressionKind::Closure { .. } | ExpressionKind::Missing),
        },
        Node::Block(_) => false,
    };
    here || children(node).into_iter().any(|child| may_read(facts, child))
}

/// Whether a call changes no object that the script holds.
fn harmless(facts: &Facts<'_>, call: &Called<'_>) -> bool {
    let name = call.name.text.as_str();
    if !call.modules.is_empty() || facts.is_own(name) {
        return false;
    }
    match verb(name) {
        Some(verb) => {
            verb.name == "sleep"
                || lists_anew(verb)
                || (!verb.asks_cloud() && matches!(verb.effect, Effect::Nothing) && verb.name != "parallel")
        }
        None => ["print", "debug", "len", "to_string"].contains(&name),
    }
}

/// Whether a verb gives new objects, and leaves those that are there as they are.
fn lists_anew(verb: &Verb) -> bool {
    matches!(verb.effect, Effect::Reads)
        && (matches!(verb.returns, Ty::ArrayOf(Ty::Of(_))) || verb.name.starts_with("find_"))
}
