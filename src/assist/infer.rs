//! What is known of an expression: what verbs and fields declare, followed through variables, chains and closures.
//!
//! For offering, not for judging: where a variable has had several kinds of value, the first will do.

use super::environment::{Environment, Function};
use super::known::{self, Known};
use crate::cloud::{Noun, Ty};
use crate::syntax::parse;
use crate::syntax::scope::{Scopes, scopes};
use crate::syntax::tree::{
    Block, Expression, ExpressionKind as E, Node, Statement, StatementKind as S, Tree, children,
};
use crate::verbs::language::param_type::ParamType;
use crate::verbs::{Verb, verb};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// No chain of variables and functions is followed further.
const FAR: usize = 100;

/// No question looks at more expressions: someone waits for the answer while typing.
const STEPS: usize = 20_000;

/// Where a name's value comes from.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Value(&'a Expression),
    Item(&'a Expression, usize),
    Param { closure: &'a Expression, call: &'a Expression, nth: usize },
    Caught,
}

/// What is known of the expressions of a text.
pub(super) struct Reader<'a> {
    tree: &'a Tree,
    scopes: Scopes,
    environment: &'a dyn Environment,
    /// By the byte where a name is declared.
    origins: HashMap<usize, Vec<Origin<'a>>>,
    /// The declaration that a variable means, by the bytes where the two begin.
    meant: HashMap<usize, usize>,
    /// What was found out of declarations.
    found: RefCell<HashMap<usize, Known>>,
    steps: Cell<usize>,
}

/// A closure that is an argument of a call.
fn handed<'a>(parent: Option<&Node<'a>>) -> Option<&'a Expression> {
    match parent {
        Some(Node::Expression(call)) if matches!(call.kind, E::Call { .. } | E::Method { .. }) => Some(call),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    /// Read a tree.
    pub(super) fn new(tree: &'a Tree, environment: &'a dyn Environment) -> Reader<'a> {
        let scopes = scopes(tree);
        let mut origins: HashMap<usize, Vec<Origin<'a>>> = HashMap::new();
        let mut assigned: Vec<(usize, &'a Expression)> = Vec::new();
        tree.walk(&mut |path| {
            let parent = path.len().checked_sub(2).and_then(|nth| path.get(nth));
            match path.last() {
                Some(Node::Statement(statement)) => match &statement.kind {
                    S::Let { name, value: Some(value), .. } => {
                        origins.entry(name.span.start).or_default().push(Origin::Value(value));
                    }
                    S::Assign { target, value, .. } => {
                        if let Some(name) = target.variable() {
                            assigned.push((name.span.start, value));
                        }
                    }
                    S::Try { name: Some(name), .. } => {
                        origins.entry(name.span.start).or_default().push(Origin::Caught);
                    }
                    _ => {}
                },
                Some(Node::Expression(expression)) => match &expression.kind {
                    E::For { names, items, .. } => {
                        for (nth, name) in names.iter().enumerate() {
                            origins.entry(name.span.start).or_default().push(Origin::Item(items, nth));
                        }
                    }
                    E::Closure { params, .. } => {
                        for (nth, name) in params.iter().enumerate() {
                            if let Some(call) = handed(parent) {
                                let origin = Origin::Param { closure: expression, call, nth };
                                origins.entry(name.span.start).or_default().push(origin);
                            }
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        });
        let meant: HashMap<usize, usize> = scopes
            .uses
            .iter()
            .filter_map(|used| {
                let declared = scopes.declarations.get(used.declaration?)?;
                Some((used.name.span.start, declared.name.span.start))
            })
            .collect();
        for (at, value) in assigned {
            if let Some(declared) = meant.get(&at) {
                origins.entry(*declared).or_default().push(Origin::Value(value));
            }
        }
        let (found, steps) = (RefCell::default(), Cell::default());
        Reader { tree, scopes, environment, origins, meant, found, steps }
    }

    /// The names that are seen at a byte.
    pub(super) fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is known of an expression.
    pub(super) fn of(&self, expression: &Expression) -> Known {
        self.far(expression, 0)
    }

    /// What is known of the variable that is declared at a byte.
    pub(super) fn declared_at(&self, at: usize) -> Known {
        self.declared(at, 0)
    }

    /// What is known of the receiver of the field or method whose name begins at a byte.
    pub(super) fn receiver(&self, at: usize) -> Known {
        self.receiver_expression(at).map_or(Known::Anything, |receiver| self.of(receiver))
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
    pub(super) fn indexed(&self, open: usize) -> Known {
        let mut found = Known::Anything;
        self.tree.walk(&mut |path| {
            if let Some(Node::Expression(expression)) = path.last()
                && let E::Index { receiver, .. } = &expression.kind
                && receiver.span.end <= open
                && open < expression.span.end
            {
                found = self.of(receiver);
            }
        });
        found
    }

    fn declared(&self, at: usize, far: usize) -> Known {
        if let Some(known) = self.found.borrow().get(&at) {
            return known.clone();
        }
        // A variable whose value leads back to itself is not followed around.
        self.found.borrow_mut().insert(at, Known::Anything);
        let known = self.originally(at, far);
        self.found.borrow_mut().insert(at, known.clone());
        known
    }

    fn originally(&self, at: usize, far: usize) -> Known {
        let none = Vec::new();
        let mut first = None;
        for origin in self.origins.get(&at).unwrap_or(&none) {
            let known = match origin {
                Origin::Value(value) => self.far(value, far + 1),
                Origin::Item(items, 0) => known::element(&self.far(items, far + 1)),
                Origin::Item(..) => Known::Number,
                Origin::Param { closure, call, nth } => self.param(closure, call, *nth, far + 1),
                Origin::Caught => Known::Error,
            };
            if !matches!(known, Known::Anything | Known::Nothing) {
                return known;
            }
            first.get_or_insert(known);
        }
        first.unwrap_or(Known::Anything)
    }

    /// What a closure is given by the call that it is handed to.
    fn param(&self, closure: &Expression, call: &Expression, nth: usize, far: usize) -> Known {
        let (name, over) = match &call.kind {
            E::Method { receiver, name, .. } => (name, self.far(receiver, far + 1)),
            E::Call { name, arguments, .. } => match arguments.list.first() {
                Some(first) if first.span != closure.span => (name, self.far(first, far + 1)),
                _ => return Known::Anything,
            },
            _ => return Known::Anything,
        };
        match (name.text.as_str(), nth) {
            ("reduce" | "reduce_rev", 0) => Known::Anything,
            ("reduce" | "reduce_rev", 1) => known::element(&over),
            ("sort", _) | (_, 0) => known::element(&over),
            _ => Known::Anything,
        }
    }

    fn far(&self, expression: &Expression, far: usize) -> Known {
        self.steps.set(self.steps.get() + 1);
        if far > FAR || self.steps.get() > STEPS {
            return Known::Anything;
        }
        match &expression.kind {
            E::Unit => Known::Nothing,
            E::Bool(_) => Known::Bool,
            E::Int(_) | E::Float => Known::Number,
            E::Text(_) | E::Template(_) | E::Char => Known::Text,
            E::Array(items) => {
                let first = items.first().map_or(Known::Anything, |first| self.far(first, far + 1));
                Known::array(first)
            }
            E::Map(entries) => Known::map(
                entries
                    .iter()
                    .filter(|entry| !entry.key.text.is_empty())
                    .map(|entry| (entry.key.text.clone(), self.far(&entry.value, far + 1))),
            ),
            E::Variable(name) => self.variable(name.span.start, &name.text, far),
            E::Path { modules, name } => {
                self.path(modules.first().map(|one| one.text.as_str()), &name.text, far)
            }
            E::Call { modules, name, arguments } => {
                let given = || -> Vec<Known> {
                    arguments.list.iter().map(|argument| self.far(argument, far + 1)).collect()
                };
                if let Some(module) = modules.first() {
                    return self.module_call(&module.text, &name.text, far);
                }
                if let Some(found) = self.function(&name.text, far) {
                    return found;
                }
                self.call(&name.text, given(), &arguments.list, far)
            }
            E::Method { receiver, name, arguments } => {
                let mut given = vec![self.far(receiver, far + 1)];
                given.extend(arguments.list.iter().map(|argument| self.far(argument, far + 1)));
                if let (Known::Closure, "call") = (&given[0], name.text.as_str()) {
                    return Known::Anything;
                }
                self.call(&name.text, given, &arguments.list, far)
            }
            E::Field { receiver, name } => known::field(&self.far(receiver, far + 1), &name.text),
            E::Index { receiver, index } => match (self.far(receiver, far + 1), index.text()) {
                (Known::Array(one), None) => (*one).clone(),
                (Known::Map(map), Some(key)) => map.get(key).cloned().unwrap_or(Known::Anything),
                _ => Known::Anything,
            },
            E::Unary { operator, operand } => match operator.text.as_str() {
                "!" => Known::Bool,
                _ => self.far(operand, far + 1),
            },
            E::Binary { operator, left, right } => match operator.text.as_str() {
                "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" | "in" | "!in" => Known::Bool,
                ".." | "..=" => Known::array(Known::Number),
                "??" => match self.far(left, far + 1) {
                    Known::Anything | Known::Nothing => self.far(right, far + 1),
                    known => known,
                },
                operator => known::joined(operator, self.far(left, far + 1), || self.far(right, far + 1)),
            },
            E::If { then, otherwise, .. } => match (self.block(then, far + 1), otherwise) {
                (Known::Anything | Known::Nothing, Some(otherwise)) => self.far(otherwise, far + 1),
                (known, _) => known,
            },
            E::Switch { arms, .. } => {
                arms.first().map_or(Known::Anything, |arm| self.statement(&arm.body, far + 1))
            }
            E::Block(block) => self.block(block, far + 1),
            E::Closure { .. } => Known::Closure,
            E::For { .. } | E::Loop { .. } | E::Missing => Known::Anything,
        }
    }

    fn variable(&self, at: usize, name: &str, far: usize) -> Known {
        match self.meant.get(&at) {
            Some(declared) => self.declared(*declared, far),
            None => self.environment.variable(name).unwrap_or(Known::Anything),
        }
    }

    fn path(&self, module: Option<&str>, name: &str, far: usize) -> Known {
        if module != Some("global") {
            return Known::Anything;
        }
        let declared = self.scopes.declarations.iter().find(|one| one.top && one.name.text == name);
        match declared {
            Some(declared) => self.declared(declared.name.span.start, far),
            None => self.environment.variable(name).unwrap_or(Known::Anything),
        }
    }

    fn statement(&self, statement: &Statement, far: usize) -> Known {
        match &statement.kind {
            S::Expression(expression) => self.far(expression, far),
            S::Return(Some(value)) => self.far(value, far),
            _ => Known::Nothing,
        }
    }

    fn block(&self, block: &Block, far: usize) -> Known {
        match block.statements.last() {
            Some(last) if !last.closed || matches!(last.kind, S::Return(_)) => self.statement(last, far),
            _ => Known::Nothing,
        }
    }

    /// What a function of this script gives: its last expression, or else what it returns first.
    fn function(&self, name: &str, far: usize) -> Option<Known> {
        let function = self.tree.functions().find(|function| function.name.text == name)?;
        let last = self.block(&function.body, far + 1);
        if !matches!(last, Known::Anything | Known::Nothing) {
            return Some(last);
        }
        Some(returned(Node::Block(&function.body)).map_or(last, |value| self.far(value, far + 1)))
    }

    fn module_call(&self, module: &str, name: &str, far: usize) -> Known {
        // A module's functions may call others: so much further away.
        let Some(text) = self.module_text(module).filter(|_| far < FAR / 2) else { return Known::Anything };
        let tree = parse(&text);
        let reader = Reader::new(&tree, &super::environment::Nothing);
        reader.function(name, far + FAR / 2).unwrap_or(Known::Anything)
    }

    /// The text of the module that is called so here.
    pub(super) fn module_text(&self, module: &str) -> Option<String> {
        let mut path = None;
        self.tree.walk(&mut |nodes| {
            if let Some(Node::Statement(statement)) = nodes.last()
                && let S::Import { path: from, alias: Some(alias) } = &statement.kind
                && alias.text == module
            {
                path = from.text().map(str::to_string).or(path.take());
            }
        });
        let earlier = || self.environment.modules().into_iter().find(|(name, _)| name == module);
        let path = path.or_else(|| earlier().map(|(_, path)| path))?;
        let standard = || crate::script::modules::STDLIB.iter().find(|(name, _)| *name == path);
        self.environment.module(&path).or_else(|| standard().map(|(_, text)| text.to_string()))
    }

    /// The functions that this script defines.
    pub(super) fn functions(&self) -> Vec<Function> {
        functions(self.tree, true)
    }

    fn call(&self, name: &str, given: Vec<Known>, arguments: &[Expression], far: usize) -> Known {
        let first = given.first().cloned().unwrap_or(Known::Anything);
        let text = |nth: usize| arguments.get(nth).and_then(Expression::text);
        match name {
            "cloud" => return Known::Cloud(text(0).map(str::to_string)),
            "order_by" => return first,
            "get" => return known::field(&first, text(arguments.len().saturating_sub(2)).unwrap_or("")),
            "param" => return parameter(arguments.get(1), given.get(1)),
            "map" => {
                let body = arguments.last().and_then(|closure| match &closure.kind {
                    E::Closure { body, .. } => Some(self.statement(body, far + 1)),
                    _ => None,
                });
                if let (Known::Array(_), Some(body)) = (&first, body) {
                    return Known::array(body);
                }
            }
            _ => {}
        }
        match verb(name) {
            Some(found) if name != "snapshot" || !matches!(first, Known::Array(_)) => given_by(found, &given),
            Some(found) => Known::array(Known::declared(&found.returns)),
            None => known::built_in(name, &first),
        }
    }
}

/// What a script's parameter is, by its type's word or by its default.
fn parameter(written: Option<&Expression>, given: Option<&Known>) -> Known {
    let word = match written.map(|written| &written.kind) {
        Some(E::Map(entries)) => {
            entries.iter().find(|entry| entry.key.text == "type").and_then(|entry| entry.value.text())
        }
        _ => None,
    };
    match (word.and_then(ParamType::called), given) {
        (Some(ty), _) => Known::declared(&ty.gives()),
        (_, Some(Known::Map(map))) => map.get("default").cloned().unwrap_or(Known::Text),
        (_, Some(default)) => default.clone(),
        (_, None) => Known::Text,
    }
}

/// What a verb gives for what is known of its arguments; a cloud in front is none of them.
fn given_by(verb: &Verb, given: &[Known]) -> Known {
    let given = match given {
        [Known::Cloud(_), rest @ ..] if !verb.on.is_empty() => rest,
        all => all,
    };
    let one = |first: &Known| match verb.returns {
        Ty::Same => match first {
            Known::Text => Known::Noun(Noun::Server),
            other => other.clone(),
        },
        ref ty => Known::declared(ty),
    };
    match given.first() {
        Some(Known::Array(item)) if verb.takes_many() => Known::array(one(item)),
        Some(first) => one(first),
        None => one(&Known::Anything),
    }
}

fn returned<'a>(node: Node<'a>) -> Option<&'a Expression> {
    if let Node::Statement(statement) = node {
        match &statement.kind {
            S::Return(Some(value)) => return Some(value),
            S::Function(_) => return None,
            _ => {}
        }
    }
    if let Node::Expression(expression) = node
        && matches!(expression.kind, E::Closure { .. })
    {
        return None;
    }
    children(node).into_iter().find_map(returned)
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
