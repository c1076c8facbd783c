//! What is known of a value before it is there. "Not known" wherever there is a doubt: rules refuse by it, and an editor
//! offers by it.
//!
//! A variable has the type of all that is ever assigned to it, where that is one type. What a cloud may leave out is
//! `()` at run time and counts as what it otherwise is.

mod calls;

use crate::cloud::{Noun, Ty, Value};
use crate::syntax::scope::{Declares, Scopes};
use crate::syntax::tree::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// The type of a value of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Nothing.
    Unit,
    /// A truth value.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// Text.
    Text,
    /// A single character.
    Char,
    /// Text that never prints.
    Secret,
    /// A time.
    Time,
    /// A length of time.
    Duration,
    /// An array, and what its elements are where they are all alike.
    Array(Option<Box<Type>>),
    /// A map.
    Map,
    /// A server, an image, a flavor …
    Of(Noun),
    /// A cloud.
    Cloud,
    /// A closure.
    Function,
    /// A range of whole numbers.
    Range,
}

impl Type {
    /// An array of these.
    pub fn array(of: Option<Type>) -> Type {
        Type::Array(of.map(Box::new))
    }

    /// What a declared type says; `None` where it says several or nothing.
    pub fn declared(ty: Ty) -> Option<Type> {
        Some(match ty {
            Ty::Unit => Type::Unit,
            Ty::Bool => Type::Bool,
            Ty::Int => Type::Int,
            Ty::Float => Type::Float,
            Ty::Text | Ty::OneOf(_) => Type::Text,
            Ty::Secret => Type::Secret,
            Ty::Duration => Type::Duration,
            Ty::Time => Type::Time,
            Ty::ArrayOf(one) => Type::array(Type::declared(*one)),
            Ty::MapOf(_) | Ty::Options => Type::Map,
            Ty::Of(noun) => Type::Of(noun),
            Ty::Cloud => Type::Cloud,
            Ty::Any
            | Ty::Data
            | Ty::OneOrMany(_)
            | Ty::Either(..)
            | Ty::Ref(_)
            | Ty::AnyRef(_)
            | Ty::Same => {
                return None;
            }
        })
    }

    /// The type of a value that is there.
    pub fn of_value(value: &Value) -> Option<Type> {
        Some(match value {
            Value::Unit => Type::Unit,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Float(_) => Type::Float,
            Value::Text(_) | Value::NameOf(..) => Type::Text,
            Value::Secret(_) => Type::Secret,
            Value::Time(_) => Type::Time,
            Value::Span(_) => Type::Duration,
            Value::Array(items) => Type::array(same(items.iter().map(Type::of_value))),
            Value::Map(_) => Type::Map,
            Value::Resource(resource) => Type::Of(resource.noun()),
            Value::Cloud(_) => Type::Cloud,
            Value::Blob(_) | Value::Error(_) | Value::Other(_) => return None,
        })
    }

    /// What a person calls such a value: "a number", "a server".
    pub fn word(&self) -> &'static str {
        match self {
            Type::Unit => "nothing",
            Type::Bool => "a truth value",
            Type::Int | Type::Float => "a number",
            Type::Text => "text",
            Type::Char => "a character",
            Type::Secret => "a secret",
            Type::Time => "a time",
            Type::Duration => "a duration",
            Type::Array(_) => "an array",
            Type::Map => "a map",
            Type::Of(noun) => noun.with_article(),
            Type::Cloud => "a cloud",
            Type::Function => "a closure",
            Type::Range => "a range",
        }
    }

    /// The fields that can be read of it, with their types; empty where that is not known here.
    pub fn fields(&self) -> Vec<(&'static str, Option<Type>)> {
        let alike =
            |names: &[&'static str], ty: Type| names.iter().map(|name| (*name, Some(ty.clone()))).collect();
        match self {
            Type::Of(noun) => {
                noun.fields().iter().map(|field| (field.name, Type::declared(field.ty))).collect()
            }
            Type::Time => alike(&["year", "month", "day", "hour", "minute", "second", "weekday"], Type::Int),
            Type::Cloud => alike(&["name", "provider", "region"], Type::Text),
            _ => Vec::new(),
        }
    }
}

/// The one type of several; `None` where one is not known, they differ, or there are none.
fn same(types: impl IntoIterator<Item = Option<Type>>) -> Option<Type> {
    let mut types = types.into_iter();
    let first = types.next()??;
    types.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Where a variable has its first value from.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Value(&'a Expression),
    /// An element of it.
    Element(&'a Expression),
    Counter,
    /// A parameter of a closure that stands in a call: the call, and the parameter's number.
    Closure(&'a Expression, usize),
    Unknown,
}

/// The types of a text's expressions.
pub struct Types<'a> {
    scopes: &'a Scopes,
    seeds: BTreeMap<String, Type>,
    origins: HashMap<usize, Origin<'a>>,
    assigned: HashMap<usize, Vec<(&'a str, &'a Expression)>>,
    uses: HashMap<usize, usize>,
    constants: BTreeMap<&'a str, &'a Expression>,
    own: Vec<&'a str>,
    /// Variables that something in place is called on, or that are written in part: what an array holds is not known.
    touched: Vec<bool>,
    known: RefCell<HashMap<usize, Option<Type>>>,
}

impl<'a> Types<'a> {
    /// Of a tree; `seeds` are variables that are there before it, as in a session that goes on.
    pub fn new(tree: &'a Tree, scopes: &'a Scopes, seeds: BTreeMap<String, Type>) -> Types<'a> {
        let mut types = Types {
            scopes,
            seeds,
            origins: HashMap::new(),
            assigned: HashMap::new(),
            uses: scopes.uses.iter().enumerate().map(|(nth, used)| (used.name.span.start, nth)).collect(),
            constants: BTreeMap::new(),
            own: tree.functions().map(|function| function.name.text.as_str()).collect(),
            touched: vec![false; scopes.declarations.len()],
            known: RefCell::default(),
        };
        tree.walk(&mut |path| types.read(path));
        types
    }

    fn read(&mut self, path: &[Node<'a>]) {
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
                _ => {}
            },
            Some(Node::Expression(expression)) => match &expression.kind {
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
                        let origin = call.map_or(Origin::Unknown, |call| Origin::Closure(call, nth));
                        self.origins.insert(param.span.start, origin);
                    }
                }
                ExpressionKind::Method { receiver, name, .. } if IN_PLACE.contains(&name.text.as_str()) => {
                    self.touch(receiver.head());
                }
                ExpressionKind::Call { name, arguments, .. } if IN_PLACE.contains(&name.text.as_str()) => {
                    if let Some(first) = arguments.list.first() {
                        self.touch(first.head());
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn touch(&mut self, head: &Expression) {
        let touched = head.variable().and_then(|name| self.meant(name));
        if let Some(slot) = touched.and_then(|at| self.touched.get_mut(at)) {
            *slot = true;
        }
    }

    fn meant(&self, name: &Name) -> Option<usize> {
        self.uses.get(&name.span.start).and_then(|nth| self.scopes.uses[*nth].declaration)
    }

    /// The type of an expression, where it is known.
    pub fn of(&self, expression: &'a Expression) -> Option<Type> {
        use ExpressionKind as E;
        Some(match &expression.kind {
            E::Unit => Type::Unit,
            E::Bool(_) => Type::Bool,
            E::Int(_) => Type::Int,
            E::Float => Type::Float,
            E::Text(_) | E::Template(_) => Type::Text,
            E::Char => Type::Char,
            E::Array(items) => Type::array(same(items.iter().map(|item| self.of(item)))),
            E::Map(_) => Type::Map,
            E::Variable(name) => return self.variable(name),
            E::Path { modules, name } => {
                let [module] = modules.as_slice() else { return None };
                let value = self.constants.get(name.text.as_str()).filter(|_| module.text == "global")?;
                return self.guarded(value.span.start, || self.of(value));
            }
            E::Call { .. } | E::Method { .. } => return calls::given(self, expression),
            E::Field { receiver, name } => return self.field(&self.of(receiver)?, &name.text),
            E::Index { receiver, index } => {
                return match (self.of(receiver)?, self.of(index)?) {
                    (Type::Array(of), Type::Int) => of.map(|of| *of),
                    (Type::Array(of), Type::Range) => Some(Type::Array(of)),
                    _ => None,
                };
            }
            E::Unary { operator, operand } => match operator.text.as_str() {
                "!" => Type::Bool,
                _ => return self.of(operand),
            },
            E::Binary { operator, left, right } => return self.binary(&operator.text, left, right),
            E::If { then, otherwise, .. } => {
                let otherwise = otherwise.as_ref()?;
                return same([self.block(then), self.of(otherwise)]);
            }
            E::Block(block) => return self.block(block),
            E::Closure { .. } => Type::Function,
            E::Switch { .. } | E::For { .. } | E::Loop { .. } | E::Missing => return None,
        })
    }

    fn block(&self, block: &'a Block) -> Option<Type> {
        let last = block.statements.iter().rev().find(|one| !matches!(one.kind, StatementKind::Function(_)));
        match last.map(|last| (&last.kind, last.closed)) {
            Some((StatementKind::Expression(value), false)) => self.of(value),
            _ => None,
        }
    }

    fn field(&self, of: &Type, name: &str) -> Option<Type> {
        if name == "len" && matches!(of, Type::Text | Type::Array(_)) {
            return Some(Type::Int);
        }
        of.fields().into_iter().find(|(field, _)| *field == name)?.1
    }

    fn binary(&self, operator: &str, left: &'a Expression, right: &'a Expression) -> Option<Type> {
        match operator {
            "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" | "in" | "!in" => return Some(Type::Bool),
            ".." | "..=" => return Some(Type::Range),
            _ => {}
        }
        let (left, right) = (self.of(left)?, self.of(right)?);
        match (operator, left, right) {
            ("+" | "-" | "*" | "/" | "%", Type::Int, Type::Int) => Some(Type::Int),
            ("+" | "-" | "*" | "/", Type::Int | Type::Float, Type::Int | Type::Float) => Some(Type::Float),
            ("+", Type::Text, _) => Some(Type::Text),
            ("+", Type::Array(a), Type::Array(b)) => Some(Type::Array(a.filter(|a| Some(a) == b.as_ref()))),
            ("-", Type::Time, Type::Time) => Some(Type::Duration),
            ("+" | "-", Type::Time, Type::Duration) => Some(Type::Time),
            ("??", left, right) if left == right => Some(left),
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
        if matches!(declared.by, Declares::Param | Declares::Caught | Declares::Import) {
            return None;
        }
        self.guarded(declared.name.span.start, || {
            let first = match self.origins.get(&declared.name.span.start)? {
                Origin::Value(value) => self.of(value),
                Origin::Element(items) => match self.of(items)? {
                    Type::Array(of) => of.map(|of| *of),
                    Type::Range => Some(Type::Int),
                    _ => None,
                },
                Origin::Counter => Some(Type::Int),
                Origin::Closure(call, nth) => calls::parameter(self, call, *nth),
                Origin::Unknown => None,
            }?;
            // A name that waits for its first value says nothing.
            if first == Type::Unit {
                return None;
            }
            for (operator, value) in self.assigned.get(&at).into_iter().flatten() {
                let fits = match *operator {
                    "=" => self.of(value).is_some_and(|ty| alike(&ty, &first)),
                    _ => {
                        matches!(first, Type::Text | Type::Array(_))
                            || self.of(value).as_ref() == Some(&first)
                    }
                };
                if !fits {
                    return None;
                }
            }
            let touched = self.touched[at] || self.assigned.contains_key(&at);
            Some(if touched && matches!(first, Type::Array(_)) {
                self.assigned_array(at, first)
            } else {
                first
            })
        })
    }

    /// What an array's elements are after all that is assigned to it; not known where it is changed in place.
    fn assigned_array(&self, at: usize, first: Type) -> Type {
        let values = self.assigned.get(&at).into_iter().flatten();
        let all = values.map(|(_, value)| self.of(value)).chain([Some(first)]);
        match same(all) {
            Some(one) if !self.touched[at] => one,
            _ => Type::Array(None),
        }
    }

    /// A type that may depend on itself: then it is not known.
    fn guarded(&self, at: usize, find: impl FnOnce() -> Option<Type>) -> Option<Type> {
        if let Some(known) = self.known.borrow().get(&at) {
            return known.clone();
        }
        self.known.borrow_mut().insert(at, None);
        let found = find();
        self.known.borrow_mut().insert(at, found.clone());
        found
    }

    /// The type of what ends at a byte, as when a dot has just been typed behind it; and of what holds it otherwise.
    pub fn at(&self, tree: &'a Tree, at: usize) -> Option<Type> {
        let path = tree.path_at(at);
        let ends = path.iter().find_map(|node| match node {
            Node::Expression(expression) if expression.span.end == at => self.of(expression),
            _ => None,
        });
        ends.or_else(|| match path.last() {
            Some(Node::Expression(expression)) => self.of(expression),
            _ => None,
        })
    }

    fn is_own(&self, name: &str) -> bool {
        self.own.contains(&name)
    }
}

/// Whether two types are one for a variable: arrays are, whatever they hold.
fn alike(a: &Type, b: &Type) -> bool {
    a == b || matches!((a, b), (Type::Array(_), Type::Array(_)))
}

/// Functions of arrays that change what they hold.
const IN_PLACE: [&str; 14] = [
    "append", "clear", "drain", "fill", "for_each", "insert", "pad", "pop", "push", "remove", "retain",
    "set", "shift", "splice",
];
