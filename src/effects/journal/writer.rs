//! Keeps the record of a run: the observer that writes a line for a read, and two for a change, the first of them on disk before
//! anything leaves.
//!
//! Lines wait in memory until the first change, so that a run that only reads leaves nothing. What cannot be written refuses the
//! next change; what `defer` and `on_failure` left goes on in the room that is kept for it.

use super::disk::Disk;
use super::history::{History, text};
use super::keeper::Keeper;
use super::line;
use super::record;
use crate::cloud::{Error, Result, Time, Value};
use crate::effects::observer::{Begin, End, Fork, Join, Note, Observer};
use crate::effects::path::Path;
use crate::effects::store::{RunFile, StateFolder};
use crate::effects::value::Writer;
use crate::verbs::{Effect, RunContext};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a record of a run begins with, and the texts that it runs.
pub type About = Box<dyn Fn() -> (Map<String, Json>, Vec<String>) + Send + Sync>;

/// Each cloud that was asked so far, with what tells it from others.
pub type CloudsAsked = Arc<dyn Fn() -> BTreeMap<String, Json> + Send + Sync>;

/// The journal of a run.
pub struct Journal {
    pub(super) folder: StateFolder,
    pub(super) run: String,
    pub(super) key: [u8; 32],
    /// What is secret in it.
    pub keeper: Arc<Keeper>,
    pub(super) host: Arc<RunContext>,
    pub(super) about: About,
    pub(super) clouds: CloudsAsked,
    pub(super) held: Mutex<Held>,
    pub(super) disk: Mutex<Disk>,
    pub(super) synced: Condvar,
}

pub(super) struct Held {
    pub(super) writer: Writer<'static>,
    pub(super) stage: Stage,
    pub(super) clouds: HashSet<String>,
    /// What this run made: of that, nothing was there before.
    pub(super) made: HashSet<(String, String)>,
    /// How many lines were given to the file.
    pub(super) written: u64,
    /// What else its first line tells.
    pub(super) more: Map<String, Json>,
    /// Whether a change is on record.
    pub(super) changed: bool,
}

pub(super) enum Stage {
    /// Nothing was changed yet; these lines wait.
    Waiting(String),
    Open(RunFile),
    /// There is no room for more changes, and why: ends, and what `defer` and `on_failure` left, fit into what is kept for them.
    Full(RunFile, String),
    /// Why it cannot be written.
    Broken(String),
    /// The run is over.
    Over,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Journal {
    /// The journal of a run that begins; nothing is written before its first change.
    pub fn new(
        folder: StateFolder,
        run: String,
        (key, keeper): ([u8; 32], Arc<Keeper>),
        host: Arc<RunContext>,
        about: About,
        clouds: CloudsAsked,
    ) -> Journal {
        let held = Held {
            writer: Writer::new(keeper.clone(), false),
            stage: Stage::Waiting(String::new()),
            clouds: HashSet::new(),
            made: HashSet::new(),
            written: 0,
            more: Map::new(),
            changed: false,
        };
        let (held, disk, synced) = (Mutex::new(held), Mutex::default(), Condvar::new());
        Journal { folder, run, key, keeper, host, about, clouds, held, disk, synced }
    }

    /// The run.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Its first line tells this too.
    pub fn tell(&self, key: &str, value: Json) {
        lock(&self.held).more.insert(key.to_string(), value);
    }

    /// Whether anything is on record.
    pub fn is_kept(&self) -> bool {
        !matches!(lock(&self.held).stage, Stage::Waiting(_))
    }

    /// Go on with the file of an earlier life; `life` is the number of this one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn go_on(&self, mut file: RunFile, history: &History, life: u32, now: Time) -> std::io::Result<()> {
        let mut held = lock(&self.held);
        let clouds = history.records.iter().filter(|record| text(record, "k") == "cloud");
        held.clouds.extend(clouds.map(|record| text(record, "name").to_string()));
        let things = history.changes().into_iter().flat_map(|change| change.made());
        held.made.extend(things.map(|thing| (thing.cloud, thing.id)));
        // A last line that lacks its line break alone was never written either: what follows it must not make it one.
        let start = if history.torn { "~\n" } else { "" };
        let line = line::write(&record::life(life, now));
        file.append(&format!("{start}{line}"))?;
        lock(&self.disk).file = Some(Arc::new(file.syncer()?));
        held.stage = Stage::Open(file);
        held.changed = true;
        Ok(())
    }

    /// The run ended: its last line. A run that changed nothing leaves none, one that ended well needs no key any more.
    pub fn over(&self, mut record: Map<String, Json>, well: bool) {
        let mut held = lock(&self.held);
        if matches!(held.stage, Stage::Waiting(_)) {
            held.stage = Stage::Over;
            return;
        }
        if !held.changed {
            let _ = self.folder.remove(&self.run);
            held.stage = Stage::Over;
            return;
        }
        record.insert("t".to_string(), Json::from(self.host.clock.now().to_string()));
        self.write(&mut held, record);
        drop(held);
        let _ = self.sync(u64::MAX);
        if well {
            self.folder.drop_key(&self.run);
        }
        lock(&self.held).stage = Stage::Over;
    }

    /// A record that waits for nothing: an interruption, a step, what is done again.
    pub fn add(&self, record: Map<String, Json>) {
        let mut held = lock(&self.held);
        self.write(&mut held, record);
    }
}

/// Whether a call is on record before it begins.
pub fn is_change(begin: &Begin<'_>) -> bool {
    begin.effect.changes_cloud() || (begin.effect.changes_outside() && !begin.call.only_reads())
}

impl Observer for Journal {
    fn records(&self) -> bool {
        true
    }

    fn began(&self, begin: &Begin<'_>) -> Result<()> {
        if begin.members.is_some() || !is_change(begin) {
            return Ok(());
        }
        let record = {
            let mut held = lock(&self.held);
            let mut record = record::begin(begin, &mut held.writer, &self.keeper);
            self.subjects(&held, begin, &mut record);
            if let Some(token) = begin.token {
                record.insert("token".to_string(), Json::from(token));
            }
            record.insert("t".to_string(), Json::from(begin.at.to_string()));
            record
        };
        self.write_first(record)
    }

    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        if begin.members.is_some() || matches!(begin.effect, Effect::Random) {
            return;
        }
        let mut held = lock(&self.held);
        if end.answered {
            // Its objects are known by where they were first seen, in this life too.
            let mut known = Map::new();
            self.result(&mut held, begin, end, &mut known);
        } else {
            let mut record = match is_change(begin) {
                true => record::of("end", begin.path),
                false => record::call(begin, &mut held.writer, &self.keeper),
            };
            self.result(&mut held, begin, end, &mut record);
            let took = end.at.since(begin.at).nanos() / 1_000_000;
            record.insert("ms".to_string(), Json::from(i64::try_from(took).unwrap_or(0)));
            self.write(&mut held, record);
        }
        if begin.effect.creates() {
            Journal::note_made(&mut held, end);
        }
    }

    fn looked_up(&self, path: &Path, result: std::result::Result<&Value, &Error>) {
        let Ok(value) = result else { return };
        if *value == Value::Unit && matches!(path, Path::Lookup(_)) {
            return;
        }
        let mut held = lock(&self.held);
        let mut record = record::of("call", path);
        record.insert("ok".to_string(), held.writer.argument(value));
        self.write(&mut held, record);
    }

    fn forked(&self, fork: &Fork<'_>) -> Option<crate::effects::Course> {
        let mut record = record::placed("fork", fork.path, fork.verb, fork.site);
        if let Some(items) = fork.items {
            record.insert("items".to_string(), Json::from(items));
        }
        self.add(record);
        None
    }

    fn joined(&self, fork: &Fork<'_>, join: &Join<'_>) {
        let mut held = lock(&self.held);
        let mut record = record::of("join", fork.path);
        record.insert("ran".to_string(), Json::from(record::ranges(join.ran)));
        if join.cut {
            record.insert("cut".to_string(), Json::from(true));
        }
        if let Some(error) = join.error {
            let error = held.writer.error(&fork.path.to_string(), error);
            record.insert("err".to_string(), error);
        }
        self.write(&mut held, record);
    }

    fn interrupted(&self, signal: &str) {
        self.add(record::interrupt(signal, self.host.clock.now()));
    }

    fn noted(&self, note: &Note<'_>) {
        let mut record = record::placed("call", note.path, note.verb, note.site);
        if let Some(of) = note.of {
            record.insert("of".to_string(), Json::from(of.to_string()));
        }
        self.add(record);
    }
}
