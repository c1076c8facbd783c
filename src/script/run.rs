//! Runs a text: compiles it, finds its parameters, evaluates it, and says what ended it.

use super::budget::Budget;
use super::coverage;
use super::deferred;
use super::engine::engine;
use super::errors::runtime;
use super::failure::{Cause, Ending, Failure};
use super::guard;
use super::map_keys;
use super::modules;
use super::params::{self, Declared};
use super::raise::raise;
use super::secret_literals;
use super::session::Session;
use super::symbols::{self, Names};
use super::value::to_value;
use crate::cloud::{Error, Kind, Value};
use crate::effects::allow::is_grant;
use crate::effects::path;
use crate::syntax;
use rhai::{AST, Dynamic, Engine, EvalAltResult, OptimizationLevel, ParseError, Position, Scope};
use std::sync::Arc;

/// A script that was compiled and not run.
pub struct Program {
    engine: Engine,
    ast: AST,
    name: String,
    declared: Vec<Declared>,
    session: Arc<Session>,
}

impl Program {
    /// Compile a text; nothing of it runs.
    pub fn compile(session: &Arc<Session>, name: &str, text: &str) -> Result<Program, Failure> {
        Program::compile_calling(session, name, text, None)
    }

    /// The same, with a call of one of its functions at its end: a bundle ends with its modules, not with its script.
    pub fn compile_calling(
        session: &Arc<Session>,
        name: &str,
        text: &str,
        function: Option<&str>,
    ) -> Result<Program, Failure> {
        let opened = session.texts.open(name, text);
        let mut text = opened.map_err(|error| Failure { cause: Cause::Parse(error), sites: Vec::new() })?;
        text.extend(function.map(|function| format!("\n;{function}();\n")));
        let text = &text;
        session.texts.add(name, text);
        secret_literals::mask_secret(session, text);
        let mut engine = engine(session);
        // The optimizer folds calls of constants away, and their places with them.
        engine.set_optimization_level(OptimizationLevel::None);
        // A function may stand as a value before it is defined: its name is known, and found when it is read.
        let mut known = Scope::new();
        let tree = syntax::parse(text);
        for function in tree.functions() {
            known.push_constant_dynamic(function.name.text.as_str(), Dynamic::UNIT);
        }
        match map_keys::compile_within(&engine, &known, &coverage::counted(session, name, &runnable(text))) {
            Ok(mut ast) => {
                ast.set_source(name);
                modules::check(session, &engine, name, &ast)?;
                let declared = params::declared(&tree, text);
                Ok(Program { engine, ast, name: name.to_string(), declared, session: session.clone() })
            }
            Err(error) => {
                Err(runtime::parse_failure(&error, name, text, &Names { session, functions: Vec::new() }))
            }
        }
    }

    /// The name it was compiled under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameters that the script declares.
    pub fn params(&self) -> &[Declared] {
        &self.declared
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
        // What a header says to the program is not about the runbook.
        let lines = lines.filter(|line| !line.starts_with("//! clouds:") && !is_grant(line));
        let plain =
            lines.map(|line| line.trim_start().trim_start_matches('/').trim_start_matches('!').trim());
        plain.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// Run it to its end; gives its last value.
    pub fn run(&self) -> Result<Value, Failure> {
        path::within(self.session.stage.main(), || {
            let result = self.run_here();
            deferred::delete_doubles(&self.session);
            result
        })
    }

    fn run_here(&self) -> Result<Value, Failure> {
        let evaluated = guard::caught(|| {
            let mut scope = Scope::new();
            self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &self.ast)
        });
        let result = match evaluated {
            Ok(Ok(value)) => Ok(to_value(&value)),
            Ok(Err(error)) => {
                let names = Names { session: &self.session, functions: symbols::functions(&self.ast) };
                let mut failure = runtime::failure(&error, &self.name, &names);
                if let Cause::Interrupted { terminated } = &mut failure.cause {
                    *terminated = self.session.signal.load(std::sync::atomic::Ordering::Relaxed);
                }
                Err(while_running(failure))
            }
            Err(error) => Err(Failure { cause: Cause::Error(error), sites: Vec::new() }),
        };
        self.session.budget.leave_room();
        deferred::finish(&self.session, &self.engine, &self.name, &self.ast, result)
    }
}

/// A failure of a script that runs: what the engine cannot parse then is an error of the script like any other.
pub(super) fn while_running(mut failure: Failure) -> Failure {
    if let Cause::Parse(error) = failure.cause {
        failure.cause = Cause::Error(error);
    }
    failure
}

/// The error of a module that does not parse, met while the script runs: one that it can catch.
pub(super) fn unparsed(session: &Session, error: &ParseError, name: &str, text: &str) -> Box<EvalAltResult> {
    let failure = runtime::parse_failure(error, name, text, &Names { session, functions: Vec::new() });
    let place = failure.sites.first().map(|site| (Some(site.source.clone()), site.line, site.column));
    let mut error = match failure.cause {
        Cause::Parse(error) | Cause::Error(error) => error,
        _ => Error::new(Kind::Script, format!("the module `{name}` does not parse")),
    };
    error.kind = Kind::Script;
    error.raised = place;
    raise(error, Position::NONE)
}

/// A text as the engine reads it: the first line may name an interpreter, which is none of its business.
pub(super) fn runnable(text: &str) -> String {
    match text.strip_prefix("#!") {
        Some(rest) => {
            let end = rest.find('\n').unwrap_or(rest.len());
            let blank: String = std::iter::repeat_n(' ', 2 + rest[..end].chars().count()).collect();
            blank + &rest[end..]
        }
        // A byte order mark says nothing; a space keeps every place where it was.
        None if text.starts_with('\u{feff}') => text.replacen('\u{feff}', " ", 1),
        None => text.to_string(),
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
        Some(Ending::Memory) => Cause::Error(super::memory::exceeded()),
        Some(Ending::Steps) => Cause::Error(Budget::spent_all()),
        Some(Ending::Terminated) => Cause::Interrupted { terminated: true },
        _ => Cause::Interrupted { terminated: false },
    }
}
