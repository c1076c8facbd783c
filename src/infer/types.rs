//! The types of a text's expressions.

mod bodies;
mod origins;

use self::bodies::{ends_with_return, returns};
use super::ty::same;
use super::{Type, calls};
use crate::syntax::scope::{Declares, Scopes};
use crate::syntax::tree::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// What a value is for certain.
    Certain,
    /// What a value most likely is.
    Likely,
}

/// No chain of variables, functions and calls is followed further.
const FAR: usize = 200;

/// Where a name has a value from.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Value(&'a Expression),
    /// An element of it.
    Element(&'a Expression),
    Counter,
    /// A parameter of a closure that stands in a call: the closure, the call, and the parameter's number.
    Closure(&'a Expression, &'a Expression, usize),
    /// A parameter of a function of the script, by the function's number and the parameter's.
    Param(usize, usize),
    /// An error, of a `try` that may throw something else.
    Caught(bool),
    Unknown,
}

/// The text of a module by its name in the script; `None` where it is not known.
type Modules<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// The types of a text's expressions.
pub struct Types<'a> {
    pub(super) question: Question,
    scopes: Rc<Scopes>,
    seeds: BTreeMap<String, Type>,
    modules: Modules<'a>,
    origins: HashMap<usize, Origin<'a>>,
    assigned: HashMap<usize, Vec<(&'a str, &'a Expression)>>,
    uses: HashMap<usize, usize>,
    constants: BTreeMap<&'a str, &'a Expression>,
    functions: Vec<&'a Function>,
    by_name: HashMap<&'a str, Vec<usize>>,
    /// The arguments of each plain call of a function of the script.
    callers: HashMap<&'a str, Vec<&'a [Expression]>>,
    /// Functions that are called in ways that are not followed: as a method, or by a value.
    open: HashSet<&'a str>,
    /// Variables that something in place is called on, or that are written in part: what they hold is not known.
    touched: Vec<bool>,
    declared: RefCell<HashMap<usize, Option<Type>>>,
    known: RefCell<HashMap<*const Expression, Option<Type>>>,
    depth: Cell<usize>,
}

impl<'a> Types<'a> {
    /// Of a tree; `seeds` are variables that are there before it, as in a session that goes on.
    pub fn new(
        tree: &'a Tree,
        scopes: Rc<Scopes>,
        question: Question,
        seeds: BTreeMap<String, Type>,
        modules: Modules<'a>,
    ) -> Types<'a> {
        let functions: Vec<&Function> = tree.functions().collect();
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (nth, function) in functions.iter().enumerate() {
            by_name.entry(&function.name.text).or_default().push(nth);
        }
        let mut types = Types {
            question,
            seeds,
            modules,
            origins: HashMap::new(),
            assigned: HashMap::new(),
            uses: scopes.uses.iter().enumerate().map(|(nth, used)| (used.name.span.start, nth)).collect(),
            constants: BTreeMap::new(),
            by_name,
            callers: HashMap::new(),
            open: HashSet::new(),
            touched: vec![false; scopes.declarations.len()],
            declared: RefCell::default(),
            known: RefCell::default(),
            depth: Cell::new(0),
            scopes,
            functions,
        };
        for (nth, function) in types.functions.clone().into_iter().enumerate() {
            for (param, name) in function.params.iter().enumerate() {
                types.origins.insert(name.span.start, Origin::Param(nth, param));
            }
        }
        let throws = origins::throws_values(tree);
        tree.walk(&mut |path| types.read(path, throws));
        types
    }

    /// The index of what a variable means here.
    pub fn meant(&self, name: &Name) -> Option<usize> {
        self.scopes.uses.get(*self.uses.get(&name.span.start)?)?.declaration
    }

    /// What is known of an expression.
    pub fn of(&self, expression: &'a Expression) -> Option<Type> {
        let key: *const Expression = expression;
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        if self.depth.get() > FAR {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let found = self.found(expression);
        self.depth.set(self.depth.get() - 1);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    /// One type of several that a value may have.
    pub(super) fn one(&self, types: impl IntoIterator<Item = Option<Type>>) -> Option<Type> {
        match self.question {
            Question::Certain => same(types),
            Question::Likely => {
                let mut nothing = None;
                for ty in types.into_iter().flatten() {
                    match ty {
                        Type::Unit => nothing = Some(Type::Unit),
                        known => return Some(known),
                    }
                }
                nothing
            }
        }
    }

    fn found(&self, expression: &'a Expression) -> Option<Type> {
        use ExpressionKind as E;
        Some(match &expression.kind {
            E::Unit => Type::Unit,
            E::Bool(_) => Type::Bool,
            E::Int(_) => Type::Int,
            E::Float => Type::Float,
            E::Text(_) | E::Template(_) => Type::Text,
            E::Char => Type::Char,
            E::Array(items) => Type::array(self.one(items.iter().map(|item| self.of(item)))),
            E::Map(entries) => {
                let named = entries.iter().filter(|entry| !entry.key.text.is_empty());
                Type::keyed(named.map(|entry| (entry.key.text.clone(), self.of(&entry.value))))
            }
            E::Variable(name) => return self.variable(name),
            E::Path { modules, name } => {
                let [module] = modules.as_slice() else { return None };
                if module.text != "global" {
                    return None;
                }
                return match self.constants.get(name.text.as_str()) {
                    Some(value) => self.of(value),
                    None => self.seeds.get(&name.text).cloned(),
                };
            }
            E::Call { .. } | E::Method { .. } => return calls::given(self, expression),
            E::Field { receiver, name } => return self.of(receiver)?.field(&name.text),
            E::Index { receiver, index } => return self.indexed(receiver, index),
            E::Unary { operator, operand } => match operator.text.as_str() {
                "!" => Type::Bool,
                _ => return self.of(operand),
            },
            E::Binary { operator, left, right } => return self.binary(&operator.text, left, right),
            E::If { then, otherwise, .. } => match (otherwise, self.question) {
                (Some(otherwise), _) => return self.one([self.block(then), self.of(otherwise)]),
                (None, Question::Likely) => return self.block(then),
                (None, Question::Certain) => return None,
            },
            E::Switch { arms, .. } => {
                let whole = arms.iter().any(|arm| arm.cases.is_empty() && arm.condition.is_none());
                if !whole && self.question == Question::Certain {
                    return None;
                }
                return self.one(arms.iter().map(|arm| self.statement(&arm.body)));
            }
            E::Block(block) => return self.block(block),
            E::Closure { params, .. } => Type::Function(Some(params.len())),
            E::For { .. } | E::Loop { .. } | E::Missing => return None,
        })
    }

    fn indexed(&self, receiver: &'a Expression, index: &'a Expression) -> Option<Type> {
        match (self.of(receiver)?, index.text(), self.question) {
            (Type::Map(keys), Some(key), _) => Type::Map(keys).field(key),
            (Type::Map(keys), None, _) => keys.values.clone(),
            (Type::Array(of), None, Question::Likely) => of.map(|of| *of),
            (Type::Array(of), None, _) => match self.of(index)? {
                Type::Int => of.map(|of| *of),
                Type::Range => Some(Type::Array(of)),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a statement gives where it is the last of a block.
    pub(super) fn statement(&self, statement: &'a Statement) -> Option<Type> {
        match &statement.kind {
            StatementKind::Expression(value) => self.of(value),
            StatementKind::Return(Some(value)) if self.question == Question::Likely => self.of(value),
            StatementKind::Return(_)
            | StatementKind::Throw(_)
            | StatementKind::Break(_)
            | StatementKind::Continue => None,
            _ => Some(Type::Unit),
        }
    }

    fn block(&self, block: &'a Block) -> Option<Type> {
        let last = block.statements.iter().rev().find(|one| !matches!(one.kind, StatementKind::Function(_)));
        let Some(last) = last else { return Some(Type::Unit) };
        match (&last.kind, last.closed) {
            (StatementKind::Expression(_), false) | (StatementKind::Return(_), _) => self.statement(last),
            // The language gives the value of what has a semicolon behind it too, or nothing.
            _ => (self.question == Question::Likely).then_some(Type::Unit),
        }
    }

    /// What the body of a function or a closure gives: its last value, and what it returns.
    pub(super) fn body(&self, body: Node<'a>) -> Option<Type> {
        let last = match body {
            Node::Block(block) => self.block(block),
            Node::Statement(statement) => match &statement.kind {
                StatementKind::Expression(Expression { kind: ExpressionKind::Block(block), .. }) => {
                    self.block(block)
                }
                _ => self.statement(statement),
            },
            Node::Expression(expression) => self.of(expression),
        };
        let mut returned = Vec::new();
        returns(body, &mut returned);
        if ends_with_return(body) && self.question == Question::Certain {
            return self
                .one(returned.into_iter().map(|value| value.map_or(Some(Type::Unit), |v| self.of(v))));
        }
        self.one(
            std::iter::once(last)
                .chain(returned.into_iter().map(|value| value.map_or(Some(Type::Unit), |v| self.of(v)))),
        )
    }

    /// What a function of the script gives; `None` within where it has one and nothing is known of its value.
    pub(super) fn own_call(&self, name: &str, count: usize) -> Option<Option<Type>> {
        let nths = self.by_name.get(name)?;
        let fits = nths.iter().filter(|nth| self.functions[**nth].params.len() == count);
        let function = match (fits.clone().next(), self.question) {
            (Some(nth), _) => self.functions[*nth],
            (None, Question::Likely) => self.functions[*nths.first()?],
            (None, Question::Certain) => return Some(None),
        };
        let at = function.name.span.start;
        Some(self.guarded(at, || self.body(Node::Block(&function.body))))
    }

    /// What a function of a module gives.
    pub(super) fn of_module(&self, module: &str, name: &str, count: usize) -> Option<Type> {
        if self.question == Question::Certain || self.depth.get() > FAR / 2 {
            return None;
        }
        let text = (self.modules)(module)?;
        let tree = crate::syntax::parse(&text);
        let scopes = Rc::new(crate::syntax::scope::scopes(&tree));
        let types = Types::new(&tree, scopes, self.question, BTreeMap::new(), Box::new(|_| None));
        types.depth.set(FAR / 2);
        types.own_call(name, count)?
    }

    fn binary(&self, operator: &str, left: &'a Expression, right: &'a Expression) -> Option<Type> {
        match operator {
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" | "in" | "!in" => return Some(Type::Bool),
            ".." | "..=" => return Some(Type::Range),
            _ => {}
        }
        let left = self.of(left);
        if self.question == Question::Likely {
            return match (operator, left) {
                ("??", None | Some(Type::Unit)) => self.of(right),
                ("+", Some(Type::Text | Type::Word(_))) => Some(Type::Text),
                ("-", Some(Type::Time)) => match self.of(right) {
                    Some(Type::Time) => Some(Type::Duration),
                    _ => Some(Type::Time),
                },
                ("+", None | Some(Type::Int | Type::Float)) => self.of(right),
                (_, left) => left,
            };
        }
        match (operator, left?, self.of(right)?) {
            ("+" | "-" | "*" | "/" | "%", Type::Int, Type::Int) => Some(Type::Int),
            ("+" | "-" | "*" | "/", Type::Int | Type::Float, Type::Int | Type::Float) => Some(Type::Float),
            ("+", left, _) if left.is_text() => Some(Type::Text),
            ("+", left @ Type::Array(_), right @ Type::Array(_)) => left.join(&right),
            ("-", Type::Time, Type::Time) => Some(Type::Duration),
            ("+" | "-", Type::Time, Type::Duration) => Some(Type::Time),
            ("??", left, right) => left.join(&right),
            _ => None,
        }
    }

    fn variable(&self, name: &Name) -> Option<Type> {
        match self.meant(name) {
            Some(at) => self.declaration(at),
            None => self.seeds.get(&name.text).cloned(),
        }
    }

    /// The type of a declared name, by its index in the scopes.
    pub fn declaration(&self, at: usize) -> Option<Type> {
        let declared = self.scopes.declarations.get(at)?;
        if declared.by == Declares::Import {
            return None;
        }
        self.guarded(declared.name.span.start, || match self.question {
            Question::Certain => self.certainly(at),
            Question::Likely => self
                .one(std::iter::once(self.first(at)).chain(self.values(at).map(|(_, value)| self.of(value)))),
        })
    }

    fn values(&self, at: usize) -> impl Iterator<Item = &(&'a str, &'a Expression)> {
        self.assigned.get(&at).into_iter().flatten()
    }

    fn first(&self, at: usize) -> Option<Type> {
        let start = self.scopes.declarations.get(at)?.name.span.start;
        match self.origins.get(&start)? {
            Origin::Value(value) => self.of(value),
            Origin::Element(items) => self.of(items)?.element(),
            Origin::Counter => Some(Type::Int),
            Origin::Closure(closure, call, nth) => calls::parameter(self, closure, call, *nth),
            Origin::Param(function, nth) => self.param(*function, *nth),
            Origin::Caught(throws) => (!throws || self.question == Question::Likely).then_some(Type::Error),
            Origin::Unknown => None,
        }
    }

    /// What a function of the script is given by all of its calls.
    fn param(&self, function: usize, nth: usize) -> Option<Type> {
        let function = self.functions.get(function)?;
        let name = function.name.text.as_str();
        if self.open.contains(name) {
            return None;
        }
        let calls = self.callers.get(name)?.iter().filter(|given| given.len() == function.params.len());
        self.one(calls.map(|given| given.get(nth).and_then(|given| self.of(given))))
    }

    fn certainly(&self, at: usize) -> Option<Type> {
        let first = self.first(at)?;
        // A name that waits for its first value says nothing.
        if first == Type::Unit {
            return None;
        }
        // `x = x.wait_active()` asks for itself.
        let start = self.scopes.declarations.get(at)?.name.span.start;
        self.declared.borrow_mut().insert(start, Some(first.clone()));
        let mut all = first.clone();
        for (operator, value) in self.values(at) {
            let value = self.of(value);
            all = match *operator {
                "=" => all.join(&value?)?,
                _ if all.is_text() => Type::Text,
                _ if matches!(all, Type::Array(_)) => Type::Array(None),
                _ if matches!(all, Type::Map(_)) => Type::map(),
                _ if value.as_ref() == Some(&all) => all,
                _ => return None,
            };
        }
        Some(match (self.touched.get(at).copied().unwrap_or(true), all) {
            (true, Type::Array(_)) => Type::Array(None),
            (true, Type::Map(_)) => Type::map(),
            (_, all) => all,
        })
    }

    /// A type that may depend on itself: then it is not known.
    fn guarded(&self, at: usize, find: impl FnOnce() -> Option<Type>) -> Option<Type> {
        if let Some(known) = self.declared.borrow().get(&at) {
            return known.clone();
        }
        self.declared.borrow_mut().insert(at, None);
        let found = find();
        self.declared.borrow_mut().insert(at, found.clone());
        found
    }

    /// The expression that a variable or a constant is declared with, where it is never assigned again.
    pub fn value_of(&self, expression: &'a Expression) -> Option<&'a Expression> {
        let value = match &expression.kind {
            ExpressionKind::Variable(name) => {
                let at = self.meant(name)?;
                let declared = self.scopes.declarations.get(at)?;
                match self.origins.get(&declared.name.span.start)? {
                    Origin::Value(value) if self.values(at).next().is_none() => *value,
                    _ => return None,
                }
            }
            ExpressionKind::Path { modules, name } if modules.len() == 1 && modules[0].text == "global" => {
                self.constants.get(name.text.as_str()).copied()?
            }
            _ => return None,
        };
        Some(value)
    }

    /// What a variable has its value from: what it is declared with, or what a loop or a closure goes through.
    pub fn source_of(&self, expression: &'a Expression) -> Option<&'a Expression> {
        let ExpressionKind::Variable(name) = &expression.kind else { return self.value_of(expression) };
        let at = self.meant(name)?;
        if self.values(at).next().is_some() {
            return None;
        }
        match self.origins.get(&self.scopes.declarations.get(at)?.name.span.start)? {
            Origin::Value(value) | Origin::Element(value) => Some(value),
            Origin::Closure(closure, call, _) => {
                let call = super::Called::of(call)?;
                call.given().next().filter(|first| !std::ptr::eq(*first, *closure))
            }
            _ => None,
        }
    }

    /// What a closure that is written out gives.
    pub fn closure_gives(&self, closure: &'a Expression) -> Option<Type> {
        match &closure.kind {
            ExpressionKind::Closure { body, .. } => self.body(Node::Statement(body)),
            _ => None,
        }
    }

    /// The closure that an expression is, or that the variable it is was declared with: how many values it takes.
    pub fn takes(&self, expression: &'a Expression) -> Option<usize> {
        if let ExpressionKind::Variable(name) = &expression.kind
            && self.meant(name).is_none()
            && let Some([only]) = self.by_name.get(name.text.as_str()).map(Vec::as_slice)
        {
            return Some(self.functions[*only].params.len());
        }
        match self.of(expression)? {
            Type::Function(takes) => takes,
            _ => None,
        }
    }

    /// The name of the cloud that a value is, where it is known.
    pub fn cloud(&self, expression: &'a Expression) -> Option<Arc<str>> {
        match self.of(expression)? {
            Type::Cloud(name) => name,
            _ => None,
        }
    }

    pub(super) fn is_own(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }
}
