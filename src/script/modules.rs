//! Imports: beside the importing file, or from the standard library. A cycle is an error with its path, for the engine
//! itself would overflow its stack; what lies outside the main script's folder is refused.

use super::bind::raise;
use super::session::Session;
use crate::cloud::{Error, Kind};
use crate::verbs::lookup::closest;
use rhai::{AST, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};
use std::collections::HashMap;
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
            if let Some(start) = state.open.iter().position(|open| *open == name) {
                let mut cycle: Vec<String> = state.open[start..].to_vec();
                cycle.push(name.clone());
                let error =
                    Error::new(Kind::Script, format!("`{name}` imports itself: {}", cycle.join(" → ")))
                        .coded("import::cycle")
                        .help("move what both need into a third module");
                return Err(raise(error, position));
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
