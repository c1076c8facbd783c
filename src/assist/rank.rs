//! Which of many words a person means by the letters typed so far.
//!
//! What begins with them comes first, in the order it was given; then what holds them together; then what holds them in
//! order, the best match first. The latter two only where nothing begins with them, but among names always: of those
//! nobody knows the beginnings.

use super::item::{Item, Kind};
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The items that a word may mean, the best first.
pub(super) fn rank(word: &str, items: Vec<Item>) -> Vec<Item> {
    if word.is_empty() {
        return items;
    }
    let (mut first, others): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| begins(name(item), word));
    // `web` means `web` before `Web-1`.
    first.sort_by_key(|item| !name(item).starts_with(word));
    let any = !first.is_empty();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let atom = Atom::new(word, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
    let mut buffer = Vec::new();
    let lower = word.to_lowercase();
    let mut scored: Vec<((bool, u16), Item)> = Vec::new();
    for item in others {
        let data = matches!(item.kind, Kind::Name(_) | Kind::Zone | Kind::Cloud | Kind::File);
        if any && !data {
            continue;
        }
        let score = atom.score(Utf32Str::new(name(&item), &mut buffer), &mut matcher);
        scored.extend(score.map(|score| ((name(&item).to_lowercase().contains(&lower), score), item)));
    }
    scored.sort_by(|(one, a), (two, b)| two.cmp(one).then_with(|| a.label.len().cmp(&b.label.len())));
    first.extend(scored.into_iter().map(|(_, item)| item));
    first
}

/// The word of an item that is looked at: a signature's name.
fn name(item: &Item) -> &str {
    match item.kind {
        Kind::Verb | Kind::Method | Kind::Function => item.label.split('(').next().unwrap_or(""),
        _ => &item.label,
    }
}

fn begins(name: &str, word: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).all(|wanted| letters.next() == Some(wanted))
}
