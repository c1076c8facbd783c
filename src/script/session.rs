//! A session of the language: the run it shares with the verbs, the policy, the ledger, the sources, and where output goes.

use super::bridge::Bridge;
use super::budget::Budget;
use super::coverage::Coverage;
use super::deferred::Endings;
use super::failure::Sources;
use super::modules::Remote;
use super::modules::bundle::Bundle;
use super::narrowed::Narrowed;
use super::parallel::Slots;
use super::params::Params;
use super::word_compare::WordCompares;
use crate::cloud::{Error, Handle, Noun, Result, Ty, Value, call_scope};
use crate::effects::stage::Scope;
use crate::effects::store::Locks;
use crate::effects::{Decision, Ledger, Policy, Site, Stage, decide, masks, path};
use crate::verbs::run_context::Phase;
use crate::verbs::verb::Effect;
use crate::verbs::{Call, RunContext, Verb, arguments, run};
use rhai::NativeCallContext;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The line that a person answers with, once it is there; `None` where the input ended. Dropping it takes the question
/// back.
pub type Answer = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// What a line of talk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// About the run itself.
    Note,
    /// What a script says with `info`.
    Info,
    /// What a person should know though nothing failed.
    Warning,
    /// What a script says with `debug`.
    Debug,
}

impl Tone {
    /// Its name as an event: `note`, `info`, `warning`, `debug`.
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Note => "note",
            Tone::Info => "info",
            Tone::Warning => "warning",
            Tone::Debug => "debug",
        }
    }
}

/// Where a script's output goes.
pub trait Console: Send + Sync {
    /// A line of data, for standard output.
    fn data(&self, text: &str);
    /// A line of talk, for standard error.
    fn talk(&self, text: &str);
    /// The same, with what it is told apart.
    fn say(&self, tone: Tone, text: &str) {
        match tone {
            Tone::Warning => self.talk(&format!("warning: {text}")),
            _ => self.talk(text),
        }
    }
    /// Whether tables are written as JSON.
    fn json(&self) -> bool;
    /// The width of a table, in columns.
    fn width(&self) -> usize;
    /// Put a question to the person at the terminal, what is typed not shown where `hidden`; `None` without a terminal.
    fn ask(&self, _question: &str, _hidden: bool) -> Option<Answer> {
        None
    }
}

/// The text of every source that was loaded, and of every file that is being edited.
#[derive(Debug, Default)]
pub struct Texts {
    loaded: Mutex<BTreeMap<String, String>>,
    /// What an editor has not saved, by the file's real path: imports read it instead of the file.
    edited: Mutex<BTreeMap<PathBuf, String>>,
    /// The bundle that was opened, and the name of its script.
    bundle: Mutex<Option<(String, Arc<Bundle>)>>,
}

impl Texts {
    /// Keep a source's text.
    pub fn add(&self, name: &str, text: &str) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string(), text.to_string());
    }

    /// The text of a script: of a bundle, whose modules are imported from it from now on, the script in it.
    ///
    /// # Errors
    /// When it is a bundle that is not whole, or was changed.
    pub fn open(&self, name: &str, text: &str) -> Result<String> {
        let Some(bundle) = Bundle::read(text)? else { return Ok(text.to_string()) };
        let script = bundle.sources.first().map(|script| script.text.clone()).unwrap_or_default();
        let opened = Some((name.to_string(), Arc::new(bundle)));
        *self.bundle.lock().unwrap_or_else(PoisonError::into_inner) = opened;
        Ok(script)
    }

    /// What an import means in a source of the bundle: name and text, or nothing where the bundle has none; `None` where
    /// the source is of no bundle.
    pub(super) fn bundled(&self, source: &str, path: &str) -> Option<Option<(String, String)>> {
        let opened = self.bundle.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (script, bundle) = opened?;
        // The standard library is no part of a bundle.
        if path.starts_with("std/") {
            return None;
        }
        let modules = bundle.sources.iter().enumerate().skip(1);
        let index = match source == script {
            true => 0,
            false => modules.clone().find(|(_, known)| known.name == source)?.0,
        };
        let to = bundle.imports.get(&(index, path.to_string())).and_then(|to| bundle.sources.get(*to));
        Some(to.map(|module| (module.name.clone(), module.text.clone())))
    }

    /// Every source that was loaded, by its name.
    pub fn all(&self) -> BTreeMap<String, String> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on a file counts as having this text.
    pub fn edit(&self, file: &Path, text: &str) {
        let mut edited = self.edited.lock().unwrap_or_else(PoisonError::into_inner);
        edited.insert(file.to_path_buf(), text.to_string());
    }

    /// From now on a file counts as it is on disk.
    pub fn saved(&self, file: &Path) {
        self.edited.lock().unwrap_or_else(PoisonError::into_inner).remove(file);
    }

    /// The path of a file without links and dots; also of one that an editor has and nobody has saved.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn real(&self, file: &Path) -> std::io::Result<PathBuf> {
        file.canonicalize().or_else(|why| {
            let real = parent_and_name(file).filter(|file| self.edited(file).is_some());
            real.ok_or(why)
        })
    }

    /// What an editor has of a file, where one has it open.
    pub fn edited(&self, file: &Path) -> Option<String> {
        self.edited.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned()
    }
}

/// The path of a file that may not be there yet, without links and dots.
pub fn parent_and_name(file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?))
}

impl Sources for Texts {
    fn text(&self, name: &str) -> Option<String> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// What the natives of one engine share.
pub struct Session {
    /// The run, as verbs see it.
    pub host: Arc<RunContext>,
    /// What the run may do.
    pub policy: Policy,
    /// Whether verbs that change a cloud are refused now, whatever the policy says.
    pub read_only: AtomicBool,
    /// What every call passes that leaves the script's own world.
    pub stage: Arc<Stage>,
    /// What the run did.
    pub ledger: Arc<Ledger>,
    /// Waits for futures.
    pub bridge: Arc<Bridge>,
    /// Where output goes.
    pub console: Arc<dyn Console>,
    /// The sources.
    pub texts: Texts,
    /// The script's parameters.
    pub params: Params,
    /// Set by an interruption, so that loops end too.
    pub stopped: Arc<AtomicBool>,
    /// Whether it was SIGTERM that stopped it.
    pub signal: Arc<AtomicBool>,
    /// How much the run has worked.
    pub budget: Arc<Budget>,
    /// What bounds the closures that run at a time.
    pub slots: Slots,
    /// What the script put off until its end.
    pub endings: Endings,
    /// The names that the run has to itself; empty where nobody else could be met (a dry run, a test, the embedded cloud).
    pub locks: OnceLock<Locks>,
    /// How many named steps began.
    pub steps: AtomicU64,
    /// Comparisons with one of a few words that a check found.
    pub word_compares: WordCompares,
    /// Where modules come from that are neither beside the script nor of the standard library.
    pub remote: Arc<dyn Remote>,
    /// What modules may touch of what the script may, by their names as sources.
    pub narrowed: Narrowed,
    /// What counts the lines that run, where that was asked for; set before anything is compiled.
    pub coverage: OnceLock<Arc<Coverage>>,
}

impl Session {
    /// What comes before a verb's body: its arguments checked, the gate asked, its secrets hidden.
    pub fn admit(&self, verb: &'static Verb, values: Vec<Value>, source: Option<&str>) -> Result<Call> {
        let call = arguments::prepare(verb, &self.host, values)?;
        let read_only = self.policy.read_only || self.read_only.load(Ordering::Relaxed);
        let policy = Policy { read_only, ..self.policy.clone() };
        if let Decision::Deny(mut error) = decide(&call, &policy) {
            error.verb = Some(verb.name);
            if read_only && !self.policy.read_only {
                error = error.help("type `:read-only off` to let verbs change the cloud again");
            }
            return Err(error);
        }
        if let Some(error) = self.narrowed.refused(&call, &policy, source) {
            return Err(error);
        }
        self.mask_secret(&call);
        Ok(call)
    }

    /// Call a verb: arguments, decision, then what is pure at once, and all else through the stage.
    pub fn call(
        &self,
        verb: &'static Verb,
        values: Vec<Value>,
        context: Option<&NativeCallContext>,
    ) -> Result<(Value, Call)> {
        let secret = values.iter().any(Value::holds_secret);
        let hidden = |error: Error| if secret { self.hidden(error) } else { error };
        let source = context.and_then(NativeCallContext::call_source);
        let call = self.admit(verb, values, source).map_err(hidden)?;
        let work =
            |call: Call, scope: Arc<Scope>| self.bridge.wait(call_scope::within(scope, run::run(call)));
        let result = match call.effect().is_pure() {
            true => work(call.clone(), self.stage.scope()).inspect(|value| {
                masks::secrets(value, &mut |secret| self.host.clouds.mask_secret(secret));
            }),
            false => self.pass(&call, context, work),
        };
        // When what was made stands, what came twice of it is looked for.
        if matches!(call.effect(), Effect::Creates | Effect::Waits) {
            self.delete_doubles(false);
        }
        result.map(|value| (value, call)).map_err(hidden)
    }

    /// An error without the secrets that a call was given: a script prints its words.
    pub fn hidden(&self, mut error: Error) -> Error {
        error.message = self.host.clouds.hide(&error.message);
        error.label = error.label.take().map(|label| self.host.clouds.hide(&label));
        error.help = error.help.take().map(|help| self.host.clouds.hide(&help));
        error
    }

    /// What creates that went out twice made a second time is deleted and reported; `last` where the run ends.
    pub fn delete_doubles(&self, last: bool) {
        for cloud in self.host.clouds.made() {
            let work = self.host.unless_cancelled(cloud.delete_doubles(last));
            // What an interruption cuts short is left for the next look.
            for double in self.bridge.wait(work).unwrap_or_default() {
                self.console.say(Tone::Warning, &double.words());
            }
        }
    }

    /// Pass a call that leaves the script's own world through the stage.
    pub fn pass(
        &self,
        call: &Call,
        context: Option<&NativeCallContext>,
        work: impl FnOnce(Call, Arc<Scope>) -> Result<Value>,
    ) -> Result<Value> {
        let path = path::next();
        let site = context.and_then(|context| self.site(context));
        let resolve = |call: Call, scope: Arc<Scope>| match call.effect().changes_cloud() {
            true => self.bridge.wait(call_scope::within(scope, run::resolve(call))),
            false => Ok(call),
        };
        self.stage.pass(&path, call.clone(), site.as_ref(), resolve, work)
    }

    /// Where a call stands, where an observer looks at that.
    pub fn site(&self, context: &NativeCallContext) -> Option<Site> {
        let position = context.call_position();
        let (line, column) = self.stage.records().then(|| position.line().zip(position.position()))??;
        Some(Site { source: context.call_source().unwrap_or_default().to_string(), line, column })
    }

    /// What a call is given as a secret is hidden from now on in all that the session says.
    fn mask_secret(&self, call: &Call) {
        let keys = arguments::option_keys(call.verb, call.form);
        for param in call.form.params.iter().chain(&keys) {
            match call.value(param.name) {
                Some(Value::Text(text)) if param.ty == Ty::Secret => self.host.clouds.mask_secret(text),
                Some(value) => masks::secrets(value, &mut |secret| self.host.clouds.mask_secret(secret)),
                None => {}
            }
        }
    }

    /// A resource's field, names looked up where the cloud gave only an id.
    pub fn field(&self, resource: &Handle, name: &str) -> Result<Option<Value>> {
        if resource.is_stale() && !matches!(name, "id" | "cloud") {
            let work = self.host.unless_cancelled(self.host.freshen(resource));
            self.bridge.wait(call_scope::within(self.stage.scope(), work))??;
        }
        match resource.field(name) {
            Some(Value::Unread) => {
                let work = self.host.unless_cancelled(self.host.read_whole(resource));
                self.bridge.wait(call_scope::within(self.stage.scope(), work))??;
                Ok(resource.field(name))
            }
            Some(Value::NameOf(noun, id)) => self.name_of(resource.cloud(), noun, &id).map(Some),
            other => Ok(other),
        }
    }

    /// Read the objects in a value that a verb changed without reading them; those that cannot be read stay as they were seen.
    pub fn freshen(&self, value: &Value) {
        match value {
            Value::Resource(object) if object.is_stale() => {
                // Any field but the id: it reads what is stale, at its own place.
                let _ = self.field(object, "name");
            }
            Value::Array(items) => items.iter().for_each(|item| self.freshen(item)),
            Value::Map(map) => map.values().for_each(|item| self.freshen(item)),
            _ => {}
        }
    }

    /// The name of a resource by its id.
    pub fn name_of(&self, cloud: &str, noun: Noun, id: &str) -> Result<Value> {
        let cloud = self.host.clouds.get(Some(cloud))?;
        let work = self.host.name_of(&cloud, noun, id);
        let work = call_scope::within(self.stage.scope(), self.host.unless_cancelled(work));
        self.bridge.wait(work)?
    }

    /// Whether the run was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Whether what runs now is to stop: an interruption does not end what was put off until the end.
    pub fn is_stopped(&self) -> bool {
        match self.host.phase() {
            _ if !self.is_interrupted() => false,
            Phase::Running | Phase::Over => true,
            Phase::Ending => false,
        }
    }

    /// Wait a while, unless interrupted.
    pub fn pause(&self, by: std::time::Duration) -> std::result::Result<(), Error> {
        self.bridge.wait(self.host.unless_cancelled(self.host.clock.sleep(by)))
    }
}
