//! The changes that a run would make, foreseen by running it twice in an overlay, and a run that is held to them.
//!
//! [`Foresight`] writes the changes of a pass down, [`merge`](super::plan_compare::merge) makes one list of two passes: what differs between them is known
//! later. [`Guard`](super::guard::Guard) lets a run make those changes and no other.

use super::journal::keeper::Keeper;
use super::journal::record;
use super::journal::writer::is_change;
use super::observer::{Begin, Course, End, Fork, Observer};
use super::path::Path;
use super::value::Writer;
use crate::cloud::{Handle, Result, Value};
use crate::verbs::Effect;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the id of something begins with that exists in an overlay alone.
const PRETENDED: &str = "dry-run-";

/// A change that is foreseen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The path of its call in the first pass.
    pub p: String,
    /// Its branch, attempts of a `retry` not told apart.
    pub branch: String,
    /// Its number among the changes of that branch, from 1; members of an array share one.
    pub n: usize,
    /// Which member of an array it is.
    pub member: Option<usize>,
    /// The verb.
    pub v: String,
    /// Whether it makes, changes or deletes something, or does something outside.
    pub e: String,
    /// What it acts on: noun, name, cloud, and the id of what is there already.
    pub on: Vec<Json>,
    /// The arguments.
    pub a: Json,
    /// What of those it replaces.
    pub was: Vec<Json>,
    /// Where it stands.
    pub at: String,
}

impl Change {
    /// The sign of what it does.
    pub fn sign(&self) -> &'static str {
        match self.e.as_str() {
            "make" => "+",
            "delete" => "-",
            _ => "~",
        }
    }
}

/// Which branch a path is in, attempts not told apart, and its number there.
pub(super) fn normal(path: &str, retries: &HashSet<String>) -> (String, u64, Option<usize>) {
    let Ok(Path::Call { branch, number, member }) = path.parse::<Path>() else {
        return (path.to_string(), 0, None);
    };
    let mut named = String::new();
    let mut whole = String::new();
    for part in branch.split('/').filter(|part| !part.is_empty()) {
        let (call, index) = part.split_once(':').unwrap_or((part, ""));
        whole = if whole.is_empty() { call.to_string() } else { format!("{whole}/{call}") };
        let shown = if retries.contains(&whole) { format!("{call}:*") } else { part.to_string() };
        named = if named.is_empty() { shown } else { format!("{named}/{shown}") };
        if !index.is_empty() {
            whole = format!("{whole}:{index}");
        }
    }
    (named, number, member)
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many different calls of each branch have changed something.
#[derive(Default)]
struct Counts(HashMap<String, (u64, usize)>);

impl Counts {
    fn of(&mut self, branch: &str, number: u64) -> usize {
        let (last, count) = self.0.entry(branch.to_string()).or_default();
        if *last != number {
            (*last, *count) = (number, *count + 1);
        }
        *count
    }
}

pub(super) struct Pass {
    pub(super) writer: Writer<'static>,
    counts: Counts,
    pub(super) retries: HashSet<String>,
    changes: Vec<Change>,
    asks: Vec<String>,
}

impl Pass {
    pub(super) fn new(keeper: &Arc<Keeper>) -> Pass {
        let writer = Writer::new(keeper.clone(), false);
        Pass {
            writer,
            counts: Counts::default(),
            retries: HashSet::new(),
            changes: Vec::new(),
            asks: Vec::new(),
        }
    }
}

/// Writes down what a pass would change.
pub struct Foresight {
    keeper: Arc<Keeper>,
    pass: Mutex<Pass>,
}

impl Foresight {
    /// Nothing is foreseen yet.
    pub fn new(keeper: Arc<Keeper>) -> Foresight {
        let pass = Mutex::new(Pass::new(&keeper));
        Foresight { keeper, pass }
    }

    /// The changes in their order, and what a person would be asked.
    pub fn taken(&self) -> (Vec<Change>, Vec<String>) {
        let pass = lock(&self.pass);
        (pass.changes.clone(), pass.asks.clone())
    }
}

/// A resource that a change acts on; what an overlay made has no id.
fn target(object: &Handle) -> Json {
    let id = Some(object.id()).filter(|id| !id.starts_with(PRETENDED));
    json!({ "noun": object.noun().word(), "name": object.name(), "cloud": &**object.cloud(), "id": id })
}

/// The fields by which a resource is the one that it was.
fn steady(object: &Handle) -> Json {
    let Json::Object(mut fields) = record::description(object) else { return Json::Null };
    for passing in ["read", "updated", "progress", "task", "provider_status", "host"] {
        fields.remove(passing);
    }
    Json::Object(fields)
}

pub(super) fn change(
    begin: &Begin<'_>,
    writer: &mut Writer<'_>,
    keeper: &Keeper,
    at: (String, usize, Option<usize>),
) -> Change {
    let (branch, n, member) = at;
    let there = begin.objects.iter().filter(|object| !object.id().starts_with(PRETENDED));
    Change {
        p: begin.path.to_string(),
        branch,
        n,
        member,
        v: begin.call.verb.name.to_string(),
        e: record::does(begin.effect).to_string(),
        on: begin.objects.iter().map(target).collect(),
        a: record::arguments(begin.call, writer, keeper),
        was: match begin.effect {
            Effect::Changes | Effect::Destroys => there.map(steady).collect(),
            _ => Vec::new(),
        },
        at: begin.site.map(ToString::to_string).unwrap_or_default(),
    }
}

impl Observer for Foresight {
    fn records(&self) -> bool {
        true
    }

    fn began(&self, begin: &Begin<'_>) -> Result<()> {
        if begin.members.is_some() || !is_change(begin) {
            return Ok(());
        }
        let mut pass = lock(&self.pass);
        let (branch, number, member) = normal(&begin.path.to_string(), &pass.retries);
        let n = pass.counts.of(&branch, number);
        let change = change(begin, &mut pass.writer, &self.keeper, (branch, n, member));
        pass.changes.push(change);
        Ok(())
    }

    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        let mut pass = lock(&self.pass);
        if begin.members.is_none()
            && let Ok(value) = end.result
        {
            pass.writer.result(&begin.path.to_string(), value);
        }
        if let (Effect::AsksPerson, Some(Value::Text(question))) = (begin.effect, begin.call.subject()) {
            pass.asks.push(question.to_string());
        }
    }

    fn forked(&self, fork: &Fork<'_>) -> Option<Course> {
        if fork.items.is_none() {
            lock(&self.pass).retries.insert(fork.path.to_string());
        }
        None
    }
}

/// A change, for people.
pub fn told(change: &Change) -> String {
    format!("`{}`", record::call_text(&change.v, Some(&change.a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_not_told_apart() {
        let retries = HashSet::from(["3".to_string(), "5:1/2".to_string()]);
        for (path, branch) in [("7", ""), ("3:2/1", "3:*"), ("4:2/1", "4:2"), ("5:1/2:3/1", "5:1/2:*")] {
            assert_eq!(normal(path, &retries).0, branch, "{path}");
        }
    }
}
