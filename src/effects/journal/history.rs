//! A journal read again: its lines checked, folded into what became of each call.

use super::line;
use super::record::FORMAT;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashSet};

/// A line of a journal.
pub type Record = Map<String, Json>;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A process works on it.
    Running,
    /// Its process ended in the middle of it.
    Stopped,
    /// It ended with an error.
    Failed,
    /// It was interrupted, and ended.
    Interrupted,
    /// It ended well.
    Done,
    /// Another run took back what it did.
    Undone,
}

impl State {
    /// All of them.
    pub const ALL: [State; 6] =
        [State::Running, State::Stopped, State::Failed, State::Interrupted, State::Done, State::Undone];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Stopped => "stopped",
            State::Failed => "failed",
            State::Interrupted => "interrupted",
            State::Done => "done",
            State::Undone => "undone",
        }
    }
}

/// A change of a run, from its beginning to its end.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its place among the lines.
    pub index: usize,
    /// How it began.
    pub begin: Record,
    /// How it ended; `None` where nobody knows.
    pub end: Option<Record>,
}

impl Change {
    /// A text of its beginning.
    pub fn text(&self, key: &str) -> &str {
        text(&self.begin, key)
    }

    /// Whether it did what it was to do.
    pub fn is_done(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.contains_key("ok"))
    }

    /// Whether it may have done something and did not say so.
    pub fn is_open(&self) -> bool {
        match &self.end {
            None => true,
            Some(end) => end.get("err").is_some_and(|error| error.get("maybe").is_some()),
        }
    }

    /// The resources that it acted on.
    pub fn on(&self) -> impl Iterator<Item = Thing> {
        self.begin.get("on").and_then(Json::as_array).into_iter().flatten().filter_map(Thing::of)
    }

    /// What it left that was not there before.
    pub fn made(&self) -> Vec<Thing> {
        let mut found = Vec::new();
        let Some(end) = &self.end else { return found };
        if self.text("e") == "make"
            && let Some(given) = end.get("ok")
        {
            new_objects(given, &mut found);
        }
        if let Some(left) = end.get("err").and_then(|error| error.get("exists")) {
            new_objects(left, &mut found);
        }
        found
    }
}

/// A resource, as a record names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thing {
    /// Its cloud's name.
    pub cloud: String,
    /// The word of its noun.
    pub noun: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Thing {
    fn of(json: &Json) -> Option<Thing> {
        let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_string);
        let noun = text("noun").or_else(|| text("$new"))?;
        let id = text("id")?;
        // An address has no other name.
        let name = text("name").or_else(|| text("address")).unwrap_or_else(|| id.clone());
        Some(Thing { cloud: text("cloud").unwrap_or_default(), noun, id, name })
    }

    fn is(&self, other: &Thing) -> bool {
        (&self.cloud, &self.noun, &self.id) == (&other.cloud, &other.noun, &other.id)
    }
}

/// Every object that a value describes for the first time.
fn new_objects(json: &Json, found: &mut Vec<Thing>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| new_objects(item, found)),
        Json::Object(map) if map.contains_key("$new") => found.extend(Thing::of(json)),
        Json::Object(map) => map.values().for_each(|item| new_objects(item, found)),
        _ => {}
    }
}

/// A text of a record; empty where there is none.
pub fn text<'a>(record: &'a Record, key: &str) -> &'a str {
    record.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// A journal.
#[derive(Debug, Clone)]
pub struct History {
    /// Its lines in their order; the first tells of the run.
    pub records: Vec<Record>,
    /// Whether its last line was not written whole.
    pub torn: bool,
}

impl History {
    /// Read a journal.
    ///
    /// # Errors
    /// Why it is none, or cannot be believed.
    pub fn read(bytes: &[u8]) -> Result<History, String> {
        let mut records: Vec<Record> = Vec::new();
        let mut bad: Option<usize> = None;
        for (number, part) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let whole = part.strip_suffix(b"\n");
            let read = whole.and_then(line::read);
            match (read, bad) {
                // What was not written whole comes before a new life, and nowhere else.
                (Some(record), Some(at)) if text(&record, "k") != "life" => {
                    return Err(format!("line {at} is damaged"));
                }
                (Some(record), _) => {
                    bad = None;
                    records.push(record);
                }
                (None, _) => bad = bad.or(Some(number + 1)),
            }
        }
        let history = History { records, torn: bad.is_some() };
        let format = history.header().get("format").and_then(Json::as_u64);
        match format {
            Some(format) if format <= FORMAT => Ok(history),
            Some(format) => Err(format!("it has format {format}, which a newer rhain wrote")),
            None => Err("it does not begin as a journal".to_string()),
        }
    }

    /// What its first line tells of the run.
    pub fn header(&self) -> &Record {
        static NONE: std::sync::LazyLock<Record> = std::sync::LazyLock::new(Map::new);
        self.records.first().filter(|record| text(record, "k") == "run").unwrap_or(&NONE)
    }

    /// How many processes have worked on it.
    pub fn lives(&self) -> usize {
        self.records.iter().filter(|record| text(record, "k") == "life").count()
    }

    /// How its last life ended; `None` where that is not on record.
    pub fn over(&self) -> Option<&Record> {
        let from_end = self.records.iter().rev();
        let mut ends = from_end.take_while(|record| text(record, "k") != "life");
        ends.find(|record| text(record, "k") == "over")
    }

    /// When its last line was written that tells a time.
    pub fn last_time(&self) -> &str {
        let times = self.records.iter().rev().map(|record| text(record, "t"));
        times.into_iter().find(|time| !time.is_empty()).unwrap_or_default()
    }

    /// How far it is by its own record, when nobody works on it and none took it back.
    pub fn state(&self) -> State {
        let exit = self.over().map(|over| over.get("exit").and_then(Json::as_u64));
        match exit {
            None => State::Stopped,
            Some(Some(0)) => State::Done,
            Some(Some(130 | 143 | 141)) => State::Interrupted,
            Some(_) => State::Failed,
        }
    }

    /// Every change in the order in which they began; of what was done again, the last time.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        let mut at: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, record) in self.records.iter().enumerate() {
            match text(record, "k") {
                "begin" => {
                    at.insert(text(record, "p"), changes.len());
                    changes.push(Change { index, begin: record.clone(), end: None });
                }
                "end" => {
                    let change = at.get(text(record, "p")).and_then(|at| changes.get_mut(*at));
                    if let Some(change) = change {
                        change.end = Some(record.clone());
                    }
                }
                _ => {}
            }
        }
        // A change that was begun again by a later life is the same change.
        let mut later: HashSet<(String, String)> = HashSet::new();
        let mut kept: Vec<Change> = Vec::new();
        for change in changes.into_iter().rev() {
            let same = (change.text("p").to_string(), change.text("token").to_string());
            if later.insert(same) || change.end.is_some() {
                kept.push(change);
            }
        }
        kept.reverse();
        kept
    }

    /// What it made and did not delete.
    pub fn standing(&self) -> Vec<Thing> {
        let mut standing: Vec<Thing> = Vec::new();
        for change in self.changes() {
            for made in change.made() {
                if !standing.iter().any(|thing| thing.is(&made)) {
                    standing.push(made);
                }
            }
            if change.text("e") == "delete" && change.is_done() {
                let gone: Vec<Thing> = change.on().take(1).collect();
                standing.retain(|thing| !gone.iter().any(|gone| gone.is(thing)));
            }
        }
        standing
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn lines() -> Vec<String> {
        let records = [
            json!({ "k": "run", "format": 1, "replay": 1 }),
            json!({ "k": "life", "n": 1 }),
            json!({ "k": "begin", "p": "1", "v": "boot", "token": "t" }),
            json!({ "k": "end", "p": "1", "ms": 4 }),
            json!({ "k": "call", "p": "2", "v": "now", "ok": "ä\n" }),
            json!({ "k": "begin", "p": "3", "v": "delete", "token": "u" }),
        ];
        records.iter().map(|record| line::write(record.as_object().unwrap())).collect()
    }

    /// What the next life writes behind a torn end.
    fn with_life(bytes: &[u8]) -> Vec<u8> {
        let life = line::write(json!({ "k": "life", "n": 2 }).as_object().unwrap());
        let call = line::write(json!({ "k": "call", "p": "4", "v": "now" }).as_object().unwrap());
        [bytes, b"~\n", life.as_bytes(), call.as_bytes()].concat()
    }

    #[test]
    fn a_journal_may_be_cut_at_any_byte() {
        let all = lines();
        let whole = all.concat().into_bytes();
        let head = all[..2].concat().len();
        for cut in head..=whole.len() {
            let mut ends = all.iter().scan(0, |end, line| {
                *end += line.len();
                Some(*end)
            });
            let complete = ends.clone().filter(|end| *end <= cut).count();
            let at_an_end = ends.any(|end| end == cut);
            // A disk may have given the file its length and not its bytes.
            for zeros in [0, 1, 300] {
                let bytes = [&whole[..cut], &vec![0; zeros]].concat();
                let history = History::read(&bytes).unwrap();
                assert_eq!(history.records.len(), complete, "cut at {cut}, {zeros} zeros");
                assert_eq!(history.torn, !at_an_end || zeros > 0, "cut at {cut}, {zeros} zeros");
                if history.torn {
                    let next = History::read(&with_life(&bytes)).unwrap();
                    assert_eq!(next.records.len(), complete + 2, "cut at {cut}, {zeros} zeros");
                    assert_eq!((next.lives(), next.torn), (2, false));
                    assert_eq!(next.records[..complete], history.records[..]);
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_damaged_elsewhere_is_named() {
        let mut bytes = lines().concat().into_bytes();
        let third = lines()[..2].concat().len() + 10;
        bytes[third] ^= 1;
        assert_eq!(History::read(&bytes).unwrap_err(), "line 3 is damaged");
        assert_eq!(History::read(b"").unwrap_err(), "it does not begin as a journal");
    }

    #[test]
    fn a_newer_format_is_refused_and_unknown_fields_are_not() {
        let first = |format: u64| {
            let record = json!({ "k": "run", "format": format, "later": [1], "replay": 1 });
            let other = json!({ "k": "weather", "p": "9", "sun": true });
            [record, other].map(|one| line::write(one.as_object().unwrap())).concat().into_bytes()
        };
        assert_eq!(History::read(&first(FORMAT)).unwrap().records.len(), 2);
        let refused = History::read(&first(FORMAT + 1)).unwrap_err();
        assert!(refused.contains("a newer rhain wrote"), "{refused}");
    }
}
