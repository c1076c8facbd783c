//! The page of a noun: its fields, the verbs that give one, and those that take one.

use super::words::{WIDTH, ty, wrap};
use crate::cloud::{Noun, Ty};
use crate::verbs::{VERBS, Verb};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// The noun that a word means: its own word or its type's name, one or many.
pub(super) fn called(word: &str) -> Option<Noun> {
    let plain = |text: &str| text.to_lowercase().replace([' ', '_'], "");
    let word = plain(word);
    let one = word.strip_suffix('s').unwrap_or(&word);
    let named = |noun: &Noun| [word.as_str(), one].contains(&plain(noun.as_str()).as_str());
    Noun::ALL.into_iter().filter(|noun| is_there(*noun)).find(named)
}

/// Whether the language has anything to say of it.
pub(super) fn is_there(noun: Noun) -> bool {
    !noun.fields().is_empty()
}

/// The page.
pub(super) fn of_noun(noun: Noun) -> String {
    let mut text = format!("{}: its fields\n", noun.type_name());
    let names = noun.fields().iter().map(|field| field.name.len()).max().unwrap_or(0);
    let types = noun.fields().iter().map(|field| short(&field.ty).width()).max().unwrap_or(0);
    for field in noun.fields() {
        let head = format!("  .{:names$}  {:types$}  ", field.name, short(&field.ty));
        let _ = writeln!(text, "{head}{}", wrap(field.summary, head.width(), WIDTH));
    }
    let names = |chosen: &dyn Fn(&Verb) -> bool| -> String {
        let mut found: Vec<&str> = VERBS.iter().filter(|verb| chosen(verb)).map(|verb| verb.name).collect();
        found.sort_unstable();
        found.join(", ")
    };
    let lines =
        [("given by", names(&|verb| gives(verb, noun))), ("taken by", names(&|verb| takes(verb, noun)))];
    text.push('\n');
    for (title, names) in lines.iter().filter(|(_, names)| !names.is_empty()) {
        let _ = writeln!(text, "  {title:9} {}", wrap(names, 12, WIDTH));
    }
    text
}

/// A field's type in a word or two.
fn short(one: &Ty) -> String {
    match one {
        Ty::Secret => "secret".to_string(),
        Ty::Any => "map".to_string(),
        Ty::OneOf(_) => "text".to_string(),
        Ty::MapOf(_) | Ty::Record(_) => "map".to_string(),
        other => ty(other),
    }
}

fn gives(verb: &Verb, noun: Noun) -> bool {
    holds(&verb.returns, noun)
}

fn takes(verb: &Verb, noun: Noun) -> bool {
    verb.forms
        .iter()
        .flat_map(|form| form.params.iter().chain(form.options))
        .any(|param| holds(&param.ty, noun))
}

/// Whether a type is this noun, or made of it.
fn holds(one: &Ty, noun: Noun) -> bool {
    match one {
        Ty::Ref(of) | Ty::Of(of) => *of == noun,
        Ty::AnyRef(nouns) => nouns.contains(&noun),
        Ty::ArrayOf(one) | Ty::OneOrMany(one) | Ty::MapOf(one) => holds(one, noun),
        Ty::Either(a, b) => holds(a, noun) || holds(b, noun),
        _ => false,
    }
}
