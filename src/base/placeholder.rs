//! Placeholders: what stands for a secret inside a text of a script until that text is printed or sent.
//!
//! Interpolation and `+` make plain text of whatever they are given. A secret gives them a placeholder: two marks that no
//! text has around a random number. Where the text is printed the placeholder is masked, where it is sent it is the secret.
//! The number is random so that no text from outside can name one; a placeholder that a script has cut is masked text.

use super::MASK;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The mark on both sides: a code point that is no character.
const MARK: char = '\u{fdd3}';

/// The mark as debug text writes it.
const ESCAPED: &str = "\\u{fdd3}";

/// Every secret that has a placeholder, and the placeholder of each.
#[derive(Default)]
struct Table {
    secrets: HashMap<String, String>,
    placeholders: HashMap<String, String>,
}

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);

/// The placeholder of a secret; one secret has one.
pub fn of(secret: &str) -> String {
    let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = table.placeholders.get(secret) {
        return known.clone();
    }
    // Letters of one case only: what changes a text's case breaks the placeholder instead of passing it by.
    let name = format!("s{}", uuid::Uuid::new_v4().simple());
    let placeholder = format!("{MARK}{name}{MARK}");
    table.secrets.insert(name, secret.to_string());
    table.placeholders.insert(secret.to_string(), placeholder.clone());
    placeholder
}

/// Whether a text holds a placeholder, or a part of one.
pub fn is_in(text: &str) -> bool {
    text.contains(MARK) || text.contains(ESCAPED)
}

/// The text with each secret in its place; `None` where a placeholder was cut or is none of ours.
pub fn resolved(text: &str) -> Option<String> {
    // Of an array or a map made into text, which is debug text.
    if text.contains(ESCAPED) {
        return resolved(&text.replace(ESCAPED, &MARK.to_string()));
    }
    let table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(MARK);
    out.push_str(parts.next()?);
    while let Some(name) = parts.next() {
        out.push_str(table.secrets.get(name)?);
        out.push_str(parts.next()?);
    }
    Some(out)
}

/// The text with another form of each secret in its place, behind a placeholder too: quoted, or escaped.
pub fn reformed(text: &str, form: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split(MARK).enumerate() {
        if at % 2 == 0 {
            out.push_str(part);
            continue;
        }
        let formed =
            TABLE.lock().unwrap_or_else(PoisonError::into_inner).secrets.get(part).map(|secret| form(secret));
        out.push_str(&formed.map_or_else(|| MASK.to_string(), |formed| of(&formed)));
    }
    out
}

/// The text as it is shown: the mask for each placeholder and for what is left of one.
pub fn masked(text: &str) -> Cow<'_, str> {
    // Debug text writes the mark as an escape.
    if text.contains(ESCAPED) {
        return Cow::Owned(masked(&text.replace(ESCAPED, &MARK.to_string())).into_owned());
    }
    if !is_in(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        out.push_str(MASK);
        let after = &rest[at + MARK.len_utf8()..];
        // A number that was cut off is hidden as far as it goes.
        let named = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        rest = named.strip_prefix(MARK).unwrap_or(named);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_sent_whole_and_shown_masked() {
        let (a, b) = (of("one"), of("t\"wo"));
        let text = format!("x {a}{b} y {a}");
        assert_eq!(resolved(&text).as_deref(), Some("x onet\"wo y one"));
        assert_eq!(masked(&text), format!("x {MASK}{MASK} y {MASK}"));
        assert_eq!(of("one"), a);
        let escaped = format!("{:?}", [&a]);
        assert_eq!((is_in(&escaped), resolved(&escaped).as_deref()), (true, Some("[\"one\"]")));
        let cut: String = text.chars().take(9).collect();
        assert_eq!(resolved(&cut), None);
        assert_eq!(masked(&cut), format!("x {MASK}"));
        assert_eq!(resolved(&text.to_uppercase()), None);
        assert_eq!(resolved("plain").as_deref(), Some("plain"));
    }
}
