//! What this run made, changed, deleted, and may have: an append-only record, which reports of what exists are read from.

use crate::cloud::{Error, Noun, Resource, Time, Value};
use crate::verbs::Effect;
use std::sync::{Arc, Mutex, PoisonError};

/// What became of one effect on one resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The cloud accepted it.
    Done,
    /// It may have happened: the request was sent and not answered.
    Maybe,
    /// It was refused.
    Refused,
}

/// One effect on one resource.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When, by the run's clock.
    pub at: Time,
    /// The verb.
    pub verb: &'static str,
    /// What the verb does.
    pub effect: Effect,
    /// The cloud's name.
    pub cloud: Option<Arc<str>>,
    /// What kind of thing, where it is known.
    pub noun: Option<Noun>,
    /// Its id, where it is known.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// The record of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Vec<Entry>>,
}

impl Ledger {
    /// Record what a call that changes a cloud gave.
    pub fn record(
        &self,
        at: Time,
        verb: &'static str,
        effect: Effect,
        subject: Option<&Value>,
        result: &Result<Value, Error>,
    ) {
        if !effect.changes_cloud() {
            return;
        }
        let mut entries = Vec::new();
        let mut add = |resource: Option<&Resource>, name: &str, outcome: Outcome| {
            entries.push(Entry {
                at,
                verb,
                effect,
                cloud: resource.map(|resource| resource.cloud().clone()),
                noun: resource.map(Resource::noun),
                id: resource.map(|resource| resource.id().to_string()),
                name: resource.map_or(name, |resource| resource.name()).to_string(),
                outcome,
            });
        };
        let creates = matches!(effect, Effect::Creates);
        let became = |error: &Error| if error.maybe { Outcome::Maybe } else { Outcome::Refused };
        // What a creation made is in its results; what another change was done to is its subject.
        let mut end = |subject: Option<&Value>, result: std::result::Result<&Value, &Error>| {
            let (resource, name) = match subject {
                Some(Value::Resource(resource)) => (Some(resource), ""),
                Some(Value::Text(text)) => (None, &**text),
                _ => (None, ""),
            };
            match result {
                Ok(value) if creates => {
                    resources(value).iter().for_each(|made| add(Some(made), "", Outcome::Done));
                }
                Ok(_) if subject.is_some() => add(resource, name, Outcome::Done),
                Ok(_) => {}
                Err(error) => {
                    if creates {
                        let left = error.exists.iter().flat_map(resources);
                        left.for_each(|made| add(Some(&made), "", Outcome::Done));
                    }
                    add(resource, name, became(error));
                }
            }
        };
        // A bulk call's members each have their own end, whether the failures were collected or raised.
        let members = match result {
            Ok(Value::Array(results)) => Some(results),
            Err(error) if !error.results.is_empty() => Some(&error.results),
            _ => None,
        };
        match (members, subject) {
            (Some(results), Some(Value::Array(subjects))) if results.len() == subjects.len() => {
                for (subject, result) in subjects.iter().zip(results) {
                    match result {
                        Value::Error(error) => end(Some(subject), Err(error)),
                        value => end(Some(subject), Ok(value)),
                    }
                }
            }
            _ => end(subject, result.as_ref()),
        }
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).extend(entries);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing was done yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What this run made and did not delete, in lines for a report: `12 servers of this run: web-1 … web-12`.
    pub fn exists(&self) -> Vec<String> {
        self.exists_since(0)
    }

    /// The same, of what was done after this many entries.
    pub fn exists_since(&self, entries: usize) -> Vec<String> {
        let entries = self.entries().split_off(entries.min(self.len()));
        let mut alive: Vec<&Entry> = Vec::new();
        for entry in &entries {
            match (&entry.outcome, entry.effect) {
                (Outcome::Done, Effect::Creates)
                    if !alive.iter().any(|other| other.id == entry.id && other.cloud == entry.cloud) =>
                {
                    alive.push(entry);
                }
                (Outcome::Done, Effect::Destroys) => alive.retain(|other| match &entry.id {
                    Some(id) => other.id.as_ref() != Some(id),
                    None => other.name != entry.name,
                }),
                _ => {}
            }
        }
        let mut lines = Vec::new();
        let mut nouns: Vec<Noun> = alive.iter().filter_map(|entry| entry.noun).collect();
        nouns.sort();
        nouns.dedup();
        for noun in nouns {
            let mut names: Vec<&str> = alive
                .iter()
                .filter(|entry| entry.noun == Some(noun))
                .map(|entry| entry.name.as_str())
                .collect();
            if names.len() > 6 {
                // Made at the same time, they come in any order; of those that are left out the ends must tell.
                names.sort_by_key(|name| (name.len(), *name));
            }
            let shown = match names[..] {
                [] => continue,
                [one] => format!("1 {} of this run: {one}", noun.as_str()),
                ref few if few.len() <= 6 => {
                    format!("{} {}s of this run: {}", few.len(), noun.as_str(), few.join(", "))
                }
                [first, .., last] => {
                    format!("{} {}s of this run: {first} … {last}", names.len(), noun.as_str())
                }
            };
            lines.push(shown);
        }
        for entry in entries.iter().filter(|entry| entry.outcome == Outcome::Maybe) {
            lines.push(format!("`{}` of `{}` may have taken effect", entry.verb, entry.name));
        }
        lines
    }
}

fn resources(value: &Value) -> Vec<Resource> {
    match value {
        Value::Resource(resource) => vec![resource.clone()],
        Value::Array(items) => items.iter().flat_map(resources).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Kind;

    #[test]
    fn of_a_bulk_change_each_member_has_its_own_end() {
        let mut lost = Error::new(Kind::Network, "lost");
        lost.maybe = true;
        let (maybe, refused) = (Value::Error(lost.clone()), Value::Error(Error::new(Kind::Conflict, "no")));
        lost.results = vec![Value::Unit, maybe, refused];
        let members = Value::Array(["a", "b", "c"].map(Value::text).to_vec());
        let ledger = Ledger::default();
        let at = Time::parse("2026-11-21T09:00:00Z").unwrap_or_else(|| unreachable!());
        ledger.record(at, "reboot", Effect::Changes, Some(&members), &Err(lost));
        let ends: Vec<_> = ledger.entries().into_iter().map(|entry| (entry.name, entry.outcome)).collect();
        let ended = |name: &str, outcome| (name.to_string(), outcome);
        assert_eq!(
            ends,
            [ended("a", Outcome::Done), ended("b", Outcome::Maybe), ended("c", Outcome::Refused)]
        );
        assert_eq!(ledger.exists(), ["`reboot` of `b` may have taken effect"]);
    }
}
