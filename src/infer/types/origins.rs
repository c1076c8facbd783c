//! Where names have their values from: one walk over the tree, before anything is asked.

use super::{Origin, Types};
use crate::infer::calls;
use crate::syntax::tree::*;

impl<'a> Types<'a> {
    pub(super) fn read(&mut self, path: &[Node<'a>], throws: bool) {
        match path.last() {
            Some(Node::Statement(statement)) => match &statement.kind {
                StatementKind::Let { name, value, constant, .. } => {
                    let origin = value.as_ref().map_or(Origin::Unknown, Origin::Value);
                    self.origins.insert(name.span.start, origin);
                    if let (true, Some(value), 2) = (constant, value, path.len()) {
                        self.constants.insert(&name.text, value);
                    }
                }
                StatementKind::Assign { target, operator, value } => match target.variable() {
                    Some(name) => {
                        if let Some(at) = self.meant(name) {
                            self.assigned.entry(at).or_default().push((&operator.text, value));
                        }
                    }
                    None => self.touch(target.head()),
                },
                StatementKind::Try { name: Some(name), .. } => {
                    self.origins.insert(name.span.start, Origin::Caught(throws));
                }
                _ => {}
            },
            Some(Node::Expression(expression)) => self.read_expression(expression, path),
            _ => {}
        }
    }

    fn read_expression(&mut self, expression: &'a Expression, path: &[Node<'a>]) {
        match &expression.kind {
            ExpressionKind::For { names, items, .. } => {
                for (nth, name) in names.iter().enumerate() {
                    let origin = if nth == 0 { Origin::Element(items) } else { Origin::Counter };
                    self.origins.insert(name.span.start, origin);
                }
            }
            ExpressionKind::Closure { params, .. } => {
                let call = path.iter().rev().nth(1).and_then(|node| match node {
                    Node::Expression(call) => Some(*call),
                    _ => None,
                });
                for (nth, param) in params.iter().enumerate() {
                    let origin = call.map_or(Origin::Unknown, |call| Origin::Closure(expression, call, nth));
                    self.origins.insert(param.span.start, origin);
                }
            }
            ExpressionKind::Method { receiver, name, .. } => {
                if calls::changes_in_place(&name.text) {
                    self.touch(receiver.head());
                }
                if self.is_own(&name.text) {
                    self.open.insert(&name.text);
                }
            }
            ExpressionKind::Call { modules, name, arguments } => {
                if let Some(first) = arguments.list.first().filter(|_| calls::changes_in_place(&name.text)) {
                    self.touch(first.head());
                }
                if modules.is_empty() && self.is_own(&name.text) {
                    self.callers.entry(&name.text).or_default().push(&arguments.list);
                }
                // `Fn("name")`, and whatever else is given a function's name.
                if let Some(text) = arguments.list.first().and_then(Expression::text)
                    && self.is_own(text)
                {
                    self.open.insert(text);
                }
            }
            ExpressionKind::Variable(name) if self.is_own(&name.text) => {
                self.open.insert(&name.text);
            }
            _ => {}
        }
    }

    fn touch(&mut self, head: &Expression) {
        let touched = head.variable().and_then(|name| self.meant(name));
        if let Some(slot) = touched.and_then(|at| self.touched.get_mut(at)) {
            *slot = true;
        }
    }
}

/// Whether a script throws something else than text: then what is caught may be anything.
pub(super) fn throws_values(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |path| {
        if let Some(Node::Statement(statement)) = path.last()
            && let StatementKind::Throw(Some(value)) = &statement.kind
        {
            found |= !matches!(
                value.kind,
                ExpressionKind::Text(_) | ExpressionKind::Template(_) | ExpressionKind::Variable(_)
            );
        }
    });
    found
}
