//! What may stand at a place.

use super::boundary;
use super::environment::Environment;
use super::item::{Completion, Item, Kind};
use crate::verbs::VERBS;

/// What may stand at a byte of a text, the best first.
pub fn complete(text: &str, at: usize, _environment: &dyn Environment) -> Completion {
    let at = boundary(text, at);
    let before = &text[..at];
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let start = boundary(text, start);
    let word = &text[start..at];
    let verbs = VERBS.iter().filter(|verb| verb.name.starts_with(word) && !word.is_empty());
    let items = verbs.map(|verb| Item {
        text: format!("{}(", verb.name),
        label: verb.forms.first().map_or(String::new(), |form| verb.signature(form)),
        detail: verb.summary.to_string(),
        kind: Kind::Verb,
    });
    Completion { start, items: items.collect() }
}
