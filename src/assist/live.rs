//! The names that a cloud has, kept for whoever types: read in the background, by the verbs that list, and by nothing else.
//!
//! Only the first question about something waits, [`TIME_LIMIT`] at the most; after that what is known is given at once,
//! and read again when it is [`FRESH`] no more. A cloud that does not answer is silent, and left alone for a while.

use super::environment::What;
use crate::cloud::{Kind, Result, Value};
use crate::script::session::Session;
use crate::verbs::{Effect, Verb, run, verb};
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// How long the first question about something waits.
pub const TIME_LIMIT: Duration = Duration::from_millis(150);

/// How long names are taken for true.
pub const FRESH: Duration = Duration::from_secs(20);

/// A cloud, the session's where none is named, and what is listed of it.
type Key = (Option<String>, What);

#[derive(Default)]
struct Entry {
    names: Arc<[String]>,
    /// When they were read, by the session's clock; or when reading them failed.
    read: Option<Duration>,
    /// Whether an answer is on its way.
    asked: bool,
    /// Whether someone has waited for it already.
    waited: bool,
}

#[derive(Default)]
struct NameCache {
    entries: Mutex<HashMap<Key, Entry>>,
    answered: Condvar,
}

impl NameCache {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names of a session's clouds. Its thread begins with the first question, and ends when this is dropped.
pub struct Live {
    session: Arc<Session>,
    name_cache: Arc<NameCache>,
    ask: OnceLock<Sender<Key>>,
}

impl Live {
    /// Nothing is read yet.
    pub fn new(session: Arc<Session>) -> Live {
        Live { session, name_cache: Arc::default(), ask: OnceLock::new() }
    }

    /// The names that are known now, sorted, each once.
    pub fn names(&self, cloud: Option<&str>, what: What) -> Arc<[String]> {
        if what == What::Clouds {
            return self.session.host.clouds.known().into_iter().map(|known| known.name).collect();
        }
        let key = (cloud.map(str::to_string), what);
        let now = self.session.host.clock.elapsed();
        let mut entries = self.name_cache.entries();
        let entry = entries.entry(key.clone()).or_default();
        let old = entry.read.is_none_or(|read| now.saturating_sub(read) > FRESH);
        if old && !entry.asked {
            entry.asked = true;
            if self.ask(key.clone()).is_none() {
                entry.asked = false;
            }
        }
        if !entry.asked || entry.waited {
            return entry.names.clone();
        }
        entry.waited = true;
        let waiting = |entries: &mut HashMap<Key, Entry>| entries.get(&key).is_some_and(|entry| entry.asked);
        let waited = self.name_cache.answered.wait_timeout_while(entries, TIME_LIMIT, waiting);
        let (entries, _) = waited.unwrap_or_else(PoisonError::into_inner);
        entries.get(&key).map_or_else(|| Arc::new([]) as Arc<[String]>, |entry| entry.names.clone())
    }

    /// Something may have been changed: what is known is given still, and read again.
    pub fn changed(&self) {
        self.name_cache.entries().values_mut().for_each(|entry| entry.read = None);
    }

    /// Wait until every question is answered.
    pub fn settle(&self) {
        let entries = self.name_cache.entries();
        let waiting = |entries: &mut HashMap<Key, Entry>| entries.values().any(|entry| entry.asked);
        drop(self.name_cache.answered.wait_while(entries, waiting));
    }

    fn ask(&self, key: Key) -> Option<()> {
        let ask = self.ask.get_or_init(|| {
            let (ask, asked) = channel();
            let (session, name_cache) = (self.session.clone(), self.name_cache.clone());
            // Where no thread can be made, its end of the channel is gone and nothing is known.
            let _ = std::thread::Builder::new()
                .name("names".to_string())
                .spawn(move || answer(&session, &name_cache, &asked));
            ask
        });
        ask.send(key).ok()
    }
}

fn answer(session: &Session, name_cache: &NameCache, asked: &Receiver<Key>) {
    while let Ok(key) = asked.recv() {
        let result = list(session, &key);
        let mut entries = name_cache.entries();
        let entry = entries.entry(key).or_default();
        entry.asked = false;
        entry.read = Some(session.host.clock.elapsed());
        match result {
            Ok(names) => entry.names = names,
            // Interrupted, and not refused: the next question asks again.
            Err(error) if error.kind == Kind::Cancelled => entry.read = None,
            Err(_) => {}
        }
        drop(entries);
        name_cache.answered.notify_all();
    }
}

/// The verb that lists something.
fn lister(what: What) -> Option<&'static Verb> {
    let found = match what {
        What::Of(noun) => verb(&format!("{}s", noun.as_str().replace(' ', "_"))),
        What::Zones => verb("zones"),
        What::Clouds => None,
    };
    found.filter(|verb| matches!(verb.effect, Effect::Reads))
}

fn list(session: &Session, (cloud, what): &Key) -> Result<Arc<[String]>> {
    let Some(verb) = lister(*what) else { return Ok(Arc::new([])) };
    let values = cloud.iter().map(|name| Value::Cloud(Arc::from(name.as_str()))).collect();
    let call = session.admit(verb, values, None)?;
    let Value::Array(found) = session.bridge.wait(run::run(call))? else { return Ok(Arc::new([])) };
    let mut names: Vec<String> = found
        .into_iter()
        .filter_map(|one| match one {
            Value::Resource(resource) => Some(resource.name().to_string()),
            Value::Text(name) => Some(name.to_string()),
            _ => None,
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    Ok(names.into())
}
