//! The index, and which page a word means.

use super::built_in;
use super::noun;
use super::search;
use super::values::{self, VALUES};
use super::verb::of_verb;
use super::words::{WIDTH, wrap};
use crate::cloud::{Noun, Providers};
use crate::verbs::verb::Group;
use crate::verbs::{VERBS, verb};
use std::fmt::Write as _;

/// The sections, in their order.
pub(super) fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for verb in VERBS {
        if !groups.contains(&verb.group) {
            groups.push(verb.group);
        }
    }
    groups
}

/// Every verb with its summary, by section; then the kinds of values.
pub fn index() -> String {
    index_with(&[])
}

/// The index, with modules that can be imported too.
pub fn index_with(modules: &[&str]) -> String {
    let mut text = String::new();
    let wide = VERBS.iter().map(|verb| verb.name.len()).max().unwrap_or(0);
    for group in groups() {
        let _ = writeln!(text, "{}", group.title());
        for verb in VERBS.iter().filter(|verb| verb.group == group) {
            let _ = writeln!(text, "  {:wide$}  {}", verb.name, wrap(verb.summary, wide + 4, WIDTH));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", built_in::TITLE);
    let names: Vec<&str> = built_in::all().map(|one| one.name).collect();
    let _ = writeln!(text, "  {}\n", wrap(&names.join(", "), 2, WIDTH));
    let nouns = Noun::ALL.into_iter().filter(|noun| noun::is_there(*noun)).map(Noun::type_name);
    let values: Vec<&str> = nouns.chain(VALUES.iter().map(|one| one.name)).collect();
    let _ = writeln!(text, "Values and their fields\n  {}\n", wrap(&values.join(", "), 2, WIDTH));
    if !modules.is_empty() {
        let _ = writeln!(text, "Modules, for import\n  {}\n", wrap(&modules.join(", "), 2, WIDTH));
    }
    let _ = writeln!(text, "rhain doc NAME  tells more of a verb, a value, a module or a runbook's file");
    let _ = writeln!(text, "rhain doc config  tells which files and variables are read, and what wins");
    let _ = writeln!(text, "rhain doc cloudstack  tells what is CloudStack's own");
    let _ = writeln!(text, "rhain doc WORD  finds what mentions a word");
    text
}

/// What pages there are.
pub fn topics() -> impl Iterator<Item = &'static str> {
    let nouns = Noun::ALL.into_iter().filter(|noun| noun::is_there(*noun)).map(Noun::type_name);
    let functions = built_in::all().map(|one| one.name);
    VERBS.iter().map(|verb| verb.name).chain(functions).chain(nouns).chain(VALUES.iter().map(|one| one.name))
}

/// The page of a verb or of a kind of value. `None` where there is none of that name.
pub fn exactly(topic: &str, providers: &Providers) -> Option<String> {
    let topic = topic.trim().trim_end_matches("()");
    let mut pages: Vec<String> = verb(topic).map(|verb| of_verb(verb, providers)).into_iter().collect();
    if let Some(noun) = noun::called(topic).filter(|noun| verb(topic).is_none() || topic == noun.as_str()) {
        pages.push(noun::of_noun(noun));
    }
    if let Some(known) = built_in::called(topic) {
        pages.push(built_in::of_built_in(known));
    }
    if let Some(value) = values::called(topic) {
        pages.push(values::of_value(value));
    }
    (!pages.is_empty()).then(|| pages.join("\n"))
}

/// The page of a verb or a kind of value; or, for another word, what mentions it. `None` where nothing does.
pub fn page(topic: &str, providers: &Providers) -> Option<String> {
    exactly(topic, providers).or_else(|| search::search(topic, &[]))
}
