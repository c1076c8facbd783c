//! The secrets of this run by their own text, and those of single requests for as long as an answer may say them back.

use crate::base::MASK;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, OnceLock, RwLock};

/// The secrets of this run, hidden wherever a text repeats them. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Known {
    lasting: Arc<RwLock<Lasting>>,
    /// Those of single requests, the last ones alone.
    passing: Arc<RwLock<VecDeque<String>>>,
}

/// The secrets of the run.
#[derive(Default)]
struct Lasting {
    /// The longest first: a secret may be a part of another.
    texts: Vec<String>,
    /// What finds all of them in one pass, where they are many; made when it is needed.
    finder: OnceLock<Option<AhoCorasick>>,
}

/// From so many on they are looked for in one pass.
const MANY: usize = 64;

/// How many secrets of single requests are remembered: more than are under way at once.
const PASSING: usize = 128;

impl Known {
    /// Remember a secret, as it is, as JSON writes it and as forms and URLs do. Texts under four letters are too common to look for.
    pub fn add(&self, secret: &str) {
        if secret.chars().count() < 4 {
            return;
        }
        let Ok(mut known) = self.lasting.write() else { return };
        for text in spellings(secret) {
            let place = known.texts.partition_point(|other| (other.len(), &text) > (text.len(), other));
            if known.texts.get(place).is_none_or(|other| *other != text) {
                known.texts.insert(place, text);
                known.finder.take();
            }
        }
    }

    /// Remember the secret of one request, such as its signature, for as long as its answer may say it back.
    pub fn add_passing(&self, secret: &str) {
        let Ok(mut passing) = self.passing.write() else { return };
        for text in spellings(secret) {
            if passing.len() >= PASSING {
                passing.pop_front();
            }
            passing.push_back(text);
        }
    }

    /// JSON with every known secret masked, in names, texts and numbers; its shape stays.
    pub fn hide_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.hide(text)),
            Value::Number(number) => match self.hide(&number.to_string()) {
                hidden if hidden.contains(MASK) => Value::from(hidden),
                _ => value.clone(),
            },
            Value::Array(items) => Value::Array(items.iter().map(|item| self.hide_json(item)).collect()),
            Value::Object(fields) => {
                let one = |(name, value): (&String, &Value)| (self.hide(name), self.hide_json(value));
                Value::Object(fields.iter().map(one).collect())
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// The text with every known secret masked.
    pub fn hide(&self, text: &str) -> String {
        let mut text = crate::base::placeholder::masked(text).into_owned();
        let mut hide = |secret: &String| {
            if secret.len() <= text.len() && text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        };
        let mut all_at_once = None;
        if let Ok(known) = self.lasting.read() {
            match known.finder() {
                Some(finder) => all_at_once = Some(finder.clone()),
                None => known.texts.iter().for_each(&mut hide),
            }
        }
        if let Ok(passing) = self.passing.read() {
            passing.iter().for_each(&mut hide);
        }
        match all_at_once {
            Some(finder) => masked(&finder, text),
            None => text,
        }
    }
}

impl Lasting {
    fn finder(&self) -> Option<&AhoCorasick> {
        if self.texts.len() < MANY {
            return None;
        }
        let finder = self.finder.get_or_init(|| {
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(&self.texts).ok()
        });
        finder.as_ref()
    }
}

/// A text without what is found; what overlaps is one.
fn masked(finder: &AhoCorasick, text: String) -> String {
    let mut places: Vec<(usize, usize)> =
        finder.find_overlapping_iter(&text).map(|found| (found.start(), found.end())).collect();
    if places.is_empty() {
        return text;
    }
    places.sort_unstable();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    let mut places = places.into_iter().peekable();
    while let Some((start, mut end)) = places.next() {
        while let Some((_, more)) = places.next_if(|next| next.0 < end) {
            end = end.max(more);
        }
        out.push_str(text.get(from..start).unwrap_or_default());
        out.push_str(MASK);
        from = end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// A secret as it is, as JSON writes it, and as forms, queries and paths do.
fn spellings(secret: &str) -> Vec<String> {
    let quoted = Value::from(secret).to_string();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let query = form.replace('+', "%20");
    let path = query.replace("%7E", "~").replace('*', "%2A");
    let mut all = vec![secret.to_string(), quoted[1..quoted.len() - 1].to_string(), form, query, path];
    all.dedup();
    all
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn known_secrets_are_found_in_any_text() {
        let known = Known::default();
        known.add("pa\"ss");
        known.add("abc");
        assert_eq!(known.hide("saw pa\"ss and pa\\\"ss and abc"), format!("saw {MASK} and {MASK} and abc"));
        known.add("Of4N~H *");
        known.add_passing("aB/c+dEf=");
        for text in ["Of4N~H *", "Of4N%7EH+*", "Of4N%7EH%20*", "Of4N~H%20%2A", "aB/c+dEf=", "aB%2Fc%2BdEf%3D"]
        {
            assert_eq!(known.hide(&format!("<p>{text}</p>")), format!("<p>{MASK}</p>"), "{text}");
        }
        // What a request had alone is forgotten after so many others.
        (0..PASSING).for_each(|number| known.add_passing(&format!("other{number}")));
        assert_eq!(known.hide("aB/c+dEf="), "aB/c+dEf=");
    }

    #[test]
    fn many_secrets_are_found_as_a_few_are() {
        let known = Known::default();
        for number in 0..MANY {
            known.add(&format!("secret-{number:03}"));
        }
        assert!(known.lasting.read().is_ok_and(|known| known.finder().is_some()));
        let text = "a secret-007, secret-063; secret-064 secret-0";
        assert_eq!(known.hide(text), format!("a {MASK}, {MASK}; secret-064 secret-0"));
        // One that is added later, a part of another, two side by side, and two of which one begins in the other.
        ["secret-00", "003secret", "007x"].into_iter().for_each(|secret| known.add(secret));
        let text = "secret-001secret-002 secret-00 secret-003secret-0 secret-007x";
        assert_eq!(known.hide(text), format!("{MASK}{MASK} {MASK} {MASK}-0 {MASK}"));
        known.add_passing("signed");
        assert_eq!(known.hide("signed secret-001 pass"), format!("{MASK} {MASK} pass"));
    }

    #[test]
    fn a_secret_number_does_not_show_the_rest_of_its_body() {
        let known = Known::default();
        ["987654321", "hunter2"].into_iter().for_each(|secret| known.add(secret));
        let body = json!({"a": 987654321, "b": ["hunter2", 5], "hunter2": null, "c": true});
        let hidden = json!({"a": MASK, "b": [MASK, 5], (MASK): null, "c": true});
        assert_eq!(known.hide_json(&body), hidden);
    }
}
