//! A call that stands in a text, in either of its forms: `name(x)` and `x.name()`.

use crate::syntax::tree::{Arguments, Expression, ExpressionKind, Name};

/// A call that stands in a text.
pub struct Called<'a> {
    /// The whole of it.
    pub expression: &'a Expression,
    /// The modules in front of the name; none for a plain call.
    pub modules: &'a [Name],
    /// The function's name.
    pub name: &'a Name,
    /// What it is called on, of `receiver.name(…)`.
    pub receiver: Option<&'a Expression>,
    /// What stands between the parentheses.
    pub arguments: &'a Arguments,
}

impl<'a> Called<'a> {
    /// The call that an expression is.
    pub fn of(expression: &'a Expression) -> Option<Called<'a>> {
        match &expression.kind {
            ExpressionKind::Call { modules, name, arguments } => {
                Some(Called { expression, modules, name, receiver: None, arguments })
            }
            ExpressionKind::Method { receiver, name, arguments } => {
                Some(Called { expression, modules: &[], name, receiver: Some(receiver), arguments })
            }
            _ => None,
        }
    }

    /// The arguments, what it is called on first.
    pub fn given(&self) -> impl Iterator<Item = &'a Expression> + use<'a> {
        self.receiver.into_iter().chain(self.arguments.list.iter())
    }

    /// Whether it is `name(…)` or `x.name(…)`, and no function of a module.
    pub fn is_plain(&self, name: &str) -> bool {
        self.modules.is_empty() && self.name.text == name
    }
}
