//! Imports: beside the importing file, or from the standard library. A cycle is an error with its path, for the engine
//! itself would overflow its stack; what lies outside the main script's folder is refused.

use super::bind::raise;
use super::failure::{Cause, Failure, Site};
use super::known::Names;
use super::session::Session;
use super::syntax::parse_failure;
use crate::cloud::{Error, Kind};
use crate::verbs::lookup::closest;
use rhai::{AST, ASTNode, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared, Stmt};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The standard library: name and text.
pub const STDLIB: &[(&str, &str)] = &[("std/wait", include_str!("../../stdlib/wait.rhai"))];

/// Finds and caches modules.
pub struct Resolver {
    session: Arc<Session>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Vec<String>,
    done: HashMap<String, Shared<Module>>,
}

type Outcome<T> = Result<T, Box<EvalAltResult>>;

impl Resolver {
    /// A resolver that has loaded nothing yet.
    pub fn new(session: Arc<Session>) -> Resolver {
        Resolver { session, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name and text of what an import means.
    fn find(&self, source: Option<&str>, path: &str) -> Result<(String, String), Error> {
        if path == "std" || path.starts_with("std/") {
            return match STDLIB.iter().find(|(name, _)| *name == path) {
                Some((name, text)) => Ok((name.to_string(), text.to_string())),
                None => {
                    let near = closest(path, STDLIB.iter().map(|(name, _)| *name));
                    let label = near.first().map_or_else(
                        || {
                            format!(
                                "there is {}",
                                STDLIB.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
                            )
                        },
                        |near| format!("closest: `{near}`"),
                    );
                    Err(Error::new(Kind::Script, format!("the standard library has no module `{path}`"))
                        .coded("import::missing")
                        .at(crate::cloud::error::Place::Verb, label))
                }
            };
        }
        let base = match source {
            Some(source) if !is_file(source) => None,
            Some(source) => Path::new(source).parent(),
            None => None,
        };
        let base = base.map_or_else(
            || self.session.policy.directory.clone(),
            |base| self.session.policy.directory.join(base),
        );
        let mut file = base.join(path);
        if file.extension().is_none() {
            file.set_extension("rhai");
        }
        let real = file.canonicalize().map_err(|why| {
            Error::new(Kind::Script, format!("there is no module `{path}`"))
                .coded("import::missing")
                .help(format!("write {} (looked from the importing file)", file.display()))
                .at(
                    crate::cloud::error::Place::Verb,
                    if why.kind() == std::io::ErrorKind::NotFound {
                        "no such file".to_string()
                    } else {
                        why.to_string()
                    },
                )
        })?;
        if let Some(root) = self.root()
            && !real.starts_with(&root)
        {
            return Err(Error::new(
                Kind::Script,
                format!("the module `{path}` is outside `{}`", root.display()),
            )
            .coded("import::outside")
            .help("keep modules beside the script or below its folder")
            .at(crate::cloud::error::Place::Verb, "outside the script's folder"));
        }
        let text = std::fs::read_to_string(&real).map_err(|why| {
            Error::new(Kind::Script, format!("the module `{path}` cannot be read: {why}"))
                .coded("import::missing")
        })?;
        let shown = self
            .session
            .policy
            .directory
            .canonicalize()
            .ok()
            .and_then(|here| real.strip_prefix(&here).ok().map(Path::to_path_buf))
            .unwrap_or(real);
        Ok((shown.to_string_lossy().into_owned(), text))
    }

    /// Find and read every module that a script imports by a written name, and those that these import, without running
    /// anything; so that a run does not stop in the middle for a file that is not there.
    ///
    /// # Errors
    /// The first import that does not fit, with the way to it.
    pub fn check(&self, engine: &Engine, ast: &AST, source: &str) -> Result<(), Failure> {
        self.check_below(engine, ast, &mut vec![source.to_string()], &mut HashSet::new(), &[])
    }

    fn check_below(
        &self,
        engine: &Engine,
        ast: &AST,
        open: &mut Vec<String>,
        seen: &mut HashSet<String>,
        callers: &[Site],
    ) -> Result<(), Failure> {
        let source = open.last().cloned().unwrap_or_default();
        for (path, position) in imports(ast) {
            let line = position.line().unwrap_or(0);
            let column = position.position().unwrap_or(1);
            let site = Site { source: source.clone(), line, column, function: None };
            let sites: Vec<Site> = std::iter::once(site).chain(callers.iter().cloned()).collect();
            let refused = |error| Failure { cause: Cause::Parse(error), sites: sites.clone() };
            let (name, text) = self.find(Some(&source), &path).map_err(refused)?;
            if open.contains(&name) {
                return Err(refused(cycle(open, &name)));
            }
            if !seen.insert(name.clone()) {
                continue;
            }
            self.session.texts.add(&name, &text);
            let inner = engine.compile(&text).map_err(|error| {
                let names = Names { session: &self.session, functions: Vec::new() };
                let mut failure = parse_failure(&error, &name, &text, &names);
                failure.sites.extend(sites.iter().cloned());
                failure
            })?;
            open.push(name);
            self.check_below(engine, &inner, open, seen, &sites)?;
            open.pop();
        }
        Ok(())
    }

    /// The folder of the main script, which imports may not leave.
    fn root(&self) -> Option<PathBuf> {
        let main = self.session.params.script()?;
        let folder = match is_file(&main) {
            true => self.session.policy.directory.join(Path::new(&main).parent()?),
            false => self.session.policy.directory.clone(),
        };
        folder.canonicalize().ok()
    }

    fn load(&self, engine: &Engine, name: &str, text: &str) -> Outcome<Shared<Module>> {
        self.session.texts.add(name, text);
        let mut ast: AST =
            engine.compile(text).map_err(|error| Box::new(EvalAltResult::ErrorParsing(*error.0, error.1)))?;
        ast.set_source(name);
        Ok(Module::eval_ast_as_new(Scope::new(), &ast, engine)?.into())
    }
}

/// The imports of a script that name their module as text, and where.
fn imports(ast: &AST) -> Vec<(String, Position)> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last()
            && let Some(name) = import.0.get_literal_value(None)
            && let Ok(name) = name.into_string()
        {
            found.push((name, import.0.position()));
        }
        true
    });
    found
}

fn cycle(open: &[String], name: &str) -> Error {
    let start = open.iter().position(|open| open == name).unwrap_or(0);
    let way: Vec<&str> = open[start..].iter().map(String::as_str).chain([name]).collect();
    Error::new(Kind::Script, format!("`{name}` imports itself: {}", way.join(" → ")))
        .coded("import::cycle")
        .help("move what both need into a third module")
}

/// Whether a source's name is a file, rather than `-`, `-e` or the standard library.
fn is_file(source: &str) -> bool {
    source != "-" && source != "-e" && !source.starts_with("std/")
}

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Outcome<Shared<Module>> {
        let (name, text) = self.find(source, path).map_err(|error| raise(error, position))?;
        if let Some(module) = self.state().done.get(&name) {
            return Ok(module.clone());
        }
        {
            let mut state = self.state();
            if state.open.contains(&name) {
                return Err(raise(cycle(&state.open, &name), position));
            }
            state.open.push(name.clone());
        }
        let loaded = self.load(engine, &name, &text);
        self.state().open.retain(|open| *open != name);
        match loaded {
            Ok(module) => {
                self.state().done.insert(name, module.clone());
                Ok(module)
            }
            Err(error) => Err(Box::new(EvalAltResult::ErrorInModule(name, error, position))),
        }
    }
}
