//! What `find_…` gives, used without asking whether it is there: it is `()` where nothing is found.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::*;
use crate::verbs::verb;
use std::collections::{HashMap, HashSet};

/// What a script does with such a value.
enum Use<'a> {
    /// It reads a field, calls a method or gives it to a verb.
    Needs(&'a Name),
    /// It asks, or does what is not followed.
    Asks,
}

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut uses: HashMap<usize, Vec<(usize, Use<'_>)>> = HashMap::new();
    let mut direct: Vec<(&str, &Expression, &Name)> = Vec::new();
    let mut asked: HashSet<&str> = HashSet::new();
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let Some(parent) = path.len().checked_sub(2).and_then(|nth| path.get(nth)) else { return };
        if let Some(name) = expression.variable()
            && let Some(declared) = facts.types.meant(name)
        {
            let used = match asks_in_vain(facts, path, name) {
                true => return,
                false => used(facts, parent, expression),
            };
            uses.entry(declared).or_default().push((name.span.start, used));
        } else if finds(facts, expression) {
            let text = facts.text.get(expression.span.clone()).unwrap_or("");
            match used(facts, parent, expression) {
                Use::Needs(what) => direct.push((text, expression, what)),
                Use::Asks
                    if matches!(
                        parent,
                        Node::Expression(Expression { kind: ExpressionKind::Binary { .. }, .. })
                    ) =>
                {
                    asked.insert(text);
                }
                Use::Asks => {}
            }
        }
    });
    for (nth, declared) in facts.scopes.declarations.iter().enumerate() {
        let Some(value) = origin(facts, declared.name.span.start) else { continue };
        if !finds(facts, value) || asked.contains(facts.text.get(value.span.clone()).unwrap_or("")) {
            continue;
        }
        let Some(uses) = uses.get_mut(&nth) else { continue };
        uses.sort_by_key(|(at, _)| *at);
        if let Some((_, Use::Needs(what))) = uses.first()
            && !facts.is_tried(&what.span)
        {
            found.push(told(&declared.name.text, value, what, Some(&declared.name)));
        }
    }
    for (text, value, what) in direct {
        if !asked.contains(text) && !facts.is_tried(&what.span) {
            found.push(told(text, value, what, None));
        }
    }
}

fn told(name: &str, value: &Expression, what: &Name, declared: Option<&Name>) -> Finding {
    let verb = Called::of(value).map_or("find_…", |call| call.name.text.as_str());
    let error = Error::new(
        Kind::Script,
        format!("`{name}` is `()` where nothing is found, and `{}` is read of it", what.text),
    )
    .coded("check::maybe_nothing")
    .at(Place::Verb, "nothing makes sure that it is there")
    .help(match declared {
        Some(name) => format!(
            "ask first, `if {0} != () {{ … }}`, or use `{1}(…)`, which says what is not there",
            name.text,
            verb.trim_start_matches("find_")
        ),
        None => format!(
            "write `?.{}`, or use `{}(…)`, which says what is not there",
            what.text,
            verb.trim_start_matches("find_")
        ),
    });
    let finding = Finding::warning(error, what.span.clone());
    match declared {
        Some(name) => finding.with(name.span.clone(), "may be `()`"),
        None => finding,
    }
}

/// Whether an expression is a call that gives `()` where nothing is found.
fn finds(facts: &Facts<'_>, expression: &Expression) -> bool {
    let Some(call) = Called::of(expression) else { return false };
    let name = call.name.text.as_str();
    call.modules.is_empty()
        && !facts.is_own(name)
        && name.starts_with("find_")
        && verb(name).is_some_and(|verb| matches!(verb.returns, Ty::Of(_)))
}

/// Whether this is the question of an `if x == () { … }` that goes on all the same: nothing in it leaves, or gives the variable
/// another value.
fn asks_in_vain(facts: &Facts<'_>, path: &[Node<'_>], name: &Name) -> bool {
    let [.., Node::Expression(around), Node::Expression(asked), Node::Expression(_)] = path else {
        return false;
    };
    let ExpressionKind::If { condition, then, otherwise: None } = &around.kind else { return false };
    let ExpressionKind::Binary { operator, left, right } = &asked.kind else { return false };
    let is_unit = |one: &Expression| matches!(one.kind, ExpressionKind::Unit);
    let in_condition = std::ptr::eq(&**condition, *asked);
    if !in_condition || operator.text != "==" || !(is_unit(left) || is_unit(right)) {
        return false;
    }
    let declared = facts.types.meant(name);
    let mut leads_on = true;
    let mut see = |node: &Node<'_>| match node {
        Node::Statement(Statement {
            kind:
                StatementKind::Return(_)
                | StatementKind::Throw(_)
                | StatementKind::Break(_)
                | StatementKind::Continue,
            ..
        }) => leads_on = false,
        Node::Statement(Statement { kind: StatementKind::Assign { target, .. }, .. }) => {
            leads_on &= target.variable().is_none_or(|name| facts.types.meant(name) != declared);
        }
        Node::Expression(expression) => {
            if let Some(call) = Called::of(expression) {
                let word = call.name.text.as_str();
                let ends = matches!(word, "exit" | "fail" | "assert" | "throw");
                leads_on &= !ends && !facts.is_own(word) && call.modules.is_empty();
            }
        }
        _ => {}
    };
    down(Node::Block(then), &mut see);
    leads_on
}

fn down(node: Node<'_>, see: &mut dyn FnMut(&Node<'_>)) {
    see(&node);
    children(node).into_iter().for_each(|child| down(child, see));
}

/// The value that a variable is declared with.
fn origin<'a>(facts: &Facts<'a>, name: usize) -> Option<&'a Expression> {
    facts.values.get(&name).copied()
}

/// What is done with a value.
fn used<'a>(facts: &Facts<'a>, parent: &Node<'a>, value: &'a Expression) -> Use<'a> {
    let Node::Expression(parent) = parent else { return Use::Asks };
    let safe =
        |name: &Name| facts.text.get(value.span.end..name.span.start).is_some_and(|dot| dot.contains('?'));
    match &parent.kind {
        ExpressionKind::Field { receiver, name }
            if std::ptr::eq(&**receiver, value) && !safe(name) && !name.text.is_empty() =>
        {
            Use::Needs(name)
        }
        ExpressionKind::Method { receiver, name, .. } if std::ptr::eq(&**receiver, value) && !safe(name) => {
            match verb(&name.text).is_some_and(|verb| verb.asks_cloud()) && !facts.is_own(&name.text) {
                true => Use::Needs(name),
                false => Use::Asks,
            }
        }
        ExpressionKind::Call { modules, name, arguments }
            if modules.is_empty() && !facts.is_own(&name.text) =>
        {
            let nth = arguments.list.iter().position(|one| std::ptr::eq(one, value)).unwrap_or(0);
            let takes = |verb: &&crate::verbs::Verb| {
                verb.forms.iter().all(|form| {
                    form.params
                        .get(nth)
                        .is_some_and(|param| param.required && matches!(param.ty, Ty::Ref(_) | Ty::AnyRef(_)))
                })
            };
            let missing_ok = arguments.list.iter().any(|one| match &one.kind {
                ExpressionKind::Map(entries) => entries.iter().any(|entry| entry.key.text == "missing_ok"),
                _ => false,
            });
            match verb(&name.text).filter(takes) {
                Some(_) if !missing_ok => Use::Needs(name),
                _ => Use::Asks,
            }
        }
        _ => Use::Asks,
    }
}
