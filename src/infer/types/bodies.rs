//! What a body can give: what it returns, and whether its end is reached.

use crate::syntax::tree::*;

/// What a body returns, without the closures in it.
pub(super) fn returns<'a>(node: Node<'a>, found: &mut Vec<Option<&'a Expression>>) {
    for child in children(node) {
        match child {
            Node::Statement(Statement { kind: StatementKind::Return(value), .. }) => {
                found.push(value.as_ref());
            }
            Node::Statement(Statement { kind: StatementKind::Function(_), .. })
            | Node::Expression(Expression { kind: ExpressionKind::Closure { .. }, .. }) => {}
            child => returns(child, found),
        }
    }
}

pub(super) fn ends_with_return(body: Node<'_>) -> bool {
    let block = match body {
        Node::Block(block) => block,
        Node::Statement(Statement { kind: StatementKind::Expression(expression), .. }) => {
            match &expression.kind {
                ExpressionKind::Block(block) => block,
                _ => return false,
            }
        }
        Node::Statement(statement) => return matches!(statement.kind, StatementKind::Return(_)),
        Node::Expression(_) => return false,
    };
    block.statements.last().is_some_and(|last| matches!(last.kind, StatementKind::Return(_)))
}
