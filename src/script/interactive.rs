//! A session that goes on from input to input: variables, functions, closures, imports and constants stay.
//!
//! Each input is a source of its own, `input 3`, so that an error is drawn where it was typed. The engine keeps
//! nothing between two texts but variables; the rest is kept here: functions by their definition, each knowing the
//! input it came from; modules by the name they were imported as; constants where `global::NAME` looks for them.
//! Nothing is read from a terminal here: that is `repl`.

use super::deferred;
use super::engine::{CONSTANTS, Constants, engine_with};
use super::errors::no_such_function;
use super::errors::runtime;
use super::failure::{Cause, Failure};
use super::map_keys;
use super::modules::{self, INPUT, Resolver};
use super::raise::{self, Outcome};
use super::secret_literals;
use super::session::Session;
use super::symbols::{self, Names};
use super::value::to_value;
use crate::cloud::Value;
use crate::cloud::error::{Error, Kind, Place};
use crate::effects::path::{self, Branch};
use crate::syntax::lexer::{self, Shape};
use rhai::{
    AST, Dynamic, Engine, Expr, FnAccess, Module, ModuleResolver, OptimizationLevel, Position, Scope, Shared,
    Stmt,
};
use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// The name of standard input as a source.
const STDIN: &str = "-";

/// The name of the last result.
pub const RESULT: &str = "_";

thread_local! {
    static RESULTS: RefCell<HashSet<(usize, usize)>> = RefCell::default();
}

/// Whether the `_` at this place means the last result, rather than what no case of a `switch` names.
pub(super) fn is_result(position: Position) -> bool {
    let Some(place) = position.line().zip(position.position()) else { return false };
    RESULTS.with_borrow(|results| results.contains(&place))
}

/// Where a text names the last result: the places of `_`, as bytes.
pub fn results(text: &str) -> Vec<usize> {
    let tokens = lexer::code(text);
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(text));
    let shown = tokens.iter().enumerate().filter(|(at, token)| {
        let (before, after) = (word(at.checked_sub(1)), word(at.checked_add(1)));
        // A case of `switch`, a parameter and the name of a loop or a variable are no reading of it.
        token.shape == Shape::Word
            && token.text(text) == RESULT
            && !matches!(after, "=>" | "if" | "in" | "=")
            && !(before == "|" && matches!(after, "|" | ","))
            && !matches!(before, "let" | "const" | "for" | "fn")
    });
    shown.map(|(_, token)| token.start).collect()
}

/// A variable or constant of a session.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: Value,
    /// Whether it is a constant.
    pub constant: bool,
}

/// A session of inputs.
pub struct Interactive {
    session: Arc<Session>,
    engine: Engine,
    resolver: Arc<Resolver>,
    scope: Scope<'static>,
    functions: Module,
    modules: Vec<(String, String)>,
    constants: Constants,
    /// The statement that makes the session's constants those of a text.
    opening: AST,
    inputs: usize,
    /// The texts that were evaluated: each is a branch of its own.
    branches: usize,
}

impl Interactive {
    /// A session that has seen nothing yet.
    pub fn new(session: &Arc<Session>) -> Interactive {
        let constants = Constants::default();
        let resolver = Arc::new(Resolver::new(session.clone()));
        let engine = made(session, &constants, &resolver);
        let opening = AST::new([opening()], Module::new());
        let mut fresh = Interactive {
            session: session.clone(),
            engine,
            resolver,
            scope: Scope::new(),
            functions: Module::new(),
            modules: Vec::new(),
            constants,
            opening,
            inputs: 0,
            branches: 0,
        };
        fresh.scope.push_dynamic(RESULT, Dynamic::UNIT);
        fresh
    }

    /// Forget variables, functions, imports and the last result; inputs are counted on.
    pub fn clear(&mut self) {
        let (inputs, branches) = (self.inputs, self.branches);
        *self = Interactive::new(&self.session.clone());
        (self.inputs, self.branches) = (inputs, branches);
    }

    /// Evaluate the next input; gives its last value.
    ///
    /// # Errors
    /// What ended it, placed in this input. What it assigned and defined before stays.
    pub fn evaluate(&mut self, text: &str) -> Result<Value, Failure> {
        self.inputs += 1;
        let source = format!("{INPUT}{}", self.inputs);
        self.evaluate_as(&source, text)
    }

    /// Run what inputs put off by `defer` and `on_failure`: the session ends, with this exit code.
    ///
    /// # Errors
    /// What failed of it where nothing had failed before; else the end that was given.
    pub fn finish(&mut self, code: u8) -> Result<Value, Failure> {
        let end = match code {
            0 => Ok(Value::Unit),
            code => Err(Failure { cause: Cause::Exit(i64::from(code)), sites: Vec::new() }),
        };
        let functions = AST::new([], self.functions.clone());
        let ended = deferred::finish(&self.session, &self.engine, &self.latest(), &functions, end);
        deferred::delete_doubles(&self.session);
        ended
    }

    /// The name of the latest input.
    pub fn latest(&self) -> String {
        format!("{INPUT}{}", self.inputs)
    }

    /// Evaluate a text that has a name of its own: a file's path.
    ///
    /// # Errors
    /// What ended it.
    pub fn evaluate_as(&mut self, source: &str, text: &str) -> Result<Value, Failure> {
        self.session.texts.add(source, text);
        self.evaluated(source, text)
    }

    fn evaluated(&mut self, source: &str, text: &str) -> Result<Value, Failure> {
        self.branches += 1;
        let branch = Branch::input(self.branches);
        let before = self.scope.clone();
        let (result, scope) = path::within(branch, || self.run(source, text, before, true));
        self.scope = latest_of(scope);
        self.constants_of_scope();
        match result {
            Ok(value) => {
                let shown = to_value(&value);
                if shown != Value::Unit {
                    let _ = self.scope.remove::<Dynamic>(RESULT);
                    self.scope.push_dynamic(RESULT, value);
                }
                Ok(shown)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Evaluate a text on a copy of the session: variables that it assigns are forgotten.
    ///
    /// # Errors
    /// What ended it.
    pub fn look(&mut self, source: &str, text: &str) -> Result<Value, Failure> {
        self.session.texts.add(source, text);
        let mut copy = Scope::new();
        for (name, constant, value) in entries(&self.scope) {
            // What closures share is copied too, so that nothing of the session changes.
            push(&mut copy, name, constant, value.flatten_clone());
        }
        self.run(source, text, copy, false).0.map(|value| to_value(&value))
    }

    /// Evaluate what stands in these bytes of standard input, of which the rest was or will be.
    ///
    /// # Errors
    /// What ended it, placed in the whole.
    pub fn evaluate_part(&mut self, whole: &str, part: Range<usize>) -> Result<Value, Failure> {
        self.session.texts.add(STDIN, whole);
        // What stood before is left blank, so that every place is one of the whole.
        let before = whole.get(..part.start).unwrap_or("");
        let (line, column) = lexer::position(before, before.len());
        let text = whole.get(part).unwrap_or("");
        let text = format!("{}{}{text}", "\n".repeat(line - 1), " ".repeat(column - 1));
        self.evaluated(STDIN, &text)
    }

    fn run(
        &mut self,
        source: &str,
        text: &str,
        mut scope: Scope<'static>,
        keep: bool,
    ) -> (Result<Dynamic, Failure>, Scope<'static>) {
        let ast = match self.compile(source, text, &scope) {
            Ok(ast) => ast,
            Err(failure) => return (Err(failure), scope),
        };
        let mut functions = self.functions.clone();
        for function in ast.shared_lib().iter_script_fn_info().map(|(.., function)| function) {
            let mut function = (**function).clone();
            // `private` would hide it from the next input.
            function.access = FnAccess::Public;
            match self.defined_here(source, function) {
                Ok(defined) => functions.combine(defined),
                Err(error) => return (Err(self.failure(&error, source)), scope),
            };
        }
        if keep {
            self.functions = functions.clone();
        }
        let statements = self.opening.statements().iter().chain(ast.statements()).cloned();
        let whole = AST::new_with_source(statements, functions, source);
        let result = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &whole);
        if keep {
            self.imported(source, &ast);
        }
        (result.map_err(|error| self.failure(&error, source)), scope)
    }

    fn compile(&self, source: &str, text: &str, scope: &Scope) -> Result<AST, Failure> {
        secret_literals::mask_secret(&self.session, text);
        let places = results(text).into_iter().map(|at| lexer::position(text, at)).collect();
        RESULTS.set(places);
        // A function of an earlier input may stand as a value: its name is known, and found when it is read.
        let mut known = scope.clone();
        for (name, _) in self.functions().into_iter().filter(|(name, _)| !scope.contains(name)) {
            known.push_constant_dynamic(name, Dynamic::UNIT);
        }
        let compiled = map_keys::compile_within(&self.engine, &known, text);
        RESULTS.take();
        let mut ast =
            compiled.map_err(|error| runtime::parse_failure(&error, source, text, &self.names()))?;
        ast.set_source(source);
        modules::check(&self.session, &self.engine, source, &ast)?;
        Ok(ast)
    }

    /// A function that knows which source it is from and which constants it sees.
    fn defined_here(&self, source: &str, function: rhai::ScriptFuncDef) -> raise::Outcome<Module> {
        let mut alone = Module::new();
        alone.set_script_fn(function);
        let ast = AST::new_with_source(self.opening.statements().iter().cloned(), alone, source);
        Module::eval_ast_as_new(Scope::new(), &ast, &self.engine)
    }

    /// Keep what an input imported, under the name it was given.
    fn imported(&mut self, source: &str, ast: &AST) {
        for statement in ast.statements() {
            let Stmt::Import(import, _) = statement else { continue };
            let (Expr::StringConstant(path, _), name) = (&import.0, &import.1) else { continue };
            if name.name.is_empty() {
                continue;
            }
            if let Some(module) = self.resolver.loaded(Some(source), path) {
                self.engine.register_static_module(name.name.as_str(), module);
                self.modules.retain(|(known, _)| known != name.name.as_str());
                self.modules.push((name.name.to_string(), path.to_string()));
            }
        }
    }

    /// Functions of later inputs read constants as `global::NAME`.
    fn constants_of_scope(&mut self) {
        let mut constants = self.constants.write().unwrap_or_else(PoisonError::into_inner);
        constants.clear();
        for (name, constant, value) in self.scope.iter_raw() {
            if constant {
                constants.insert(name.into(), value.clone());
            }
        }
    }

    fn names(&self) -> Names<'_> {
        let functions = symbols::functions(&AST::new([], self.functions.clone()));
        let functions = functions.into_iter().filter(|known| !known.name.contains('$')).collect();
        Names { session: &self.session, functions }
    }

    fn failure(&self, error: &rhai::EvalAltResult, source: &str) -> Failure {
        let mut failure = runtime::failure(error, source, &self.names());
        if let Cause::Error(error) = &mut failure.cause
            && error.diagnostic == Some("language::unknown_variable")
            && failure.sites.first().is_some_and(|site| site.function.is_some())
            && let Some(name) = error.message.split('`').nth(1)
            && let Some(constant) = self.scope.is_constant(name)
        {
            *error = unseen(name, constant);
        }
        if let Cause::Error(error) = &mut failure.cause {
            // The variables of earlier inputs are declared as much as those of this one.
            no_such_function::of_declared(error, |name| self.scope.iter_raw().any(|(own, _, _)| own == name));
        }
        if let Cause::Interrupted { terminated } = &mut failure.cause {
            *terminated = self.session.signal.load(Ordering::Relaxed);
        }
        failure
    }

    /// The variables and constants, oldest first.
    pub fn variables(&self) -> Vec<Variable> {
        let named = entries(&self.scope).into_iter().filter(|(name, ..)| *name != RESULT);
        named
            .map(|(name, constant, value)| Variable {
                name: name.to_string(),
                value: to_value(value),
                constant,
            })
            .collect()
    }

    /// A variable's value; `_` is the last result.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.scope.get(name).map(to_value)
    }

    /// The functions, each with its parameters, by name.
    pub fn functions(&self) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = self
            .functions
            .iter_script_fn_info()
            .map(|(.., function)| function)
            .filter(|function| !function.name.contains('$'))
            .map(|function| {
                (function.name.to_string(), function.params.iter().map(ToString::to_string).collect())
            })
            .collect();
        found.sort();
        found
    }

    /// The names that modules were imported as, and the path of each.
    pub fn modules(&self) -> &[(String, String)] {
        &self.modules
    }
}

fn made(session: &Arc<Session>, constants: &Constants, resolver: &Arc<Resolver>) -> Engine {
    let mut engine = engine_with(session, Some(constants.clone()));
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_module_resolver(Watched(resolver.clone()));
    engine
}

/// The statement that reads the constants' own name.
fn opening() -> Stmt {
    let variable = (None, CONSTANTS.into(), Default::default(), 0);
    Stmt::Expr(Box::new(Expr::Variable(Box::new(variable), None, Position::NONE)))
}

/// The error of a function that reads a variable of the session.
fn unseen(name: &str, constant: bool) -> Error {
    let error = Error::new(Kind::Script, format!("a function does not see the session's `{name}`"))
        .coded("language::function_scope");
    if constant {
        return error.at(Place::Verb, format!("write `global::{name}`"));
    }
    let upper = name.to_uppercase();
    error.help(format!(
        "give the function a parameter, or declare it as `const {upper} = …;` and write `global::{upper}`"
    ))
}

/// The variables and constants of a scope, oldest first.
fn entries<'a>(scope: &'a Scope) -> Vec<(&'a str, bool, &'a Dynamic)> {
    let mut entries: Vec<_> = scope.iter_raw().collect();
    entries.reverse();
    entries
}

fn push(scope: &mut Scope<'static>, name: &str, constant: bool, value: Dynamic) {
    match constant {
        true => scope.push_constant_dynamic(name, value),
        false => scope.push_dynamic(name, value),
    };
}

/// The scope without variables that later ones of their name hide.
fn latest_of(scope: Scope<'static>) -> Scope<'static> {
    let mut seen = HashSet::new();
    let mut kept = entries(&scope);
    kept.reverse();
    kept.retain(|(name, ..)| seen.insert(*name));
    kept.reverse();
    let mut latest = Scope::new();
    for (name, constant, value) in kept {
        push(&mut latest, name, constant, value.clone());
    }
    latest
}

/// A resolver whose owner goes on to see what it loaded.
struct Watched(Arc<Resolver>);

impl ModuleResolver for Watched {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Outcome<Shared<Module>> {
        self.0.resolve(engine, source, path, position)
    }
}
