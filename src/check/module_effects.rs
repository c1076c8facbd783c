//! A module that does something when it is imported: it runs once, at a moment that nobody chose, for whoever imports it.

use super::facts::Facts;
use super::{Finding, Severity};
use crate::cloud::{Error, Kind};
use crate::infer::Called;
use crate::script::modules;
use crate::script::session::Session;
use crate::syntax::tree::{Expression, ExpressionKind, Function, Node, StatementKind, Tree, children};
use crate::syntax::{self};
use crate::verbs::verb;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Functions that call functions are followed so deep.
const DEEPEST: usize = 20;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if !facts.module {
        return;
    }
    let source = Source { session: facts.session, name: facts.name, tree: facts.tree };
    for statement in &facts.tree.block.statements {
        if matches!(statement.kind, StatementKind::Function(_)) {
            continue;
        }
        source.at_once(Node::Statement(statement), &mut |call, expression| {
            let Some(does) = source.effect(call, 0) else { return };
            let error = Error::new(Kind::Script, format!("a module's top level does nothing: `{does}` does"))
                .coded("check::module_effect")
                .help("put it into a function, and give the function what it needs as arguments");
            let error = error.at(crate::cloud::error::Place::Verb, "this runs when the module is imported");
            found.push(Finding {
                severity: Severity::Error,
                ..Finding::error(error, expression.span.clone())
            });
        });
    }
}

/// A text whose functions may be called.
struct Source<'a> {
    session: &'a Arc<Session>,
    name: &'a str,
    tree: &'a Tree,
}

impl<'a> Source<'a> {
    /// Visit the calls that are made when a node is evaluated: not those in closures that are kept.
    fn at_once(&self, node: Node<'a>, visit: &mut dyn FnMut(&Called<'a>, &'a Expression)) {
        if let Node::Statement(statement) = node
            && matches!(statement.kind, StatementKind::Function(_))
        {
            return;
        }
        let mut given = false;
        if let Node::Expression(expression) = node
            && let Some(call) = Called::of(expression)
        {
            visit(&call, expression);
            given = true;
        }
        for child in children(node) {
            // A closure that a call is given may run at once; one that is kept does not.
            let kept =
                matches!(child, Node::Expression(one) if matches!(one.kind, ExpressionKind::Closure { .. }));
            if !kept || given {
                self.at_once(child, visit);
            }
        }
    }

    /// The verb by which a call leaves the script's own world, where it may.
    fn effect(&self, call: &Called<'a>, depth: usize) -> Option<String> {
        let name = call.name.text.as_str();
        if depth > DEEPEST {
            return Some(name.to_string());
        }
        if let Some(module) = call.modules.first() {
            return self.of_module(&module.text, name, depth);
        }
        let own: Vec<&Function> =
            self.tree.functions().filter(|function| function.name.text == name).collect();
        if own.is_empty() {
            let verb = verb(name)?;
            return (!verb.effect.is_pure() || name == "param").then(|| name.to_string());
        }
        own.into_iter().find_map(|function| self.of_function(function, depth + 1))
    }

    fn of_function(&self, function: &'a Function, depth: usize) -> Option<String> {
        let mut found = None;
        for statement in &function.body.statements {
            self.at_once(Node::Statement(statement), &mut |call, _| {
                if found.is_none() {
                    found = self.effect(call, depth);
                }
            });
        }
        found
    }

    fn of_module(&self, alias: &str, name: &str, depth: usize) -> Option<String> {
        let paths: BTreeMap<String, String> = super::imports::imports(self.tree)
            .into_iter()
            .filter_map(|import| Some((import.alias?, import.path)))
            .collect();
        let (source, text) = modules::find(self.session, self.name, paths.get(alias)?).ok()?;
        let tree = syntax::parse(&text);
        let of = Source { session: self.session, name: &source, tree: &tree };
        let function = tree.functions().find(|function| function.name.text == name)?;
        of.of_function(function, depth + 1)
    }
}
