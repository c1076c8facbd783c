//! Comparisons of a field that holds one of a few words, a status or an error's kind, with text that only the run knows: where
//! that text is none of the words, the run says so once.

use super::raise::Outcome;
use super::secret_text;
use super::session::Session;
use crate::base::placeholder;
use rhai::{Dynamic, Engine, ImmutableString, NativeCallContext};
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Where such a comparison stands: source, line, column of its operator.
type Place = (String, usize, usize);

/// The comparisons that a check found, and what was said of them.
#[derive(Default)]
pub struct WordCompares(RwLock<Known>);

/// What is compared with one of a few words.
#[derive(Clone, Copy)]
pub struct Words {
    /// The words.
    pub words: &'static [&'static str],
    /// Whether the field stands on the left.
    pub on_left: bool,
    /// Which of them another text may mean.
    pub meant: fn(&str, &[&str]) -> Option<String>,
}

#[derive(Default)]
struct Known {
    places: BTreeMap<Place, Words>,
    told: BTreeSet<(Place, String)>,
}

impl WordCompares {
    /// A comparison of a field that is one of these.
    pub fn expect(&self, place: Place, words: Words) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).places.insert(place, words);
    }

    /// What to say of two unequal texts that are compared there; nothing the second time.
    fn said(&self, source: &str, line: usize, column: usize, left: &str, right: &str) -> Option<String> {
        let (place, Words { words, on_left, meant }) = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if known.places.is_empty() {
                return None;
            }
            let place = (source.to_string(), line, column);
            let words = *known.places.get(&place)?;
            (place, words)
        };
        let text = if on_left { right } else { left };
        // An empty text asks whether there is one; what a secret holds is not told.
        if text.is_empty() || words.contains(&text) || placeholder::is_in(text) {
            return None;
        }
        let near = meant(text, words);
        // What does not even look like a word of a cloud is the script's own: `let last = "none"`.
        let own = |c: char| !(c.is_ascii_uppercase() || matches!(c, '_' | '-'));
        if near.is_none() && text.contains(own) {
            return None;
        }
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of: {}", words.join(", ")),
        };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.told.insert((place, text.to_string())) {
            return None;
        }
        Some(format!("{source}:{line}: `{text}` is never one of the words that this can be; {help}"))
    }
}

/// Register the comparisons of text.
pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    let types = [TypeId::of::<ImmutableString>(), TypeId::of::<ImmutableString>()];
    for name in ["==", "!="] {
        let session = session.clone();
        engine.register_raw_fn(name, types, move |context: NativeCallContext, args: &mut [&mut Dynamic]| {
            compare(&session, name, &context, args)
        });
    }
}

fn compare(
    session: &Session,
    name: &str,
    context: &NativeCallContext,
    args: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    let equal = {
        let [left, right] = [&args[0], &args[1]].map(|arg| arg.read_lock::<ImmutableString>());
        let (Some(left), Some(right)) = (left, right) else { return Ok(Dynamic::FALSE) };
        let secret = placeholder::is_in(&left) || placeholder::is_in(&right);
        if !secret && *left != *right {
            let position = context.call_position();
            let (line, column) = (position.line().unwrap_or(0), position.position().unwrap_or(0));
            let source = context.call_source().unwrap_or_default();
            if let Some(said) = session.word_compares.said(source, line, column, &left, &right) {
                session.host.progress.warn(&said);
            }
        }
        (!secret).then(|| *left == *right)
    };
    match equal {
        Some(equal) => Ok((equal == (name == "==")).into()),
        None => secret_text::call(name, context, args),
    }
}
