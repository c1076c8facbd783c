//! What mentions a word, the best first: names, then option keys, summaries, kinds of error, fields.

use super::built_in;
use super::noun;
use super::words::{WIDTH, ty, wrap};
use crate::cloud::Noun;
use crate::verbs::{Group, VERBS, Verb, foreign_names};
use std::fmt::Write as _;

/// Something found.
struct Found {
    score: u32,
    name: String,
    summary: String,
    /// Where the word stands, when neither name nor summary shows it.
    because: Option<String>,
}

/// What mentions every word of a text; `also` are further pages by name and summary. `None` where nothing does.
pub fn search(text: &str, also: &[(String, String)]) -> Option<String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let stems: Vec<&str> = words.iter().map(|word| stem(word)).collect();
    if stems.is_empty() || stems.iter().any(|stem| stem.len() < 2) {
        return None;
    }
    let mut found: Vec<Found> = VERBS.iter().filter_map(|verb| of_verb(verb, &stems)).collect();
    for noun in Noun::ALL.into_iter().filter(|noun| noun::is_there(*noun)) {
        for field in noun.fields() {
            let name = format!("{}.{}", noun.as_str(), field.name);
            found.extend(plain(&name, field.summary, &stems, 15));
        }
    }
    for one in built_in::all() {
        found.extend(plain(one.name, one.summary, &stems, 20));
    }
    for (name, summary) in also {
        found.extend(plain(name, summary, &stems, 10));
    }
    if found.is_empty() {
        return None;
    }
    // Equals stay in the order of the manual.
    found.sort_by_key(|one| std::cmp::Reverse(one.score));
    let wide = found.iter().map(|one| one.name.len()).max().unwrap_or(0).min(30);
    let mut page = format!("`{text}` is mentioned by\n");
    for one in found {
        let because = one.because.map(|because| format!(" ({because})")).unwrap_or_default();
        let words = wrap(&format!("{}{because}", one.summary), wide + 4, WIDTH);
        let _ = writeln!(page, "  {:wide$}  {words}", one.name);
    }
    Some(page)
}

/// A word without the ending of many.
fn stem(word: &str) -> &str {
    let short = word.strip_suffix('s').filter(|short| short.len() > 2 && !short.ends_with('s'));
    short.unwrap_or(word)
}

/// Whether a text has a word that begins with the stem: 2 for the word itself, 1 for a longer one.
fn mentions(text: &str, stem: &str) -> u32 {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let best = words.filter_map(|word| {
        let rest = word.strip_prefix(stem)?;
        Some(if rest.is_empty() || rest == "s" { 2 } else { 1 })
    });
    best.max().unwrap_or_else(|| u32::from(stem.contains('_') && lower.contains(stem)))
}

fn of_verb(verb: &Verb, stems: &[&str]) -> Option<Found> {
    let mut score = 0;
    let mut because = None;
    for stem in stems {
        let named = mentions(verb.name, stem) * 40;
        let told = mentions(verb.summary, stem) * 15;
        let params = verb.forms.iter().flat_map(|form| form.params.iter().chain(form.options));
        let key = params
            .map(|param| {
                let words = mentions(param.summary, stem) * 4 + mentions(&ty(&param.ty), stem) * 2;
                (mentions(param.name, stem) * 12 + words, param.name)
            })
            .max_by_key(|(score, _)| *score)
            .filter(|(score, _)| *score > 0);
        // What other tools call it counts as a word about it.
        let other = foreign_names::elsewhere(verb.name).find(|other| mentions(other, stem) > 0);
        let kind = verb.errors.iter().find(|kind| mentions(kind.as_str(), stem) > 0);
        let group = mentions(verb.group.title(), stem) * 2;
        let error = if kind.is_some() { 5 } else { 0 };
        let foreign = if other.is_some() { 14 } else { 0 };
        let found = named + told + key.map_or(0, |(score, _)| score) + error + group + foreign;
        if found == 0 {
            return None;
        }
        if named + told == 0 {
            because = match (key, other, kind) {
                (Some((_, name)), ..) => Some(format!("`{name}`")),
                (None, Some(other), _) => Some(format!("`{other}` elsewhere")),
                (None, None, Some(kind)) => Some(format!("error `{}`", kind.as_str())),
                (None, None, None) => because,
            };
        }
        score += found;
    }
    // Who looks for a word means clouds, before what tests do with them.
    if verb.group == Group::Tests {
        score /= 4;
    }
    Some(Found { score, name: verb.name.to_string(), summary: verb.summary.to_string(), because })
}

fn plain(name: &str, summary: &str, stems: &[&str], weight: u32) -> Option<Found> {
    let each: Option<Vec<u32>> = stems
        .iter()
        .map(|stem| match mentions(name, stem) * 2 + mentions(summary, stem) {
            0 => None,
            some => Some(some * weight / 2),
        })
        .collect();
    let score = each?.iter().sum();
    Some(Found { score, name: name.to_string(), summary: summary.to_string(), because: None })
}
