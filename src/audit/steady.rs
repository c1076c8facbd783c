//! Which variables hold to the end what they were declared with: the others may be changed in place, and are not followed.

use crate::infer::{Called, Types};
use crate::syntax::tree::{Expression, ExpressionKind, Node, StatementKind, Tree};
use crate::verbs::language::builtins::{Does, built_in};
use crate::verbs::verb;
use std::collections::HashSet;

/// What is known of a source's values.
pub(super) struct Known<'t, 'a> {
    pub(super) types: &'t Types<'a>,
    /// Its functions.
    pub(super) own: Vec<&'a str>,
    /// Variables that are changed in place.
    pub(super) changed: HashSet<&'a str>,
}

impl<'t, 'a> Known<'t, 'a> {
    /// What is known of this source.
    pub(super) fn of(types: &'t Types<'a>, tree: &'a Tree) -> Known<'t, 'a> {
        let own = tree.functions().map(|function| function.name.text.as_str()).collect();
        Known { types, own, changed: changed(tree) }
    }

    /// What an expression stands for: of a variable that nothing changes, what it is declared with.
    pub(super) fn literal(&self, expression: &'a Expression) -> &'a Expression {
        let mut value = expression;
        for _ in 0..DEEPEST {
            let next = self.types.value_of(value).filter(|_| !is_changed(&self.changed, value));
            match next {
                Some(next) => value = next,
                None => break,
            }
        }
        value
    }
}

/// Variables are followed so far.
pub(super) const DEEPEST: usize = 50;

/// The names of variables that something may change in place, wherever in a source.
fn changed(tree: &Tree) -> HashSet<&str> {
    let own: HashSet<&str> = tree.functions().map(|function| function.name.text.as_str()).collect();
    let mut found = HashSet::new();
    tree.walk(&mut |path| match path.last() {
        Some(Node::Statement(statement)) => {
            if let StatementKind::Assign { target, .. } = &statement.kind {
                found.extend(head(target));
            }
        }
        Some(Node::Expression(expression)) => {
            if let Some(call) = Called::of(expression)
                && let Some(first) = call.given().next()
                && (!call.modules.is_empty() || may_change(&call.name.text, &own))
            {
                found.extend(head(first));
            }
        }
        _ => {}
    });
    found
}

/// Whether a function of this name may change its first argument in place.
fn may_change(name: &str, own: &HashSet<&str>) -> bool {
    if own.contains(name) || name == "for_each" {
        return true;
    }
    if verb(name).is_some() {
        return false;
    }
    built_in(name).is_none_or(|known| known.does == Does::Changes)
}

fn head(expression: &Expression) -> Option<&str> {
    match &expression.head().kind {
        ExpressionKind::Variable(name) => Some(&name.text),
        ExpressionKind::Path { name, .. } => Some(&name.text),
        _ => None,
    }
}

/// The variable that an expression reads, where it is one.
pub(super) fn is_changed(changed: &HashSet<&str>, expression: &Expression) -> bool {
    head(expression).is_some_and(|name| changed.contains(name))
}
