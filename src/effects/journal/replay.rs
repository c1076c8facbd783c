//! A run goes on: the observer that answers its calls from the journal, and hands what is new to the journal.
//!
//! Nothing new is done before all that is to be answered was met, in every branch: a branch that is past its last record waits. A
//! call that is not the recorded one ends the run there, and so does a change that nothing can settle.

use super::answers::{Answer, Answers, Slot, ran};
use super::gate::Gate;
use super::history::{History, text};
use super::record::call_text;
pub use super::settle::{Around, Assumed, Fetch, Stop};
use super::writer::{Journal, is_change};
use crate::cloud::{Error, Handle, Kind, Noun, Result, Time, Value, stored};
use crate::effects::observer::{Begin, Course, End, Fork, Join, Note, Observer, Resumed};
use crate::effects::path::Path;
use crate::effects::value::Reader;
use crate::verbs::{Effect, RunContext};
use serde_json::Value as Json;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A run that goes on.
pub struct Replay {
    pub(super) journal: Arc<Journal>,
    pub(super) answers: Answers,
    pub(super) reader: Mutex<Reader<'static>>,
    pub(super) gate: Mutex<Gate>,
    pub(super) opened: Condvar,
    pub(super) host: Arc<RunContext>,
    pub(super) around: Around,
    pub(super) interrupted: bool,
    now: Time,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn cancelled() -> Error {
    Error::new(Kind::Cancelled, "the run does not go on")
}

impl Replay {
    /// Go on with a run, what is new to be written by its journal.
    pub fn new(history: &History, journal: Arc<Journal>, host: Arc<RunContext>, around: Around) -> Replay {
        let answers = Answers::of(&history.records);
        let last_life = history.records.iter().rev().take_while(|record| text(record, "k") != "life");
        let mut last_life = last_life.map(|record| text(record, "k"));
        let interrupted = history.over().is_none() && last_life.any(|kind| kind == "interrupt");
        let gate = Gate { unmet: answers.expected(), active: 1, ended: None };
        let reader = Mutex::new(Reader::new(journal.keeper.clone()));
        let now = host.clock.now();
        let (gate, opened) = (Mutex::new(gate), Condvar::new());
        Replay { journal, answers, reader, gate, opened, host, around, interrupted, now }
    }

    /// Why it did not go on.
    pub fn stopped(&self) -> Option<Stop> {
        lock(&self.gate).ended.clone()
    }

    /// The cloud knows what an earlier life made of it.
    fn made_before(&self, slot: &Slot, made: &Handle) {
        let token = slot.begin.as_ref().map_or("", |begin| text(begin, "token"));
        if token.is_empty() {
            return;
        }
        if let Ok(cloud) = self.host.clouds.get(Some(made.cloud())) {
            cloud.made_before(made.noun(), made.id(), token);
        }
    }

    /// The script ended: what of the record it did not come to.
    pub fn unreached(&self) -> Option<Stop> {
        let gate = lock(&self.gate);
        gate.ended.clone().or_else(|| gate.unmet.first().map(|path| self.unreached_at(path)))
    }

    pub(super) fn unreached_at(&self, path: &str) -> Stop {
        let recorded = self.answers.slot(path).map(told).unwrap_or_default();
        Stop::Unreached { path: path.to_string(), recorded }
    }
}

/// A recorded call, for people.
pub(super) fn told(slot: &Slot) -> String {
    let record = slot.begin.as_ref().or(slot.end.as_ref()).or(slot.fork.as_ref());
    record.map(|record| call_text(text(record, "v"), record.get("a"))).unwrap_or_default()
}

impl Observer for Replay {
    fn records(&self) -> bool {
        true
    }

    fn resumed(&self, path: &Path) -> Option<Resumed> {
        let path = path.to_string();
        let (slot, Answer::Open) = self.answers.answer(&path)? else { return None };
        if self.around.assumed.contains_key(&path) {
            return None;
        }
        let begin = slot.begin.as_ref()?;
        let since = Time::parse(text(begin, "t")).map(|at| self.now.since(at).to_std());
        let named = begin.get("named").and_then(Json::as_object).into_iter().flatten();
        let named = named.filter_map(|(param, id)| Some((param.clone(), id.as_str()?.to_string())));
        let was = || {
            let word = begin.get("on")?.get(0)?.get("noun")?.as_str()?;
            let noun = Noun::ALL.into_iter().find(|noun| noun.word() == word)?;
            let object = Handle::new(stored::read(noun, begin.get("was")?.get(0)?.clone()).ok()?);
            object.set_gone();
            Some(Value::Resource(object))
        };
        Some(Resumed {
            life: slot.life,
            since: since.unwrap_or_default(),
            arriving: self.around.arriving,
            named: named.collect(),
            was: (text(begin, "e") == "delete").then(was).flatten(),
        })
    }

    fn unsettled(&self, begin: &Begin<'_>, _: &Error) -> Option<Result<Value>> {
        Some(Err(self.undecided(begin)))
    }

    fn branches(&self, change: isize) {
        let mut gate = lock(&self.gate);
        gate.active += change;
        self.opened.notify_all();
    }

    fn answer(&self, begin: &Begin<'_>) -> Option<Result<Value>> {
        if matches!(begin.effect, Effect::Random) {
            return None;
        }
        if lock(&self.gate).ended.is_some() {
            return Some(Err(cancelled()));
        }
        let path = begin.path.to_string();
        let Some((slot, answer)) = self.answers.answer(&path) else {
            if let Some((call, _)) = path.split_once('#') {
                self.meet_members(call);
            }
            return self.anew(begin.path);
        };
        if let Err(why) = self.same(begin, slot) {
            return Some(Err(self.end(why)));
        }
        self.meet(&path);
        if let Some((call, _)) = path.split_once('#').filter(|_| answer == Answer::Open) {
            // The other members of an array come after this one, in the same call.
            self.meet_members(call);
        }
        if answer == Answer::Open {
            return self.open(begin);
        }
        let end = slot.end.as_ref()?;
        // It is asked for again, and compared.
        if end.get("ok").is_some_and(|ok| ok.get("$secret").is_some()) {
            return None;
        }
        let given = match self.given(&path, end) {
            Ok(given) => given,
            Err(why) => return Some(Err(self.end(Stop::Unreadable { path, why }))),
        };
        if let (Effect::Creates, Ok(Value::Resource(made))) = (&begin.effect, &given) {
            self.made_before(slot, made);
        }
        if matches!(begin.effect, Effect::Waits) && given.is_ok() && end.get("pending").is_none() {
            begin.objects.iter().for_each(|object| self.host.settled(object.cloud(), object.id()));
        }
        Some(given)
    }

    fn began(&self, begin: &Begin<'_>) -> Result<()> {
        // What did not begin by an answer of this observer waits too: the whole of an array.
        if begin.members.is_none() && is_change(begin) && lock(&self.gate).ended.is_some() {
            return Err(cancelled());
        }
        self.journal.began(begin)
    }

    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        let path = begin.path.to_string();
        let known = self.answers.answer(&path).and_then(|(slot, _)| slot.end.as_ref());
        let secret = known.and_then(|known| known.get("ok")).filter(|ok| ok.get("$secret").is_some());
        if let (Some(secret), Ok(value)) = (secret, end.result) {
            let text = match value {
                Value::Text(text) => text.to_string(),
                Value::Secret(secret) => secret.reveal().to_string(),
                _ => String::new(),
            };
            if !self.journal.keeper.is_same(secret, &text) {
                let recorded = "another value than it gives now".to_string();
                self.end(Stop::Differs { path, recorded, now: call_text(begin.call.verb.name, None) });
            }
        }
        // A run that does not go on leaves its record as it was.
        if lock(&self.gate).ended.is_none() || end.answered {
            self.journal.ended(begin, end);
        }
    }

    fn answer_lookup(&self, path: &Path) -> Option<Result<Value>> {
        let shown = path.to_string();
        let known = match path {
            Path::Reread(call, _) => self.answers.is_read(&call.to_string()),
            _ => true,
        };
        match self.answers.reads.get(&shown).filter(|_| known) {
            Some(json) => {
                let json = self.journal.keeper.restore(json.clone());
                let read = lock(&self.reader).argument(&json);
                Some(read.map_err(|why| self.end(Stop::Unreadable { path: shown, why: why.to_string() })))
            }
            None => self.wait().err().map(Err),
        }
    }

    fn looked_up(&self, path: &Path, result: std::result::Result<&Value, &Error>) {
        self.journal.looked_up(path, result);
    }

    fn forked(&self, fork: &Fork<'_>) -> Option<Course> {
        let path = fork.path.to_string();
        let Some((slot, _)) = self.answers.answer(&path) else {
            let _ = self.wait();
            return self.journal.forked(fork);
        };
        let verb = slot.fork.as_ref().map_or("", |fork| text(fork, "v"));
        if verb != fork.verb {
            self.end(Stop::Differs { path, recorded: told(slot), now: call_text(fork.verb, None) });
            return Some(Course { order: Some(Vec::new()), ..Course::default() });
        }
        self.meet(&path);
        if let Some(join) = &slot.join {
            let ended = match self.given(&path, join) {
                Ok(given) => given.map(|_| ()),
                Err(why) => Err(self.end(Stop::Unreadable { path, why })),
            };
            return Some(Course { order: Some(ran(join)), ended: Some(ended), recorded: 0 });
        }
        let known = self.answers.branches(&path);
        let recorded = known.len();
        let others = (0..fork.items.unwrap_or(0)).filter(|index| !known.contains(index));
        let order: Vec<usize> = known.iter().copied().chain(others).collect();
        Some(Course { order: Some(order), ended: None, recorded })
    }

    fn joined(&self, fork: &Fork<'_>, join: &Join<'_>) {
        let known = self.answers.slot(&fork.path.to_string()).is_some_and(|slot| slot.join.is_some());
        if !known && lock(&self.gate).ended.is_none() {
            self.journal.joined(fork, join);
        }
    }

    fn interrupted(&self, signal: &str) {
        self.journal.interrupted(signal);
    }

    fn noted(&self, note: &Note<'_>) {
        let path = note.path.to_string();
        match self.answers.answer(&path) {
            Some((slot, _)) => {
                let verb = slot.end.as_ref().map_or("", |end| text(end, "v"));
                if verb != note.verb {
                    self.end(Stop::Differs { path, recorded: told(slot), now: call_text(note.verb, None) });
                    return;
                }
                self.meet(&path);
            }
            None => self.journal.noted(note),
        }
    }
}
