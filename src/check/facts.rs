//! What the rules are given: the text, its tree, its names and types, its functions and calls, and its modules'.

use super::imports;
use super::mistakes::Mended;
use super::{Finding, Severity};
use crate::cloud::Error;
pub use crate::infer::Called;
use crate::infer::{Question, Type, Types};
use crate::script::errors::runtime::Signature;
use crate::script::modules;
use crate::script::natives::{self, Native};
use crate::script::session::Session;
use crate::syntax::scope::{Declaration, Declares, Scopes};
use crate::syntax::tree::*;
use crate::syntax::{self};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// A module that the script imports.
pub struct Module {
    /// The path as the script writes it.
    pub path: String,
    /// Its public functions: the name, and the parameters.
    pub functions: Vec<(String, Vec<String>)>,
}

/// What is known of a text.
pub struct Facts<'a> {
    /// The session.
    pub session: &'a Arc<Session>,
    /// The source's name.
    pub name: &'a str,
    /// The source's text, as it was given.
    pub text: &'a str,
    /// Its tree, without what is no statement.
    pub tree: &'a Tree,
    /// Its names.
    pub scopes: &'a Rc<Scopes>,
    /// What is known of its values.
    pub types: Types<'a>,
    /// Every call, outer ones first.
    pub calls: Vec<Called<'a>>,
    /// Its functions: the name, and the parameters.
    pub functions: Vec<(&'a Name, usize)>,
    /// The modules it imports, by their names here; `None` for one that cannot be read.
    pub modules: BTreeMap<String, Option<Module>>,
    /// Names that parts declare which are no statements.
    pub forgotten: &'a BTreeSet<String>,
    /// Names that nothing declares, by the function they are used in.
    pub undeclared: &'a BTreeMap<(String, Option<usize>), Error>,
    /// Whether it is a module that another script imports.
    pub module: bool,
    /// The calls, by the place of each of their arguments.
    by_argument: HashMap<usize, usize>,
    /// How many parameters each function takes, by its name.
    takes: HashMap<&'a str, Vec<usize>>,
    /// What is written into the variables that hold maps.
    pub(super) parts: super::maps::Parts<'a>,
    /// Further names that nothing declares, of which the language was not asked.
    pub rest: &'a BTreeSet<(String, Option<usize>)>,
    /// What each variable is declared with, by the place of its name.
    pub values: HashMap<usize, &'a Expression>,
    /// The bytes of loops.
    pub loops: Vec<Range<usize>>,
    /// The bytes of `try` blocks, and of closures given to `assert_throws`.
    tried: Vec<Range<usize>>,
    /// The variables that the text declares anywhere, once they are asked for.
    declared: OnceCell<HashSet<String>>,
}

impl<'a> Facts<'a> {
    /// Whether the text declares a variable of this name anywhere.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.declared
            .get_or_init(|| natives::declared(self.text).into_iter().map(str::to_string).collect())
            .contains(name)
    }

    /// Read what is known.
    pub fn new(
        session: &'a Arc<Session>,
        name: &'a str,
        text: &'a str,
        tree: &'a Tree,
        scopes: &'a Rc<Scopes>,
        mended: &'a Mended,
        module: bool,
    ) -> Facts<'a> {
        let mut calls = Vec::new();
        let mut tried = Vec::new();
        let mut loops = Vec::new();
        let mut values = HashMap::new();
        tree.walk(&mut |path| match path.last() {
            Some(Node::Statement(statement)) => {
                if let StatementKind::Try { body, .. } = &statement.kind {
                    tried.push(body.span.clone());
                }
                if let StatementKind::Let { name, value: Some(value), .. } = &statement.kind {
                    values.insert(name.span.start, value);
                }
            }
            Some(Node::Expression(expression)) => {
                if matches!(expression.kind, ExpressionKind::For { .. } | ExpressionKind::Loop { .. }) {
                    loops.push(expression.span.clone());
                }
                if let Some(call) = Called::of(expression) {
                    if call.is_plain("assert_throws") {
                        tried.push(call.arguments.span.clone());
                    }
                    calls.push(call);
                }
            }
            _ => {}
        });
        let functions: Vec<(&Name, usize)> =
            tree.functions().map(|function| (&function.name, function.params.len())).collect();
        let mut takes: HashMap<&str, Vec<usize>> = HashMap::new();
        for (name, count) in &functions {
            takes.entry(&name.text).or_default().push(*count);
        }
        let mut by_argument = HashMap::new();
        for (nth, call) in calls.iter().enumerate() {
            for one in &call.arguments.list {
                by_argument.insert(one.span.start, nth);
            }
        }
        let mut modules = BTreeMap::new();
        for import in imports::imports(tree) {
            if let Some(alias) = import.alias {
                modules.insert(alias, read_module(session, name, import.path));
            }
        }
        let types = Types::new(tree, scopes.clone(), Question::Certain, BTreeMap::new(), Box::new(|_| None));
        let parts = super::maps::parts(tree, &types);
        Facts {
            session,
            name,
            text,
            tree,
            scopes,
            types,
            calls,
            functions,
            modules,
            forgotten: &mended.forgotten,
            undeclared: &mended.undeclared,
            module,
            by_argument,
            takes,
            parts,
            rest: &mended.rest,
            values,
            loops,
            tried,
            declared: OnceCell::new(),
        }
    }

    /// Whether a script may mean to catch what goes wrong there.
    pub fn is_tried(&self, span: &Range<usize>) -> bool {
        self.tried.iter().any(|tried| tried.start <= span.start && span.end <= tried.end)
    }

    /// A finding that is an error, or a warning where the script may mean to catch it.
    pub fn finding(&self, error: Error, span: Range<usize>) -> Finding {
        let severity = if self.is_tried(&span) { Severity::Warning } else { Severity::Error };
        Finding { severity, ..Finding::error(error, span) }
    }

    /// Whether what a method is called on may be a map: a closure in it is called like one, whatever its name.
    pub fn may_be_map(&self, call: &Called<'a>) -> bool {
        call.receiver.is_some_and(|on| matches!(self.types.of(on), None | Some(Type::Map(_))))
    }

    /// Whether a plain call is of a variable: no function takes so many arguments, and a variable has the name.
    pub fn calls_variable(&self, call: &Called<'a>) -> bool {
        let name = call.name;
        let takes = |native: &Native| native.arities.contains(&call.arguments.list.len());
        if call.receiver.is_some() || !call.modules.is_empty() || self.is_own(&name.text) {
            return false;
        }
        let variable = |one: &Declaration| one.by != Declares::Import;
        !self.native(&name.text).is_some_and(takes)
            && self.scopes.meant(&name.text, name.span.start).is_some_and(variable)
    }

    /// Whether a function of the script has this name.
    pub fn is_own(&self, name: &str) -> bool {
        self.takes.contains_key(name) || self.forgotten.contains(name)
    }

    /// How many parameters the functions of this name take.
    pub fn takes(&self, name: &str) -> &[usize] {
        self.takes.get(name).map_or(&[], Vec::as_slice)
    }

    /// The call that an expression is an argument of, by the expression's bytes.
    pub fn call_of(&self, argument: &Range<usize>) -> Option<&Called<'a>> {
        let call = self.calls.get(*self.by_argument.get(&argument.start)?)?;
        call.arguments.list.iter().any(|one| one.span == *argument).then_some(call)
    }

    /// Whether nothing can be told of a name: what declares it is no statement.
    pub fn is_forgotten(&self, name: &str) -> bool {
        self.forgotten.contains(name)
    }

    /// What the language has beside its verbs.
    pub fn native(&self, name: &str) -> Option<&'static Native> {
        natives::natives(self.session).get(name)
    }

    /// The functions of the script and of its modules, as errors name them.
    pub fn signatures(&self) -> Vec<Signature> {
        let form = |params: &[String]| vec![params.iter().map(|param| (param.clone(), true)).collect()];
        let own = self.tree.functions().map(|function| Signature {
            name: function.name.text.clone(),
            forms: form(&function.params.iter().map(|param| param.text.clone()).collect::<Vec<_>>()),
        });
        let of_modules = self.modules.iter().flat_map(|(alias, module)| {
            module.iter().flat_map(|module| &module.functions).map(move |(name, params)| Signature {
                name: format!("{alias}::{name}"),
                forms: form(params),
            })
        });
        own.chain(of_modules).collect()
    }
}

fn read_module(session: &Arc<Session>, source: &str, path: String) -> Option<Module> {
    let (_, text) = modules::find(session, source, &path).ok()?;
    let tree = syntax::parse(&text);
    if !tree.mistakes.is_empty() {
        return None;
    }
    let public = tree.functions().filter(|function| !function.private);
    let functions = public.map(|function| {
        (function.name.text.clone(), function.params.iter().map(|param| param.text.clone()).collect())
    });
    Some(Module { path, functions: functions.collect() })
}
