//! What this run made, changed, deleted, and may have: an append-only record, in the order things became known.
//!
//! [`Ledger::append`] is its one writer, and numbers the entries. An entry says all that it says in itself and is one line of
//! JSON, so that a journal on disk is these lines and what exists is [`super::standing`]'s to fold out of them, of a run that
//! goes on as of one that is read again.

use super::observer::{Begin, End, Observer};
use super::standing::Standing;
use crate::cloud::{Error, Handle, Noun, Time, Value};
use crate::verbs::{Call, Effect};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was to become of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was to be made.
    Made,
    /// It was to be changed.
    Changed,
    /// It was to be deleted.
    Deleted,
}

impl What {
    /// What a verb does to a cloud; `None` where it does nothing.
    fn of(effect: Effect) -> Option<What> {
        match effect {
            Effect::Creates => Some(What::Made),
            Effect::Changes => Some(What::Changed),
            Effect::Destroys => Some(What::Deleted),
            _ => None,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The cloud accepted it, and nothing spoke against it.
    Done,
    /// The cloud accepted it, and its end was not seen.
    Accepted,
    /// It may have happened: the request was sent and not answered.
    Maybe,
    /// It was refused, or not begun.
    Refused,
}

/// One effect on one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the record, from 1.
    pub number: u64,
    /// When, by the run's clock.
    pub at: Time,
    /// The verb.
    pub verb: String,
    /// What was to become of the resource.
    pub what: What,
    /// What became of it.
    pub outcome: Outcome,
    /// The cloud's name, where it is known.
    pub cloud: Option<String>,
    /// What kind of thing, where it is known.
    #[serde(serialize_with = "write_noun", deserialize_with = "read_noun")]
    pub noun: Option<Noun>,
    /// Its id, where it is known.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// The cloud's own id of the request, where it gave one.
    pub request_id: Option<String>,
}

impl Entry {
    /// What was to become of what, in a few words.
    fn change(&self) -> String {
        let does = match self.what {
            What::Made => "makes",
            What::Changed => "changes",
            What::Deleted => "deletes",
        };
        match self.noun {
            Some(noun) => format!("{}: {does} the {} {}", self.verb, noun.as_str(), self.name),
            None => format!("{}: {}", self.verb, self.name),
        }
    }
}

fn write_noun<S: Serializer>(noun: &Option<Noun>, to: S) -> Result<S::Ok, S::Error> {
    noun.map(Noun::as_str).serialize(to)
}

fn read_noun<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Noun>, D::Error> {
    let Some(word) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let noun = Noun::ALL.into_iter().find(|noun| noun.as_str() == word);
    noun.map(Some).ok_or_else(|| de::Error::custom(format!("`{word}` is no noun")))
}

/// A call that may have changed a cloud.
pub struct Deed<'a> {
    /// When it ended.
    pub at: Time,
    /// The verb.
    pub verb: &'static str,
    /// What the verb does.
    pub effect: Effect,
    /// The cloud it went to, where that is known.
    pub cloud: Option<Arc<str>>,
    /// Its first argument.
    pub subject: Option<&'a Value>,
}

/// What a raw request is about: `DELETE /servers/ID`, `TerminateInstances`.
pub fn raw_request(call: &Call) -> Option<Value> {
    let text = |name: &str| match call.value(name) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let action = || text("action");
    let request = text("path").and_then(|path| Some(format!("{} {path}", text("method")?.to_uppercase())));
    request.or_else(action).filter(|_| call.verb.name == "api").map(Value::text)
}

impl Observer for Ledger {
    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        // Of an array the whole call tells the end of each member, in their order.
        if !begin.effect.changes_cloud() || begin.path.member_index().is_some() {
            return;
        }
        let cloud = begin.call.cloud().ok().map(|cloud| cloud.name().clone());
        let request = raw_request(begin.call);
        let subject = request.as_ref().or(begin.call.subject());
        let deed = Deed { at: end.at, verb: begin.call.verb.name, effect: begin.effect, cloud, subject };
        self.record(&deed, end.result);
    }
}

/// The record of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Vec<Entry>>,
    /// Whether nothing of it is so outside the run.
    dry_run: bool,
}

impl Ledger {
    /// The record of a dry run: it tells the changes, and nothing of them exists.
    pub fn of_dry_run() -> Ledger {
        Ledger { dry_run: true, ..Ledger::default() }
    }

    /// Record what a call gave; one that changes no cloud leaves no trace.
    pub fn record(&self, deed: &Deed<'_>, result: Result<&Value, &Error>) {
        let Some(what) = What::of(deed.effect) else { return };
        let mut entries = Vec::new();
        let mut end = |subject: Option<&Value>, result: Result<&Value, &Error>| {
            ends(deed, what, subject, result, &mut entries);
        };
        // A bulk call's members each have their own end, whether the failures were collected or raised.
        let members = match result {
            Ok(Value::Array(results)) => Some(results),
            Err(error) if !error.results.is_empty() => Some(&error.results),
            _ => None,
        };
        match (members, deed.subject) {
            (Some(results), Some(Value::Array(subjects))) if results.len() == subjects.len() => {
                for (subject, result) in subjects.iter().zip(results) {
                    match result {
                        Value::Error(error) => end(Some(subject), Err(error)),
                        value => end(Some(subject), Ok(value)),
                    }
                }
            }
            _ => end(deed.subject, result),
        }
        self.append(entries);
    }

    /// Add to the record; nothing else does.
    fn append(&self, entries: Vec<Entry>) {
        let mut all = self.held();
        for mut entry in entries {
            entry.number = all.len() as u64 + 1;
            all.push(entry);
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.held().len()
    }

    /// Whether nothing was done yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.held().clone()
    }

    /// Every change that was not refused, a line each: `boot: makes the server web`.
    pub fn changes(&self) -> Vec<String> {
        let all = self.held();
        let changes = all.iter().filter(|entry| entry.outcome != Outcome::Refused);
        changes.map(Entry::change).collect()
    }

    /// What this run made and did not delete, in lines for a report: `12 servers of this run: web-1 … web-12`.
    pub fn exists(&self) -> Vec<String> {
        self.exists_since(0)
    }

    /// The same, of what was done after this many entries.
    pub fn exists_since(&self, entries: usize) -> Vec<String> {
        if self.dry_run {
            return Vec::new();
        }
        let all = self.held();
        Standing::of(all.iter().skip(entries)).lines()
    }
}

/// The entries of one end: what a creation made is in its result, what another change was done to is its subject.
fn ends(
    deed: &Deed<'_>,
    what: What,
    subject: Option<&Value>,
    result: Result<&Value, &Error>,
    entries: &mut Vec<Entry>,
) {
    let request_id = result.err().and_then(|error| error.request_id.clone());
    let (resource, name) = match subject {
        Some(Value::Resource(resource)) => (Some(resource), ""),
        Some(Value::Text(text)) => (None, &**text),
        // A server that is asked for with its name among its options.
        Some(Value::Map(options)) => match options.get("name") {
            Some(Value::Text(name)) => (None, &**name),
            _ => (None, ""),
        },
        _ => (None, ""),
    };
    let mut add = |resource: Option<&Handle>, outcome: Outcome| {
        let cloud = resource.map(Handle::cloud).or(deed.cloud.as_ref());
        // Of the things that are deleted by text, only a server is deleted by a verb of several kinds.
        let text = (deed.verb == "delete" && !name.is_empty()).then_some(Noun::Server);
        entries.push(Entry {
            number: 0,
            at: deed.at,
            verb: deed.verb.to_string(),
            what,
            outcome,
            cloud: cloud.map(|cloud| cloud.to_string()),
            noun: resource.map(Handle::noun).or(text),
            id: resource.map(|resource| resource.id().to_string()),
            name: resource.map_or_else(|| name.to_string(), Handle::name),
            request_id: request_id.clone(),
        });
    };
    match (what, result) {
        (What::Made, Ok(value)) => resources(value).iter().for_each(|made| add(Some(made), Outcome::Done)),
        (What::Made, Err(error)) => {
            let left: Vec<Handle> = error.exists.iter().flat_map(resources).collect();
            left.iter().for_each(|made| add(Some(made), Outcome::Done));
            if error.maybe {
                add(None, Outcome::Maybe);
            } else if left.is_empty() {
                add(None, Outcome::Refused);
            }
        }
        (_, Ok(_)) if subject.is_some() => add(resource, Outcome::Done),
        (_, Ok(_)) => {}
        (_, Err(error)) => add(
            resource,
            match (error.accepted, error.maybe) {
                (true, _) => Outcome::Accepted,
                (false, true) => Outcome::Maybe,
                (false, false) => Outcome::Refused,
            },
        ),
    }
}

fn resources(value: &Value) -> Vec<Handle> {
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
    use Outcome::{Accepted, Done, Maybe, Refused};

    fn deed<'a>(verb: &'static str, effect: Effect, subject: Option<&'a Value>) -> Deed<'a> {
        let at = Time::parse("2026-11-21T09:00:00.5Z").unwrap_or_else(|| unreachable!());
        Deed { at, verb, effect, cloud: Some("lab".into()), subject }
    }

    fn error(kind: Kind, change: impl FnOnce(&mut Error)) -> Error {
        let mut error = Error::new(kind, "no");
        change(&mut error);
        error
    }

    fn ended(ledger: &Ledger) -> Vec<(u64, String, Outcome)> {
        ledger.entries().into_iter().map(|entry| (entry.number, entry.name, entry.outcome)).collect()
    }

    #[test]
    fn of_a_bulk_change_each_member_has_its_own_end() {
        let lost = error(Kind::Network, |error| error.maybe = true);
        let late = error(Kind::Timeout, |error| error.accepted = true);
        let refused = error(Kind::Conflict, |_| {});
        let results = vec![Value::Unit, Value::Error(lost), Value::Error(refused), Value::Error(late)];
        let raised = error(Kind::Network, |error| error.results = results.clone());
        let members = Value::Array(["a", "b", "c", "d"].map(Value::text).to_vec());
        let named = |number, name: &str, outcome| (number, name.to_string(), outcome);
        for result in [Err(raised), Ok(Value::Array(results))] {
            let ledger = Ledger::default();
            ledger.record(&deed("reboot", Effect::Changes, Some(&members)), result.as_ref());
            assert_eq!(
                ended(&ledger),
                [named(1, "a", Done), named(2, "b", Maybe), named(3, "c", Refused), named(4, "d", Accepted)]
            );
            assert_eq!(ledger.exists(), ["`reboot` of `b` may have taken effect"]);
        }
    }

    #[test]
    fn one_of_many_that_was_asked_for_by_its_options_has_its_name() {
        let spec = |name: &str| Value::Map([("name".to_string(), Value::text(name))].into());
        let specs = Value::Array(vec![spec("a"), spec("b")]);
        let lost = error(Kind::Network, |error| {
            error.maybe = true;
            error.request_id = Some("req-1".into());
        });
        let ledger = Ledger::default();
        let results = vec![Value::Error(error(Kind::OverQuota, |_| {})), Value::Error(lost)];
        ledger.record(&deed("boot_all", Effect::Creates, Some(&specs)), Ok(Value::Array(results)).as_ref());
        assert_eq!(ended(&ledger), [(1, "a".to_string(), Refused), (2, "b".to_string(), Maybe)]);
        assert_eq!(ledger.entries()[1].request_id.as_deref(), Some("req-1"));
        assert_eq!(ledger.exists(), ["`boot_all` of `b` may have taken effect"]);
    }

    #[test]
    fn what_changes_no_cloud_leaves_no_trace() {
        let ledger = Ledger::default();
        ledger.record(&deed("servers", Effect::Reads, None), Ok(Value::Unit).as_ref());
        ledger.record(
            &deed("write_file", Effect::WritesFile, Some(&Value::text("a"))),
            Ok(Value::Unit).as_ref(),
        );
        assert!(ledger.is_empty());
    }

    #[test]
    fn an_entry_is_a_line_that_is_read_again() {
        let ledger = Ledger::default();
        ledger.record(&deed("delete", Effect::Destroys, Some(&Value::text("web"))), Ok(Value::Unit).as_ref());
        let line = serde_json::to_string(&ledger.entries()[0]).unwrap_or_default();
        assert_eq!(
            line,
            r#"{"number":1,"at":"2026-11-21T09:00:00.5Z","verb":"delete","what":"deleted","outcome":"done","cloud":"lab","noun":"server","id":null,"name":"web","request_id":null}"#
        );
        let read: Entry = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(read, ledger.entries()[0]);
        assert!(serde_json::from_str::<Entry>(&line.replace("server", "sever")).is_err());
    }
}
