//! What exists of a run, folded out of its record: what it made and did not delete, and what it may have done.

use super::ledger::{Entry, Outcome, What};
use crate::cloud::Noun;
use std::collections::HashMap;

/// What a record leaves standing.
#[derive(Debug, Default, PartialEq)]
pub struct Standing<'a> {
    /// What was made and not deleted, in the order it was made.
    pub made: Vec<&'a Entry>,
    /// What was made, and whose deletion was accepted and not seen to end.
    pub going: Vec<&'a Entry>,
    /// What may have taken effect.
    pub maybe: Vec<&'a Entry>,
    /// What things are called since they were made, by noun and id: the last change tells.
    names: HashMap<(Noun, &'a str), &'a str>,
}

impl<'a> Standing<'a> {
    /// Read a record from its oldest entry to its newest.
    pub fn of(entries: impl IntoIterator<Item = &'a Entry>) -> Standing<'a> {
        let mut standing = Standing::default();
        for entry in entries {
            standing.take(entry);
        }
        standing
    }

    fn take(&mut self, entry: &'a Entry) {
        match (entry.what, entry.outcome) {
            (What::Made, Outcome::Done | Outcome::Accepted) => {
                if !self.made.iter().chain(&self.going).any(|other| is_same(other, entry)) {
                    self.made.push(entry);
                }
            }
            (What::Deleted, Outcome::Done) => {
                for standing in [&mut self.made, &mut self.going] {
                    standing.retain(|made| !is_same(made, entry));
                }
                // What may have been done to it matters no more; what may have been made is another thing of that name.
                self.maybe.retain(|maybe| maybe.what == What::Made || !is_same(maybe, entry));
            }
            (What::Deleted, Outcome::Accepted) => {
                let (going, made) = self.made.iter().partition(|made| is_same(made, entry));
                self.made = made;
                self.going.extend::<Vec<_>>(going);
            }
            (_, Outcome::Maybe) => self.maybe.push(entry),
            (What::Changed, Outcome::Done | Outcome::Accepted) => {
                if let (Some(noun), Some(id), false) = (entry.noun, &entry.id, entry.name.is_empty()) {
                    self.names.insert((noun, id), &entry.name);
                }
            }
            (_, Outcome::Refused) => {}
        }
    }

    /// In lines for a report.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.told(&self.made, "");
        lines.extend(self.told(&self.going, " (deletion accepted)"));
        lines.extend(
            self.maybe
                .iter()
                .map(|maybe| format!("`{}` of `{}` may have taken effect", maybe.verb, maybe.name)),
        );
        lines
    }

    /// A line for each noun: how many, and their names.
    fn told(&self, entries: &[&Entry], after: &str) -> Vec<String> {
        let mut nouns: Vec<Noun> = entries.iter().filter_map(|entry| entry.noun).collect();
        nouns.sort();
        nouns.dedup();
        nouns.into_iter().map(|noun| format!("{}{after}", self.named(entries, noun))).collect()
    }

    fn named(&self, entries: &[&Entry], noun: Noun) -> String {
        let of_noun = entries.iter().filter(|entry| entry.noun == Some(noun));
        let now = |entry: &&&Entry| entry.id.as_deref().and_then(|id| self.names.get(&(noun, id)).copied());
        let names = of_noun.map(|entry| (now(&entry), entry.name.as_str()));
        named(noun, names.map(|(now, made)| now.unwrap_or(made).to_string()).collect())
    }
}

/// Whether an entry is about the thing that was made: by its id, or by the text that a script named it by.
fn is_same(made: &Entry, entry: &Entry) -> bool {
    let of = |one: &Entry| {
        (one.cloud.is_none() || entry.cloud.is_none() || one.cloud == entry.cloud)
            && (one.noun.is_none() || entry.noun.is_none() || one.noun == entry.noun)
    };
    of(made)
        && match (&made.id, &entry.id) {
            (Some(id), Some(other)) => id == other,
            (Some(id), None) => *id == entry.name || made.name == entry.name,
            (None, _) => made.name == entry.name,
        }
}

fn named(noun: Noun, mut names: Vec<String>) -> String {
    if names.len() > 6 {
        // Made at the same time, they come in any order; of those that are left out the ends must tell.
        names.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    }
    match &names[..] {
        [] => String::new(),
        [one] => format!("1 {} of this run: {one}", noun.as_str()),
        few if few.len() <= 6 => {
            format!("{} {}s of this run: {}", few.len(), noun.as_str(), few.join(", "))
        }
        [first, .., last] => format!("{} {}s of this run: {first} … {last}", names.len(), noun.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Time;

    /// An entry of a server, written `made done web#1`, `deleted accepted web` for one that is named by text.
    fn entry(text: &str) -> Entry {
        let words: Vec<&str> = text.split(' ').collect();
        let [what, outcome, name] = words[..] else { panic!("{text}") };
        let (name, id) = name.split_once('#').map_or((name, None), |(name, id)| (name, Some(id)));
        let word = |word: &str| serde_json::Value::from(word);
        Entry {
            number: 0,
            at: Time::parse("2026-11-21T09:00:00Z").unwrap_or_else(|| unreachable!()),
            verb: "verb".to_string(),
            what: serde_json::from_value(word(what)).unwrap_or_else(|why| panic!("{why}")),
            outcome: serde_json::from_value(word(outcome)).unwrap_or_else(|why| panic!("{why}")),
            cloud: Some("lab".to_string()),
            noun: Some(Noun::Server),
            id: id.map(str::to_string),
            name: name.to_string(),
            request_id: None,
        }
    }

    fn lines(entries: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> = entries.iter().map(|text| entry(text)).collect();
        Standing::of(&entries).lines()
    }

    #[test]
    fn what_was_made_stands_until_it_is_deleted() {
        for (record, told) in [
            (&["made done a#1", "made done b#2"][..], &["2 servers of this run: a, b"][..]),
            (&["made done a#1", "made done a#1"], &["1 server of this run: a"]),
            (&["made done a#1", "made done a#2"], &["2 servers of this run: a, a"]),
            (&["made done a#1", "deleted done a#1"], &[]),
            (&["made done a#1", "deleted done b#2"], &["1 server of this run: a"]),
            // By its name, and by its id written as text.
            (&["made done a#1", "made done b#2", "deleted done a"], &["1 server of this run: b"]),
            (&["made done a#1", "made done b#2", "deleted done 2"], &["1 server of this run: a"]),
            (&["made done a#1", "deleted refused a#1"], &["1 server of this run: a"]),
            (&["made refused a", "changed done b#2", "changed refused b#2"], &[]),
            (&["made done a#1", "deleted accepted a#1"], &["1 server of this run: a (deletion accepted)"]),
            (&["made done a#1", "deleted accepted a#1", "deleted done a"], &[]),
            (
                &["made done a#1", "made done b#2", "deleted accepted b#2"],
                &["1 server of this run: a", "1 server of this run: b (deletion accepted)"],
            ),
        ] {
            assert_eq!(lines(record), told, "{record:?}");
        }
    }

    #[test]
    fn what_may_be_is_told_as_that() {
        let maybe = "`verb` of `a` may have taken effect";
        for (record, told) in [
            (&["made maybe a"][..], &[maybe][..]),
            // What was deleted by that name need not be what may have been made.
            (&["made maybe a", "deleted done a"], &[maybe]),
            (&["changed maybe a#1"], &[maybe]),
            (&["changed maybe a#1", "deleted done a#1"], &[]),
            (&["made done a#1", "deleted maybe a#1"], &["1 server of this run: a", maybe]),
        ] {
            assert_eq!(lines(record), told, "{record:?}");
        }
    }

    #[test]
    fn another_clouds_thing_of_that_name_stays() {
        let made = entry("made done a#1");
        let mut gone = entry("deleted done a");
        gone.cloud = Some("other".to_string());
        assert_eq!(Standing::of([&made, &gone]).made, [&made]);
        // Where the cloud is not known, the name alone tells.
        gone.cloud = None;
        assert_eq!(Standing::of([&made, &gone]), Standing::default());
    }

    #[test]
    fn a_thing_is_told_by_its_last_name() {
        let record = ["made done web#1", "made done db#2", "changed done front#1", "changed refused other#2"];
        assert_eq!(lines(&record), ["2 servers of this run: front, db"]);
    }

    #[test]
    fn of_many_the_ends_are_told() {
        let names: Vec<String> = (1..=12).rev().map(|n| format!("made done web-{n}#{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(lines(&names), ["12 servers of this run: web-1 … web-12"]);
    }
}
