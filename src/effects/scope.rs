//! What a call under way gives to drivers: its tokens, what it may have sent in an earlier life, and where its reads are reported;
//! and the same for each member of an array.

use super::observer::{Begin, Resumed};
use super::path::Path;
use super::stage::{Stage, place};
use crate::cloud::call_scope::{CallScope, Unsure};
use crate::cloud::{Error, Handle, Resource, Result, Value};
use crate::verbs::members::Members;
use crate::verbs::{Call, Effect};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a call under way gives to drivers and look-ups.
pub struct Scope {
    stage: Arc<Stage>,
    path: Path,
    random: bool,
    life: u32,
    /// What an earlier life may have sent of it, until that is settled.
    unsure: Mutex<Option<Resumed>>,
    /// What it acts on, as the run has seen that before; of what was named, nothing.
    before: Mutex<Vec<Handle>>,
    tokens: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl Scope {
    pub(super) fn of(
        stage: &Arc<Stage>,
        path: &Path,
        effect: Effect,
        resumed: Option<&Resumed>,
    ) -> Arc<Scope> {
        Arc::new(Scope {
            life: resumed.map_or_else(|| stage.life(), |resumed| resumed.life),
            unsure: Mutex::new(resumed.cloned()),
            before: Mutex::default(),
            stage: stage.clone(),
            path: path.clone(),
            random: matches!(effect, Effect::Random),
            tokens: AtomicUsize::new(0),
            requests: Mutex::default(),
        })
    }

    /// What the call acts on, before anything of it is resolved.
    pub(super) fn acts_on(&self, objects: Vec<Handle>) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = objects;
    }
}

impl CallScope for Scope {
    fn path(&self) -> Arc<str> {
        self.path.to_string().into()
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn unsure(&self) -> Option<Unsure> {
        let unsure = self.unsure.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = self.stage.clock.elapsed();
        unsure.as_ref().map(|resumed| Unsure {
            since: resumed.since + passed,
            arriving: resumed.arriving.saturating_sub(passed),
            named: !resumed.named.is_empty(),
        })
    }

    fn seen_before(&self, id: &str) -> Option<Resource> {
        self.unsure()?;
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.iter().find(|object| object.id() == id).map(Handle::latest)
    }

    fn nothing_was_sent(&self) {
        *self.unsure.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn token(&self) -> String {
        match self.tokens.fetch_add(1, Ordering::Relaxed) {
            0 if self.random => self.stage.key().random_uuid(&self.path),
            nth => self.stage.key().token(self.life, &self.path, nth),
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
pub(super) struct ArrayOf {
    pub(super) stage: Arc<Stage>,
    pub(super) path: Path,
}

impl ArrayOf {
    fn with<T>(&self, index: usize, call: &Call, work: impl FnOnce(&Begin<'_>) -> T) -> T {
        let path = self.path.member(index);
        let effect = call.effect();
        let resumed = self.stage.resumed(&path);
        let token = self.stage.token_of(&path, effect, resumed.as_ref());
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
        let path = self.path.member(index);
        let scope = Scope::of(&self.stage, &path, call.effect(), self.stage.resumed(&path).as_ref());
        if self.stage.records() {
            let observers = self.stage.observers();
            self.with(index, call, |begin| observers.iter().try_for_each(|one| one.began(begin)))?;
        }
        Ok(scope)
    }

    fn resumed(&self, index: usize, call: Call) -> Call {
        let resumed = self.stage.resumed(&self.path.member(index));
        resumed.map_or_else(|| call.clone(), |resumed| call.with_ids(&resumed.named))
    }

    fn is_resumed(&self, index: usize) -> bool {
        self.stage.resumed(&self.path.member(index)).is_some()
    }

    fn end(&self, index: usize, call: &Call, result: &mut Result<Value>, requests: &[String]) {
        let path = self.path.member(index);
        if let Some(resumed) = self.stage.resumed(&path) {
            let scope = Scope::of(&self.stage, &path, call.effect(), Some(&resumed));
            let given = std::mem::replace(result, Ok(Value::Unit));
            *result = self.with(index, call, |begin| self.stage.settled(begin, given, &resumed, &scope));
        }
        if let Err(error) = result {
            place(error, &self.path.member(index));
        }
        if self.stage.records() {
            self.with(index, call, |begin| self.stage.end(begin, result, false, requests));
        }
    }
}
