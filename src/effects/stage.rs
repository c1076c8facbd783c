//! The one stage that every call passes which leaves the script's own world: its path, its token, its beginning, its end.
//!
//! The stage knows no verb and runs nothing itself: it is given the work, and does it unless an observer answers in its place.

use super::observer::{Begin, Course, End, Fork, Join, Note, Observer, Site};
use super::path::{self, Branch, Path};
use super::token::RunKey;
use crate::cloud::call_scope::CallScope;
use crate::cloud::ports::Clock;
use crate::cloud::{Error, Handle, Result, Value};
use crate::verbs::members::Members;
use crate::verbs::{Call, Effect};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// The observers of a run, and what its tokens are made from.
pub struct Stage {
    clock: Arc<dyn Clock>,
    observers: RwLock<Arc<[Arc<dyn Observer>]>>,
    records: AtomicBool,
    key: OnceLock<RunKey>,
    life: u32,
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
            life: 1,
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

    /// Whether an observer looks at places in sources and at what helpers of the language give.
    pub fn records(&self) -> bool {
        self.records.load(Ordering::Relaxed)
    }

    fn observers(&self) -> Arc<[Arc<dyn Observer>]> {
        self.observers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self) -> &RunKey {
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
        let scope = Scope::of(self, path, effect);
        let token = self.token_of(path, effect);
        let call = match members {
            Some(_) => call.with_members(Arc::new(ArrayOf { stage: self.clone(), path: path.clone() })),
            None => call,
        };
        let at = self.clock.now();
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
        let (call, unresolved) = match resolve(call.clone(), scope.clone()) {
            Ok(call) => (call, None),
            Err(error) => (call, Some(error)),
        };
        let begin =
            Begin { path, at, site, call: &call, effect, objects: &self.objects(&call), token, members };
        let mut result = match observers.iter().try_for_each(|one| one.began(&begin)) {
            Ok(()) => unresolved.map_or_else(|| work(call.clone(), scope.clone()), Err),
            Err(refused) => Err(refused),
        };
        if let Err(error) = &mut result {
            place(error, path);
        }
        self.end(&begin, &result, false, &scope.requests());
        result
    }

    /// The resources that a call acts on, where an observer looks at them.
    fn objects(&self, call: &Call) -> Vec<Handle> {
        match self.records() {
            true => call.objects().into_iter().cloned().collect(),
            false => Vec::new(),
        }
    }

    fn end(&self, begin: &Begin<'_>, result: &Result<Value>, answered: bool, requests: &[String]) {
        let at = self.clock.now();
        let objects: Vec<Handle> = match self.records() {
            true => begin.call.given().into_iter().cloned().collect(),
            false => Vec::new(),
        };
        let end = End { at, result: result.as_ref(), objects: &objects, answered, requests };
        self.observers().iter().for_each(|one| one.ended(begin, &end));
    }

    fn token_of(&self, path: &Path, effect: Effect) -> Option<String> {
        (effect.changes_cloud() && self.records()).then(|| self.key().token(self.life, path, 0))
    }

    /// A scope for reads that no call of the script does: a completion, a value that is shown.
    pub fn scope(self: &Arc<Stage>) -> Arc<Scope> {
        Scope::of(self, &path::last(), Effect::Reads)
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

    /// A handler was registered or cancelled.
    pub fn note(&self, note: &Note<'_>) {
        self.observers().iter().for_each(|one| one.noted(note));
    }
}

/// An error knows the call that it ended: the innermost one.
fn place(error: &mut Error, path: &Path) {
    if error.path.is_none() {
        error.path = Some(path.to_string().into());
    }
}

/// What a call under way gives to drivers and look-ups.
pub struct Scope {
    stage: Arc<Stage>,
    path: Path,
    random: bool,
    tokens: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Scope {
    fn of(stage: &Arc<Stage>, path: &Path, effect: Effect) -> Arc<Scope> {
        Arc::new(Scope {
            stage: stage.clone(),
            path: path.clone(),
            random: matches!(effect, Effect::Random),
            tokens: AtomicUsize::new(0),
            requests: Mutex::default(),
        })
    }
}

impl CallScope for Scope {
    fn path(&self) -> Arc<str> {
        self.path.to_string().into()
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn token(&self) -> String {
        match self.tokens.fetch_add(1, Ordering::Relaxed) {
            0 if self.random => self.stage.key().random_uuid(&self.path),
            nth => self.stage.key().token(self.stage.life, &self.path, nth),
        }
    }

    fn answer(&self, read: &str) -> Option<Result<Value>> {
        if !self.stage.records() {
            return None;
        }
        let path = Path::of_read(read);
        self.stage.observers().iter().find_map(|one| one.answer_lookup(&path))
    }

    fn read(&self, read: &str, result: std::result::Result<&Value, &Error>) {
        if self.stage.records() {
            let path = Path::of_read(read);
            self.stage.observers().iter().for_each(|one| one.looked_up(&path, result));
        }
    }

    fn requested(&self, id: &str) {
        if self.stage.records() {
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_string());
        }
    }
}

/// The stage of each member of an array.
struct ArrayOf {
    stage: Arc<Stage>,
    path: Path,
}

impl ArrayOf {
    fn with<T>(&self, index: usize, call: &Call, work: impl FnOnce(&Begin<'_>) -> T) -> T {
        let path = self.path.member(index);
        let effect = call.effect();
        let token = self.stage.token_of(&path, effect);
        let objects: Vec<Handle> = call.objects().into_iter().cloned().collect();
        work(&Begin {
            path: &path,
            at: self.stage.clock.now(),
            site: None,
            call,
            effect,
            objects: &objects,
            token: token.as_deref(),
            members: None,
        })
    }
}

impl Members for ArrayOf {
    fn answer(&self, index: usize, call: &Call) -> Option<Result<Value>> {
        if !self.stage.records() {
            return None;
        }
        self.with(index, call, |begin| {
            let answer = self.stage.observers().iter().find_map(|one| one.answer(begin))?;
            self.stage.end(begin, &answer, true, &[]);
            Some(answer)
        })
    }

    fn begin(&self, index: usize, call: &Call) -> Result<Arc<dyn CallScope>> {
        let scope = Scope::of(&self.stage, &self.path.member(index), call.effect());
        if self.stage.records() {
            let observers = self.stage.observers();
            self.with(index, call, |begin| observers.iter().try_for_each(|one| one.began(begin)))?;
        }
        Ok(scope)
    }

    fn end(&self, index: usize, call: &Call, result: &mut Result<Value>, requests: &[String]) {
        if let Err(error) = result {
            place(error, &self.path.member(index));
        }
        if self.stage.records() {
            self.with(index, call, |begin| self.stage.end(begin, result, false, requests));
        }
    }
}
