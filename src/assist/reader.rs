//! A text as an editor asks about it: what its expressions most likely are, by place.

use super::environment::{Environment, Function};
use crate::infer::{Question, Type, Types};
use crate::syntax::scope::{Scopes, scopes};
use crate::syntax::tree::{Expression, ExpressionKind as E, Node, StatementKind as S, Tree};
use std::rc::Rc;

/// What is known of the expressions of a text.
pub(super) struct Reader<'a> {
    tree: &'a Tree,
    scopes: Rc<Scopes>,
    types: Types<'a>,
    environment: &'a dyn Environment,
}

impl<'a> Reader<'a> {
    /// Read a tree.
    pub(super) fn new(tree: &'a Tree, environment: &'a dyn Environment) -> Reader<'a> {
        let scopes = Rc::new(scopes(tree));
        let names = environment.variables().into_iter();
        let seeds = names.filter_map(|name| Some((environment.variable(&name)?, name)));
        let seeds = seeds.map(|(known, name)| (name, known)).collect();
        let modules = Box::new(move |name: &str| module_text(tree, environment, name));
        let types = Types::new(tree, scopes.clone(), Question::Likely, seeds, modules);
        Reader { tree, scopes, types, environment }
    }

    /// The names that are seen at a byte.
    pub(super) fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is known of the variable that is declared at a byte.
    pub(super) fn declared_at(&self, at: usize) -> Option<Type> {
        let nth = self.scopes.declarations.iter().position(|one| one.name.span.start == at)?;
        self.types.declaration(nth)
    }

    /// What is known of the receiver of the field or method whose name begins at a byte.
    pub(super) fn receiver(&self, at: usize) -> Option<Type> {
        self.types.of(self.receiver_expression(at)?)
    }

    /// That receiver.
    pub(super) fn receiver_expression(&self, at: usize) -> Option<&'a Expression> {
        let mut found = None;
        self.tree.walk(&mut |path| {
            if let Some(Node::Expression(expression)) = path.last()
                && let E::Field { receiver, name } | E::Method { receiver, name, .. } = &expression.kind
                && name.span.start == at
            {
                found = Some(&**receiver);
            }
        });
        found
    }

    /// What is known of the thing that ends at a byte, where an index opens.
    pub(super) fn indexed(&self, open: usize) -> Option<Type> {
        let mut found = None;
        self.tree.walk(&mut |path| {
            if let Some(Node::Expression(expression)) = path.last()
                && let E::Index { receiver, .. } = &expression.kind
                && receiver.span.end <= open
                && open < expression.span.end
            {
                found = self.types.of(receiver);
            }
        });
        found
    }

    /// The text of the module that is called so here.
    pub(super) fn module_text(&self, module: &str) -> Option<String> {
        module_text(self.tree, self.environment, module)
    }

    /// The functions that this script defines.
    pub(super) fn functions(&self) -> Vec<Function> {
        functions(self.tree, true)
    }
}

fn module_text(tree: &Tree, environment: &dyn Environment, module: &str) -> Option<String> {
    let mut path = None;
    tree.walk(&mut |nodes| {
        if let Some(Node::Statement(statement)) = nodes.last()
            && let S::Import { path: from, alias: Some(alias) } = &statement.kind
            && alias.text == module
        {
            path = from.text().map(str::to_string).or(path.take());
        }
    });
    let earlier = || environment.modules().into_iter().find(|(name, _)| name == module);
    let path = path.or_else(|| earlier().map(|(_, path)| path))?;
    let standard = || crate::script::modules::STDLIB.iter().find(|(name, _)| *name == path);
    environment.module(&path).or_else(|| standard().map(|(_, text)| text.to_string()))
}

/// The functions of a text; those that importers do not see are left out unless it is the text itself.
pub(super) fn functions(tree: &Tree, own: bool) -> Vec<Function> {
    let seen =
        tree.functions().filter(|function| (own || !function.private) && !function.name.text.is_empty());
    seen.map(|function| Function {
        name: function.name.text.clone(),
        params: function.params.iter().map(|param| param.text.clone()).collect(),
        comment: function.comment.clone(),
    })
    .collect()
}

/// The reader's word for what is known of a value; nothing where nothing is.
pub(super) fn word(known: Option<&Type>) -> &'static str {
    known.map_or("", Type::word)
}
