//! The one stage that every call passes which leaves the script's own world: its path, its token, its beginning, its end.
//!
//! The stage knows no verb and runs nothing itself: it is given the work, and does it unless an observer answers in its place.

use super::observer::{Begin, Course, End, Fork, Join, Note, Observer, Resumed, Site};
use super::path::{self, Branch, Path};
use super::scope::ArrayOf;
pub use super::scope::Scope;
use super::token::RunKey;
use crate::cloud::call_scope::CallScope as _;
use crate::cloud::ports::Clock;
use crate::cloud::{Error, Handle, Kind, Result, Value};
use crate::verbs::{Call, Effect};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// The observers of a run, and what its tokens are made from.
pub struct Stage {
    pub(super) clock: Arc<dyn Clock>,
    observers: RwLock<Arc<[Arc<dyn Observer>]>>,
    records: AtomicBool,
    key: OnceLock<RunKey>,
    life: AtomicU32,
    main: Arc<Branch>,
}

impl Stage {
    /// A run that nobody but these watches.
    pub fn new(clock: Arc<dyn Clock>, observers: Vec<Arc<dyn Observer>>) -> Stage {
        let records = AtomicBool::new(observers.iter().any(|one| one.records()));
        Stage {
            clock,
            observers: RwLock::new(observers.into()),
            records,
            key: OnceLock::new(),
            life: AtomicU32::new(1),
            main: Branch::main(),
        }
    }

    /// The branch of the script itself; a second script of the same session counts on, so that no two calls have one path.
    pub fn main(&self) -> Arc<Branch> {
        self.main.clone()
    }

    /// Let another one watch, after those that do.
    pub fn watch(&self, observer: Arc<dyn Observer>) {
        self.records.fetch_or(observer.records(), Ordering::Relaxed);
        let mut all = self.observers.write().unwrap_or_else(PoisonError::into_inner);
        *all = all.iter().cloned().chain([observer]).collect();
    }

    /// The key of the run, where it is one that is kept; to be set before the first call.
    pub fn set_key(&self, key: RunKey) {
        let _ = self.key.set(key);
    }

    /// The life of the run that begins calls from now on; to be set before the first call.
    pub fn set_life(&self, life: u32) {
        self.life.store(life, Ordering::Relaxed);
    }

    pub(super) fn life(&self) -> u32 {
        self.life.load(Ordering::Relaxed)
    }

    /// What an earlier life began at this place.
    pub(super) fn resumed(&self, path: &Path) -> Option<Resumed> {
        self.records().then(|| self.observers().iter().find_map(|one| one.resumed(path))).flatten()
    }

    /// So many more branches run at the same time from now on, or fewer.
    pub fn branches(&self, change: isize) {
        self.observers().iter().for_each(|one| one.branches(change));
    }

    /// Whether an observer looks at places in sources and at what helpers of the language give.
    pub fn records(&self) -> bool {
        self.records.load(Ordering::Relaxed)
    }

    pub(super) fn observers(&self) -> Arc<[Arc<dyn Observer>]> {
        self.observers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn key(&self) -> &RunKey {
        self.key.get_or_init(RunKey::random)
    }

    /// Pass a call: answered by an observer, or begun, done and ended.
    ///
    /// # Errors
    /// What the call gives, or why an observer does not let it begin.
    pub fn pass(
        self: &Arc<Stage>,
        path: &Path,
        call: Call,
        site: Option<&Site>,
        resolve: impl FnOnce(Call, Arc<Scope>) -> Result<Call>,
        work: impl FnOnce(Call, Arc<Scope>) -> Result<Value>,
    ) -> Result<Value> {
        let effect = call.effect();
        let members = call.member_count();
        let call = match members {
            Some(_) => call.with_members(Arc::new(ArrayOf { stage: self.clone(), path: path.clone() })),
            None => call,
        };
        let at = self.clock.now();
        let resumed = self.resumed(path).filter(|_| members.is_none());
        let token = self.token_of(path, effect, resumed.as_ref());
        let token = token.as_deref();
        let begin =
            Begin { path, at, site, call: &call, effect, objects: &self.objects(&call), token, members };
        let observers = self.observers();
        // Of an array each member is answered by itself.
        let answer = members.is_none().then(|| observers.iter().find_map(|one| one.answer(&begin))).flatten();
        if let Some(answer) = answer {
            self.end(&begin, &answer, true, &[]);
            return answer;
        }
        let scope = Scope::of(self, path, effect, resumed.as_ref());
        if resumed.as_ref().is_some_and(|resumed| resumed.named.is_empty()) {
            scope.acts_on(self.objects(&call));
        }
        let named = resumed.as_ref().map_or_else(|| call.clone(), |resumed| call.with_ids(&resumed.named));
        let (call, unresolved) = match resolve(named, scope.clone()) {
            Ok(call) => (call, None),
            Err(error) => (call, Some(error)),
        };
        let begin =
            Begin { path, at, site, call: &call, effect, objects: &self.objects(&call), token, members };
        let mut result = match observers.iter().try_for_each(|one| one.began(&begin)) {
            Ok(()) => unresolved.map_or_else(|| work(call.clone(), scope.clone()), Err),
            Err(refused) => Err(refused),
        };
        if let Some(resumed) = &resumed {
            result = self.settled(&begin, result, resumed, &scope);
        }
        if let Err(error) = &mut result {
            place(error, path);
        }
        self.end(&begin, &result, false, &scope.requests());
        result
    }

    /// What a call gives that an earlier life began: what is gone was deleted by it, and what looking cannot tell is decided.
    pub(super) fn settled(
        &self,
        begin: &Begin<'_>,
        result: Result<Value>,
        resumed: &Resumed,
        scope: &Scope,
    ) -> Result<Value> {
        match result {
            Err(error) if error.kind == Kind::NotFound && matches!(begin.effect, Effect::Destroys) => {
                match begin.call.subject() {
                    Some(Value::Resource(object)) => {
                        object.set_gone();
                        Ok(Value::Resource(object.clone()))
                    }
                    _ => resumed.was.clone().ok_or(error),
                }
            }
            Err(error) if error.maybe && scope.unsure().is_some() => {
                let decided = self.observers().iter().find_map(|one| one.unsettled(begin, &error));
                decided.unwrap_or(Err(error))
            }
            result => result,
        }
    }

    /// The resources that a call acts on, where an observer looks at them.
    pub(super) fn objects(&self, call: &Call) -> Vec<Handle> {
        match self.records() {
            true => call.objects().into_iter().cloned().collect(),
            false => Vec::new(),
        }
    }

    pub(super) fn end(&self, begin: &Begin<'_>, result: &Result<Value>, answered: bool, requests: &[String]) {
        let at = self.clock.now();
        let objects: Vec<Handle> = match self.records() {
            true => begin.call.given().into_iter().cloned().collect(),
            false => Vec::new(),
        };
        let end = End { at, result: result.as_ref(), objects: &objects, answered, requests };
        self.observers().iter().for_each(|one| one.ended(begin, &end));
    }

    pub(super) fn token_of(&self, path: &Path, effect: Effect, resumed: Option<&Resumed>) -> Option<String> {
        let life = resumed.map_or_else(|| self.life(), |resumed| resumed.life);
        (effect.changes_cloud() && self.records()).then(|| self.key().token(life, path, 0))
    }

    /// A scope for reads that no call of the script does: a completion, a value that is shown.
    pub fn scope(self: &Arc<Stage>) -> Arc<Scope> {
        Scope::of(self, &path::last(), Effect::Reads, None)
    }

    /// A call is about to open branches; how it is to go about them.
    pub fn fork(&self, fork: &Fork<'_>) -> Course {
        let courses: Vec<Course> = self.observers().iter().filter_map(|one| one.forked(fork)).collect();
        courses.into_iter().next().unwrap_or_default()
    }

    /// Its branches ended.
    pub fn join(&self, fork: &Fork<'_>, join: &Join<'_>) {
        self.observers().iter().for_each(|one| one.joined(fork, join));
    }

    /// The run is interrupted by this signal.
    pub fn interrupted(&self, signal: &str) {
        self.observers().iter().for_each(|one| one.interrupted(signal));
    }

    /// A handler was registered or cancelled.
    pub fn note(&self, note: &Note<'_>) {
        self.observers().iter().for_each(|one| one.noted(note));
    }
}

/// An error knows the call that it ended: the innermost one.
pub(super) fn place(error: &mut Error, path: &Path) {
    if error.path.is_none() {
        error.path = Some(path.to_string().into());
    }
}
