//! Runs a text: compiles it, finds its parameters, evaluates it, and says what ended it.

use super::assigning;
use super::calls;
use super::engine::engine;
use super::failure::{Cause, Ending, Failure, Sources as _};
use super::fault;
use super::known::{self, Names};
use super::modules;
use super::params::{self, Declared};
use super::session::Session;
use super::value::to_value;
use crate::cloud::{Error, Value};
use crate::verbs::VERBS;
use rhai::{AST, Dynamic, Engine, OptimizationLevel, Scope};
use std::collections::HashSet;
use std::sync::Arc;

/// A script that was compiled and not run.
pub struct Program {
    engine: Engine,
    ast: AST,
    name: String,
    session: Arc<Session>,
}

impl Program {
    /// Compile a text; nothing of it runs.
    pub fn compile(session: &Arc<Session>, name: &str, text: &str) -> Result<Program, Failure> {
        session.texts.add(name, text);
        let mut engine = engine(session);
        // The optimizer folds calls of constants away, and their places with them.
        engine.set_optimization_level(OptimizationLevel::None);
        // A script's first line may name its interpreter.
        let runnable = match text.strip_prefix("#!") {
            // Three slashes would describe a function.
            Some(rest) => match rest.strip_prefix('/') {
                Some(path) => format!("// {path}"),
                None => format!("//{rest}"),
            },
            None => text.to_string(),
        };
        match assigning::compile(&engine, &runnable) {
            Ok(mut ast) => {
                ast.set_source(name);
                modules::check(session, &engine, name, &ast)?;
                Ok(Program { engine, ast, name: name.to_string(), session: session.clone() })
            }
            Err(error) => {
                Err(fault::parse_failure(&error, name, text, &Names { session, functions: Vec::new() }))
            }
        }
    }

    /// The name it was compiled under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The engine's tree, for checks.
    pub fn tree(&self) -> &AST {
        &self.ast
    }

    /// Every function that a call by name can mean: the verbs, the engine's, the script's own.
    pub fn function_names(&self) -> HashSet<String> {
        let native = self.engine.collect_fn_metadata(None, |info| Some(info.metadata.name.to_string()), true);
        let own = self.ast.iter_functions().map(|function| function.name.to_string());
        native.into_iter().chain(own).chain(VERBS.iter().map(|verb| verb.name.to_string())).collect()
    }

    /// The error of calling what is no function, with the nearest that is.
    pub fn no_function(&self, name: &str, arguments: usize) -> Error {
        let types = vec!["string"; arguments].join(", ");
        let names = Names { session: &self.session, functions: known::functions(&self.ast) };
        let mut error = calls::not_found(&format!("{name} ({types})"), &names);
        calls::of_variable(&mut error, &self.session.texts.text(&self.name).unwrap_or_default());
        error
    }

    /// The parameters that the script declares.
    pub fn params(&self) -> Vec<Declared> {
        params::declared(&self.ast)
    }

    /// The functions that the script offers, with what their comments say.
    pub fn functions(&self) -> Vec<(String, String)> {
        // A closure is a function too, of a name that no script can write.
        let named = self.ast.iter_functions().filter(|function| !function.name.contains('$'));
        let public = named.filter(|function| function.access.is_public());
        let mut found: Vec<(String, String)> = public
            .map(|function| {
                let comment: Vec<&str> = function
                    .comments
                    .iter()
                    .flat_map(|comment| comment.lines())
                    .map(|line| line.trim_start_matches('/').trim())
                    .collect();
                (format!("{}({})", function.name, function.params.join(", ")), comment.join("\n"))
            })
            .collect();
        found.sort();
        found
    }

    /// The comment that opens the script: what a runbook says about itself.
    pub fn description(text: &str) -> String {
        let lines = text.lines().skip_while(|line| line.starts_with("#!") || line.trim().is_empty());
        let lines = lines.take_while(|line| line.trim_start().starts_with("//"));
        let plain =
            lines.map(|line| line.trim_start().trim_start_matches('/').trim_start_matches('!').trim());
        plain.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// Run it to its end; gives its last value.
    pub fn run(&self) -> Result<Value, Failure> {
        let mut scope = Scope::new();
        match self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &self.ast) {
            Ok(value) => Ok(to_value(&value)),
            Err(error) => {
                let names = Names { session: &self.session, functions: known::functions(&self.ast) };
                let mut failure = fault::failure(&error, &self.name, &names);
                if let Cause::Interrupted { terminated } = &mut failure.cause {
                    *terminated = self.session.signal.load(std::sync::atomic::Ordering::Relaxed);
                }
                Err(failure)
            }
        }
    }
}

/// The exit code of a failure, the choice of cloud apart.
pub fn exit_code(failure: &Failure) -> i64 {
    match &failure.cause {
        Cause::Error(_) => 1,
        Cause::Parse(_) => 2,
        Cause::Interrupted { terminated: false } => 130,
        Cause::Interrupted { terminated: true } => 143,
        Cause::Exit(code) => *code,
    }
}

/// What the engine carries for an end that no script can catch.
pub fn ending(token: &Dynamic) -> Cause {
    match token.clone().try_cast::<Ending>() {
        Some(Ending::Exit(code)) => Cause::Exit(code),
        Some(Ending::Terminated) => Cause::Interrupted { terminated: true },
        _ => Cause::Interrupted { terminated: false },
    }
}
