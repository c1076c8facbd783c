//! What an import means, and the module that it gives.

use super::loading::{Begun, Loading};
use super::{Address, STDLIB, circular, is_address};
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind};
use crate::effects::header;
use crate::script::coverage;
use crate::script::map_keys;
use crate::script::raise::raise;
use crate::script::run;
use crate::script::session::Session;
use crate::verbs::resolve::closest;
use rhai::{AST, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Finds and caches modules.
pub struct Resolver {
    pub(super) session: Arc<Session>,
    loading: Loading,
}

type Outcome<T> = Result<T, Box<EvalAltResult>>;

impl Resolver {
    /// A resolver that has loaded nothing yet.
    pub fn new(session: Arc<Session>) -> Resolver {
        Resolver { session, loading: Loading::default() }
    }

    /// The name and text of what an import means.
    pub(super) fn find(&self, source: Option<&str>, path: &str) -> Result<(String, String), Error> {
        if let Some(found) = self.session.texts.bundled(source.unwrap_or(""), path) {
            return found.ok_or_else(|| {
                Error::new(Kind::Script, format!("this bundle has no module `{path}`"))
                    .coded("import::bundle")
                    .help("make it anew from its script: `rhain bundle FILE -o OUT`")
                    .at(Place::Verb, "not in the bundle")
            });
        }
        if path == "std" || path.starts_with("std/") {
            return standard(path);
        }
        match source.filter(|source| is_address(source)) {
            Some(source) => {
                let address = Address::parse(source)?.join(path)?;
                self.remote(&address.to_string())
            }
            None if is_address(path) => self.remote(&Address::parse(path)?.to_string()),
            None => {
                let short = !path.contains(['/', '.']);
                let named = if short { self.session.remote.named(path)? } else { None };
                match (named, self.beside(source, path)) {
                    (None, found) => found,
                    (Some(address), Err(_)) => self.remote(&address),
                    (Some(address), Ok((file, _))) => {
                        let message = format!(
                            "`{path}` is two modules: the file `{file}`, and `{address}` in rhain.lock"
                        );
                        Err(Error::new(Kind::Ambiguous, message)
                            .coded("import::lock")
                            .help(format!("write `./{path}` for the file, or the whole address"))
                            .at(Place::Verb, "which one?"))
                    }
                }
            }
        }
    }

    fn remote(&self, address: &str) -> Result<(String, String), Error> {
        let text = self.session.remote.text(address).and_then(|text| no_bundle(address, text));
        text.map(|text| (address.to_string(), text)).map_err(|error| error.at(Place::Verb, "this module"))
    }

    /// A module beside the importing file.
    fn beside(&self, source: Option<&str>, path: &str) -> Result<(String, String), Error> {
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
        self.read(real, path)
    }

    /// The name and text of a file that a path means.
    fn read(&self, real: PathBuf, path: &str) -> Result<(String, String), Error> {
        let text = match self.session.texts.edited(&real) {
            Some(text) => text,
            None => crate::base::file::read_text(&real).map_err(|why| {
                Error::new(Kind::Script, format!("the module `{path}` cannot be read: {why}"))
                    .coded("import::missing")
            })?,
        };
        let text = no_bundle(path, text).map_err(|error| error.at(Place::Verb, "this is one"))?;
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
        self.loading.done(&name)
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

    /// Keep what a source's header says of itself, where it is a module, and of what it imports.
    pub(super) fn narrow(&self, name: &str, text: &str, module: bool) {
        let header = header(text);
        if let Some(own) = header.own.filter(|_| module) {
            self.session.narrowed.add(name, name, own);
        }
        for (path, grants) in header.imports {
            if let Ok((imported, _)) = self.find(Some(name), &path) {
                self.session.narrowed.add(&imported, name, grants);
            }
        }
    }

    fn load(&self, engine: &Engine, name: &str, text: &str) -> Outcome<Shared<Module>> {
        self.session.texts.add(name, text);
        self.narrow(name, text, true);
        let compiled = map_keys::compile(engine, &coverage::counted(&self.session, name, text));
        let mut ast: AST = compiled.map_err(|error| run::unparsed(&self.session, &error, name, text))?;
        ast.set_source(name);
        Ok(Module::eval_ast_as_new(Scope::new(), &ast, engine)?.into())
    }
}

/// A bundle is a whole runbook: what its imports mean is in it, and holds for it alone.
fn no_bundle(path: &str, text: String) -> Result<String, Error> {
    match super::bundle::is_bundle(&text) {
        false => Ok(text),
        true => Err(Error::new(Kind::Script, format!("`{path}` is a bundle, which cannot be imported"))
            .coded("import::bundle")
            .help("import the module that it was made of, or run it by itself")),
    }
}

fn no_script(path: &str) -> Error {
    Error::new(Kind::Script, format!("the module `{path}` is no `.rhai` file"))
        .coded("import::missing")
        .help("give a module's name the ending `.rhai`; data is read with `read_file`")
        .at(Place::Verb, "this leads to another kind of file")
}

/// A module of the standard library.
fn standard(path: &str) -> Result<(String, String), Error> {
    let names = || STDLIB.iter().map(|(name, _)| *name);
    if let Some((name, text)) = STDLIB.iter().find(|(name, _)| *name == path) {
        return Ok((name.to_string(), text.to_string()));
    }
    let label = match closest(path, names()).first() {
        Some(near) => format!("closest: `{near}`"),
        None => format!("there is {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err(Error::new(Kind::Script, format!("the standard library has no module `{path}`"))
        .coded("import::missing")
        .at(Place::Verb, label))
}

/// The name and text of what an import in `source` means.
///
/// # Errors
/// When there is no such module, or it lies outside the main script's folder.
pub fn find(session: &Arc<Session>, source: &str, path: &str) -> Result<(String, String), Error> {
    Resolver::new(session.clone()).find(Some(source), path)
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

/// Whether a source's name is a file, rather than `-`, `-e`, an input of a session or the standard library.
fn is_file(source: &str) -> bool {
    source != "-"
        && source != "-e"
        && !source.starts_with("std/")
        && !source.starts_with(INPUT)
        && !is_address(source)
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
        match self.loading.begin(&name, &text).map_err(|cycle| raise(circular(&name, &cycle), position))? {
            Begun::Done(module) => Ok(module),
            Begun::Here => {
                let loaded = self.load(engine, &name, &text);
                self.loading.end(&name, &text, loaded.as_ref().ok());
                loaded.map_err(|error| Box::new(EvalAltResult::ErrorInModule(name, error, position)))
            }
        }
    }
}
