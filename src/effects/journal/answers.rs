//! Which calls of a run are answered from its journal when it goes on, and which are done anew.
//!
//! A call is answered where something was changed after it: later in its branch, in a branch opened there or later, or in the
//! branch that it returns to. What was only read since the last change is read anew. A change without an end is settled.

use super::branches::{follows, is_within, opener, place};
use super::history::{Record, text};
use super::record;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a journal says of the call at a path.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    /// A change's beginning.
    pub(super) begin: Option<Record>,
    /// Its end, or what a call that changes nothing gave.
    pub(super) end: Option<Record>,
    /// That it opened branches.
    pub(super) fork: Option<Record>,
    /// How those ended.
    pub(super) join: Option<Record>,
    /// Where its last line stands in the file.
    index: usize,
    /// The life that began it.
    pub(super) life: u32,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is answered.
    Known,
    /// It began, and its end is not known.
    Open,
    /// It opened branches in which something was changed; how it ended is not on record, or not for good.
    Partly,
}

/// The calls of a run that are on record.
#[derive(Debug, Default)]
pub(super) struct Answers {
    slots: BTreeMap<String, Slot>,
    /// Reads that are known by what they ask.
    pub(super) reads: HashMap<String, Json>,
    /// By branch: the number of its last change.
    last: HashMap<String, u64>,
}

impl Slot {
    /// Whether something was changed here, or a person answered.
    fn is_change(&self) -> bool {
        self.begin.is_some() || self.end.as_ref().is_some_and(|end| text(end, "e") == "asks")
    }

    /// Whether it may have taken effect without an end that says so.
    fn is_open(&self) -> bool {
        let error = self.end.as_ref().and_then(|end| end.get("err"));
        let maybe = error.is_some_and(|error| {
            error.get("maybe").is_some() && error.get("kind").and_then(Json::as_str) == Some("cancelled")
        });
        self.begin.is_some() && (self.end.is_none() || maybe)
    }
}

impl Answers {
    /// What the lines of a journal leave to be answered.
    pub(super) fn of(records: &[Record]) -> Answers {
        let mut answers = Answers::default();
        let mut life = 1;
        for (index, record) in records.iter().enumerate() {
            match text(record, "k") {
                "life" => {
                    life = record
                        .get("n")
                        .and_then(Json::as_u64)
                        .and_then(|n| u32::try_from(n).ok())
                        .unwrap_or(1);
                    if life > 1 {
                        answers.keep_answered();
                    }
                }
                "redo" => answers.redo(text(record, "p")),
                kind => answers.take(kind, index, life, record),
            }
        }
        answers.keep_answered();
        answers
    }

    fn take(&mut self, kind: &str, index: usize, life: u32, record: &Record) {
        let path = text(record, "p");
        if path.contains('@') {
            if let Some(ok) = record.get("ok") {
                self.reads.insert(path.to_string(), ok.clone());
            }
            return;
        }
        if path.is_empty() || !matches!(kind, "begin" | "end" | "call" | "fork" | "join") {
            return;
        }
        let slot = self.slots.entry(path.to_string()).or_default();
        slot.index = index;
        let record = record.clone();
        match kind {
            // What a later life began again is the same change, by its first life's token.
            "begin" => {
                let again =
                    slot.begin.as_ref().is_some_and(|begin| text(begin, "token") == text(&record, "token"));
                if !again {
                    slot.life = life;
                }
                if slot.begin.is_none() || !again {
                    slot.begin = Some(record);
                }
                slot.end = None;
            }
            "end" => slot.end = Some(record),
            "call" => *slot = Slot { end: Some(record), index, life, ..Slot::default() },
            "fork" => *slot = Slot { fork: Some(record), index, life, ..Slot::default() },
            _ => slot.join = Some(record),
        }
    }

    /// Where in each branch the last change is.
    fn find_last(&mut self) {
        self.last.clear();
        let changes: Vec<(String, usize)> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.is_change())
            .map(|(path, slot)| (path.clone(), slot.index))
            .collect();
        for (path, index) in changes {
            let Some((branch, number)) = place(&path) else { continue };
            self.changed(&branch, number, index);
        }
    }

    /// A call of a branch changed something: so did the calls that it stands in.
    fn changed(&mut self, branch: &str, number: u64, index: usize) {
        let last = self.last.entry(branch.to_string()).or_default();
        *last = (*last).max(number);
        match opener(branch) {
            Some((call, false)) => {
                if let Some((outer, number)) = place(call) {
                    self.changed(&outer, number, index);
                }
            }
            // Handlers run when everything else is over, and one after the other.
            Some((_, true)) => {
                let before = self.slots.iter().filter(|(_, slot)| slot.index < index);
                let over: BTreeSet<String> = before
                    .filter_map(|(path, _)| Some(place(path)?.0))
                    .filter(|other| other != branch && !is_within(other, branch))
                    .collect();
                self.last.insert(String::new(), u64::MAX);
                self.last.extend(over.into_iter().map(|branch| (branch, u64::MAX)));
            }
            None => {}
        }
    }

    fn last(&self, branch: &str) -> u64 {
        self.last.get(branch).copied().unwrap_or(0)
    }

    /// Whether something was changed after all that a call is.
    fn is_past(&self, path: &str) -> bool {
        let Some((branch, number)) = place(path) else { return false };
        if branch == "p" || number < self.last(&branch) {
            return true;
        }
        // What its branch returned to went on, and changed something.
        matches!(opener(&branch), Some((call, false)) if self.is_past(call))
    }

    /// What becomes of the call at a path; `None` where it is done anew.
    pub(super) fn answer(&self, path: &str) -> Option<(&Slot, Answer)> {
        let slot = self.slots.get(path)?;
        if slot.is_open() {
            return Some((slot, Answer::Open));
        }
        if self.is_past(path) {
            return Some((slot, Answer::Known));
        }
        let (branch, number) = place(path)?;
        let answer = match number == self.last(&branch) {
            true if slot.is_change() => Answer::Known,
            true if slot.fork.is_some() => Answer::Partly,
            _ => return None,
        };
        Some((slot, answer))
    }

    /// Forget what is done anew.
    fn keep_answered(&mut self) {
        self.find_last();
        let kept: BTreeSet<String> =
            self.slots.keys().filter(|path| self.answer(path).is_some()).cloned().collect();
        self.slots.retain(|path, _| kept.contains(path));
        for slot in self.slots.values_mut() {
            // A call that is cut short is done anew unless it may have changed something.
            if slot.is_open() {
                slot.end = None;
            }
        }
        let past: BTreeSet<String> = self
            .slots
            .iter()
            .filter(|(path, slot)| slot.join.is_some() && !self.is_past(path))
            .map(|(path, _)| path.clone())
            .collect();
        for path in past {
            if let Some(slot) = self.slots.get_mut(&path) {
                slot.join = None;
            }
        }
    }

    /// A call is done again, with all that follows it in its branch and in those that it returns to.
    fn redo(&mut self, path: &str) {
        let Some((branch, number)) = place(path) else { return };
        let own = path.contains('#').then(|| path.to_string());
        let gone = |other: &str| match &own {
            // Of an array the members that went well stay.
            Some(own) if place(other) == Some((branch.clone(), number)) => other == own,
            _ => follows(other, &branch, number),
        };
        self.slots.retain(|other, _| !gone(other));
        self.reads.retain(|read, _| read.starts_with('@') || !read.split('@').next().is_some_and(&gone));
        let mut inner = branch;
        while let Some((call, _)) = opener(&inner) {
            let Some((outer, number)) = place(call) else { break };
            self.slots.retain(|other, _| !follows(other, &outer, number + 1));
            if let Some(slot) = self.slots.get_mut(call) {
                slot.join = None;
            }
            inner = outer;
        }
    }

    /// Whether something was changed after a field that a call had left unread was read.
    pub(super) fn is_read(&self, call: &str) -> bool {
        self.is_past(call)
    }

    /// The paths that must be met before anything new is done.
    pub(super) fn expected(&self) -> BTreeSet<String> {
        self.slots.keys().cloned().collect()
    }

    /// The branches of a call that something is on record of, by their index.
    pub(super) fn branches(&self, path: &str) -> Vec<usize> {
        let start = format!("{path}:");
        let inside = self.slots.range(start.clone()..).take_while(|(other, _)| other.starts_with(&start));
        let index = |other: &String| other[start.len()..].split('/').next()?.parse().ok();
        let found: BTreeSet<usize> = inside.filter_map(|(other, _)| index(other)).collect();
        found.into_iter().collect()
    }

    /// A call that is on record, for a report.
    pub(super) fn slot(&self, path: &str) -> Option<&Slot> {
        self.slots.get(path)
    }
}

/// The branches that a `join` says ran.
pub(super) fn ran(join: &Record) -> Vec<usize> {
    record::numbers(text(join, "ran"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A journal in short: `call 1`, `begin 2`, `end 2`, `fork 3`, `join 3 0-1`, `life 2`, `redo 4`.
    fn answers(lines: &[&str]) -> Vec<String> {
        let records: Vec<Record> = lines
            .iter()
            .map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                let json = match words[..] {
                    ["life", n] => json!({ "k": "life", "n": n.parse::<u64>().unwrap_or(0) }),
                    [kind, path, ran] => json!({ "k": kind, "p": path, "ran": ran }),
                    [kind, path] => json!({ "k": kind, "p": path }),
                    _ => json!({}),
                };
                json.as_object().cloned().unwrap_or_default()
            })
            .collect();
        let answers = Answers::of(&records);
        let shown = |path: &String| answers.answer(path).map(|(_, answer)| format!("{path} {answer:?}"));
        answers.slots.keys().filter_map(shown).collect()
    }

    #[test]
    fn what_comes_before_a_change_is_answered() {
        for (lines, given) in [
            (&["call 1", "begin 2", "end 2", "call 3"][..], &["1 Known", "2 Known"][..]),
            (&["call 1", "begin 2"], &["1 Known", "2 Open"]),
            (
                &["begin 1", "end 1", "begin 2#0", "end 2#0", "begin 2#1"],
                &["1 Known", "2#0 Known", "2#1 Open"],
            ),
            (&["call p/1", "begin 1", "end 1"], &["1 Known", "p/1 Known"]),
            // In branches, each by itself.
            (
                &["fork 1", "begin 1:0/1", "end 1:0/1", "call 1:0/2", "call 1:1/1", "call 1:1/2"],
                &["1 Partly", "1:0/1 Known"],
            ),
            // The branch that it returned to went on.
            (
                &["fork 1", "begin 1:0/1", "end 1:0/1", "call 1:0/2", "join 1 0", "call 2", "begin 3"],
                &["1 Known", "1:0/1 Known", "1:0/2 Known", "2 Known", "3 Open"],
            ),
            (
                &["fork 1", "call 1:1/1", "call 1:2/1", "join 1 1-2", "begin 2", "end 2"],
                &["1 Known", "1:1/1 Known", "1:2/1 Known", "2 Known"],
            ),
            // A handler runs when all else is over.
            (
                &["call 1", "begin 2", "end 2", "call 3", "begin 1!/1"],
                &["1 Known", "1!/1 Open", "2 Known", "3 Known"],
            ),
            // A later life reads anew, and takes another turn.
            (
                &["begin 1", "end 1", "call 2", "fork 3", "call 3:0/1", "life 2", "call 2", "begin 3"],
                &["1 Known", "2 Known", "3 Open"],
            ),
            // What failed is done again.
            (&["begin 1", "end 1", "begin 2", "end 2", "redo 2"], &["1 Known"]),
            (
                &[
                    "fork 1",
                    "begin 1:0/1",
                    "end 1:0/1",
                    "begin 1:1/1",
                    "end 1:1/1",
                    "join 1 0-1",
                    "redo 1:1/1",
                ],
                &["1 Partly", "1:0/1 Known"],
            ),
        ] {
            assert_eq!(answers(lines), given, "{lines:?}");
        }
    }
}
