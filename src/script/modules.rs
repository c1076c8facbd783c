//! Imports: beside the importing file, or from the standard library. A cycle is an error with its path, for the engine
//! itself would overflow its stack; what lies outside the main script's folder is refused.

use super::errors::runtime;
use super::failure::{Cause, Failure, Site};
use super::map_keys;
use super::raise::raise;
use super::run;
use super::session::Session;
use super::symbols::Names;
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind};
use crate::verbs::resolve::closest;
use rhai::{
    AST, ASTNode, Engine, EvalAltResult, Expr, Module, ModuleResolver, Position, Scope, Shared, Stmt,
};
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
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
    /// Each with the text it was made from: one that was changed since is read anew by the next import of it.
    done: HashMap<String, (String, Shared<Module>)>,
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
                        .at(Place::Verb, label))
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
        let outside = || {
            Error::new(Kind::Script, format!("the module `{path}` is outside the script's folder"))
                .coded("import::outside")
                .help("keep modules beside the script or below its folder")
                .at(Place::Verb, "this leads out of it")
        };
        let root = self.root();
        let is_inside = |file: &Path| root.as_ref().is_none_or(|root| file.starts_with(root));
        // Of what is not there, the way alone tells.
        let way = straight(&base.canonicalize().unwrap_or_else(|_| base.clone()).join(path));
        if !is_inside(&way) {
            return Err(outside());
        }
        let real = self.session.texts.real(&file).map_err(|why| {
            let shown = file.strip_prefix(&self.session.policy.directory).unwrap_or(&file).display();
            Error::new(Kind::Script, format!("there is no module `{path}`"))
                .coded("import::missing")
                .help(format!("put it at `{shown}`, or name it from the importing file's folder"))
                .at(
                    Place::Verb,
                    if why.kind() == std::io::ErrorKind::NotFound {
                        "no such file".to_string()
                    } else {
                        why.to_string()
                    },
                )
        })?;
        if !is_inside(&real) {
            return Err(outside());
        }
        if real.extension().is_none_or(|kind| kind != "rhai") {
            return Err(no_script(path));
        }
        let text = match self.session.texts.edited(&real) {
            Some(text) => text,
            None => std::fs::read_to_string(&real).map_err(|why| {
                Error::new(Kind::Script, format!("the module `{path}` cannot be read: {why}"))
                    .coded("import::missing")
            })?,
        };
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

    /// The module that an import means, where it was loaded.
    pub fn loaded(&self, source: Option<&str>, path: &str) -> Option<Shared<Module>> {
        let (name, _) = self.find(source, path).ok()?;
        self.state().done.get(&name).map(|(_, module)| module.clone())
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
        let compiled = map_keys::compile(engine, text);
        let mut ast: AST = compiled.map_err(|error| run::unparsed(&self.session, &error, name, text))?;
        ast.set_source(name);
        Ok(Module::eval_ast_as_new(Scope::new(), &ast, engine)?.into())
    }
}

fn no_script(path: &str) -> Error {
    Error::new(Kind::Script, format!("the module `{path}` is no `.rhai` file"))
        .coded("import::missing")
        .help("give a module's name the ending `.rhai`; data is read with `read_file`")
        .at(Place::Verb, "this leads to another kind of file")
}

/// The name and text of what an import in `source` means.
///
/// # Errors
/// When there is no such module, or it lies outside the main script's folder.
pub fn find(session: &Arc<Session>, source: &str, path: &str) -> Result<(String, String), Error> {
    Resolver::new(session.clone()).find(Some(source), path)
}

/// Find and parse everything that a script imports, before anything of it runs: what is missing, outside, circular or
/// does not parse is told at its place, with the imports that lead there.
pub fn check(session: &Arc<Session>, engine: &Engine, source: &str, ast: &AST) -> Result<(), Failure> {
    let resolver = Resolver::new(session.clone());
    let mut seen = HashSet::new();
    check_imports(&resolver, engine, source, ast, &mut vec![source.to_string()], &mut seen)
}

fn check_imports(
    resolver: &Resolver,
    engine: &Engine,
    source: &str,
    ast: &AST,
    open: &mut Vec<String>,
    seen: &mut HashSet<String>,
) -> Result<(), Failure> {
    let mut imports: Vec<(String, Position)> = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last()
            && let Expr::StringConstant(text, position) = &import.0
        {
            imports.push((text.to_string(), *position));
        }
        true
    });
    for (path, position) in imports {
        let here = Site {
            source: source.to_string(),
            line: position.line().unwrap_or(0),
            column: position.position().unwrap_or(0),
            function: None,
        };
        let refused = |error: Error| Failure { cause: Cause::Parse(error), sites: vec![here.clone()] };
        let (name, text) = resolver.find(Some(source), &path).map_err(refused)?;
        if let Some(start) = open.iter().position(|open| *open == name) {
            let mut cycle = open[start..].to_vec();
            cycle.push(name.clone());
            return Err(refused(circular(&name, &cycle)));
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        resolver.session.texts.add(&name, &text);
        let led_here = |mut failure: Failure| {
            failure.sites.push(here.clone());
            failure
        };
        let module = map_keys::compile(engine, &text).map_err(|error| {
            let names = Names { session: &resolver.session, functions: Vec::new() };
            led_here(runtime::parse_failure(&error, &name, &text, &names))
        })?;
        open.push(name.clone());
        check_imports(resolver, engine, &name, &module, open, seen).map_err(led_here)?;
        open.pop();
    }
    Ok(())
}

/// A path without `.` and `..`, by its words alone.
fn straight(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut way, part| {
        match part {
            Component::ParentDir => {
                way.pop();
            }
            Component::CurDir => {}
            part => way.push(part),
        }
        way
    })
}

/// The error of a module that imports itself, by way of the others in `cycle`.
pub fn circular(name: &str, cycle: &[String]) -> Error {
    Error::new(Kind::Script, format!("`{name}` imports itself: {}", cycle.join(" → ")))
        .coded("import::cycle")
        .help("move what both need into a third module")
}

/// Whether a source's name is a file, rather than `-`, `-e`, an input of a session or the standard library.
fn is_file(source: &str) -> bool {
    source != "-" && source != "-e" && !source.starts_with("std/") && !source.starts_with(INPUT)
}

/// What the names of a session's inputs begin with.
pub const INPUT: &str = "input ";

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Outcome<Shared<Module>> {
        let (name, text) = self.find(source, path).map_err(|error| raise(error, position))?;
        if let Some((_, module)) = self.state().done.get(&name).filter(|(known, _)| *known == text) {
            return Ok(module.clone());
        }
        {
            let mut state = self.state();
            if let Some(start) = state.open.iter().position(|open| *open == name) {
                let mut cycle: Vec<String> = state.open[start..].to_vec();
                cycle.push(name.clone());
                return Err(raise(circular(&name, &cycle), position));
            }
            state.open.push(name.clone());
        }
        let loaded = self.load(engine, &name, &text);
        self.state().open.retain(|open| *open != name);
        match loaded {
            Ok(module) => {
                self.state().done.insert(name, (text, module.clone()));
                Ok(module)
            }
            Err(error) => Err(Box::new(EvalAltResult::ErrorInModule(name, error, position))),
        }
    }
}
