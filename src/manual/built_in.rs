//! The page of a function that the language has beside its verbs, and the list of them.

use super::words::{WIDTH, ty as type_words, wrap};
use crate::verbs::language::builtins::{BUILT_INS, BuiltIn, Does, Gives, built_in};
use crate::verbs::verb;
use std::fmt::Write as _;

/// The title of their section.
pub(super) const TITLE: &str = "Text, arrays and maps";

/// Those that have no page as verbs.
pub(super) fn all() -> impl Iterator<Item = &'static BuiltIn> {
    BUILT_INS.iter().filter(|one| verb(one.name).is_none())
}

/// The one of this name; a method's dot and brackets are left out.
pub(super) fn called(word: &str) -> Option<&'static BuiltIn> {
    built_in(word.trim_start_matches('.')).filter(|one| verb(one.name).is_none())
}

/// The page.
pub(super) fn of_built_in(one: &BuiltIn) -> String {
    let gives = match one.gives {
        Gives::Value(crate::cloud::Ty::Unit) => String::new(),
        Gives::Value(ty) => format!(" → {}", type_words(&ty)),
        Gives::First => " → what the first argument is".to_string(),
        Gives::Element => " → an element, or ()".to_string(),
        Gives::Mapped => " → an array".to_string(),
        Gives::Depends => " → depends on what it is given".to_string(),
    };
    let mut text = format!("{}{gives}\n  {}\n", one.form, wrap(one.summary, 2, WIDTH));
    if one.does == Does::Changes {
        let words = "It changes the variable it is called on.";
        let _ = writeln!(text, "  {}", wrap(words, 2, WIDTH));
    }
    let words = match one.closure {
        [0, 1, 2] => "The closure takes the element, `|item| …`, or it and its index, `|item, nth| …`.",
        [2] => "The closure takes two elements, `|a, b| …`.",
        [1, 2, 3] => "The closure takes what it gave last and the next element, `|all, item| …`.",
        _ => "",
    };
    if !words.is_empty() {
        let _ = writeln!(text, "  {}", wrap(words, 2, WIDTH));
    }
    let (code, result) = one.example;
    let line = if result.is_empty() { code.to_string() } else { format!("{code}    // {result}") };
    let _ = writeln!(text, "\n  {line}");
    text
}
