//! The index, and a page for each verb and noun.

use super::words::{WIDTH, ty, wrap};
use crate::cloud::{Noun, Provider, Ty};
use crate::verbs::verb::{Effect, Group, Param};
use crate::verbs::{VERBS, Verb, prepare, verb};
use std::fmt::Write as _;

const GROUPS: [Group; 6] =
    [Group::Clouds, Group::Servers, Group::Metadata, Group::Waits, Group::Images, Group::Language];

/// Every verb with its summary, by section; then the nouns.
pub fn index() -> String {
    let mut text = String::new();
    let wide = VERBS.iter().map(|verb| verb.name.len()).max().unwrap_or(0);
    for group in GROUPS {
        let _ = writeln!(text, "{}", group.title());
        for verb in VERBS.iter().filter(|verb| verb.group == group) {
            let _ = writeln!(text, "  {:wide$}  {}", verb.name, wrap(verb.summary, wide + 4, WIDTH));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Nouns\n  server, image, flavor: `rhain doc server` lists a server's fields");
    let _ = writeln!(text, "\n`rhain doc VERB` tells more; `rhain doc FILE` tells what a runbook takes.");
    text
}

/// What pages there are.
pub fn topics() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| verb.name).chain(Noun::ALL.into_iter().map(Noun::type_name))
}

/// The page of a verb or noun; or, for another word, what mentions it. `None` where nothing does.
pub fn page(topic: &str) -> Option<String> {
    let noun = Noun::ALL.into_iter().filter(|noun| !noun.fields().is_empty()).find(|noun| {
        noun.type_name().eq_ignore_ascii_case(topic) || noun.as_str().eq_ignore_ascii_case(topic)
    });
    match (verb(topic), noun) {
        (Some(verb), Some(noun)) => Some(format!("{}\n{}", of_verb(verb), of_noun(noun))),
        (Some(verb), None) => Some(of_verb(verb)),
        (None, Some(noun)) => Some(of_noun(noun)),
        (None, None) => mentions(topic),
    }
}

fn of_verb(verb: &Verb) -> String {
    let mut text = String::new();
    let effect = verb.effect.words();
    for (nth, form) in verb.forms.iter().enumerate() {
        let line = match verb.returns {
            Ty::Unit => verb.signature(form),
            ref returns => format!("{} → {}", verb.signature(form), ty(returns)),
        };
        let gap = WIDTH.saturating_sub(line.chars().count() + effect.len()).max(2);
        let effect = if nth == 0 { format!("{}{effect}", " ".repeat(gap)) } else { String::new() };
        let _ = writeln!(text, "{}", format!("{line}{effect}").trim_end());
    }
    let _ = writeln!(text, "  {}\n", wrap(verb.summary, 2, WIDTH));
    let mut shown: Vec<&str> = Vec::new();
    let params: Vec<&Param> = verb.forms.iter().flat_map(|form| form.params).collect();
    let keys: Vec<Param> = verb.forms.iter().flat_map(|form| prepare::option_keys(verb, form)).collect();
    let wide = params.iter().map(|param| param.name.len()).chain(keys.iter().map(|key| key.name.len())).max();
    let wide = wide.unwrap_or(0);
    for param in params {
        if !shown.contains(&param.name) {
            shown.push(param.name);
            let _ = writeln!(text, "  {:wide$}  {}", param.name, wrap(&described(param), wide + 4, WIDTH));
        }
    }
    let mut titled = false;
    for key in &keys {
        if shown.contains(&key.name) {
            continue;
        }
        if !titled {
            let _ = writeln!(text, "{}  options #{{…}}", if shown.is_empty() { "" } else { "\n" });
            titled = true;
        }
        shown.push(key.name);
        let _ = writeln!(text, "  {:wide$}  {}", key.name, wrap(&described(key), wide + 4, WIDTH));
    }
    if !shown.is_empty() {
        text.push('\n');
    }
    for example in verb.examples {
        let _ = writeln!(text, "  {};", example.code);
        if !example.gives.is_empty() {
            let _ = writeln!(text, "  // {}", example.gives);
        }
    }
    if !verb.examples.is_empty() {
        text.push('\n');
    }
    if !verb.errors.is_empty() {
        let kinds: Vec<&str> = verb.errors.iter().map(|kind| kind.as_str()).collect();
        let _ = writeln!(text, "  errors    {}", wrap(&kinds.join(", "), 12, WIDTH));
    }
    if !matches!(verb.effect, Effect::Nothing) && !verb.on.is_empty() {
        let on: Vec<&str> = verb.on.iter().copied().map(Provider::as_str).collect();
        let _ = writeln!(text, "  works on  {}", on.join(", "));
    }
    if !verb.see.is_empty() {
        let _ = writeln!(text, "  see also  {}", verb.see.join(", "));
    }
    text
}

fn described(param: &Param) -> String {
    let required = if param.required { "" } else { " (optional)" };
    format!("{} [{}]{required}", param.summary, ty(&param.ty))
}

fn of_noun(noun: Noun) -> String {
    let mut text = format!("{}: its fields\n", noun.type_name());
    let wide = noun.fields().iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in noun.fields() {
        let _ = writeln!(text, "  .{:wide$}  {}", field.name, wrap(field.summary, wide + 5, WIDTH));
    }
    text
}

fn mentions(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let found: Vec<&&Verb> = VERBS
        .iter()
        .filter(|verb| {
            verb.name.contains(&lower)
                || verb.summary.to_lowercase().contains(&lower)
                || verb.option_keys().any(|key| key.name.contains(&lower))
        })
        .collect();
    if found.is_empty() || lower.len() < 2 {
        return None;
    }
    let wide = found.iter().map(|verb| verb.name.len()).max().unwrap_or(0);
    let mut text = format!("`{word}` is mentioned by\n");
    for verb in found {
        let _ = writeln!(text, "  {:wide$}  {}", verb.name, wrap(verb.summary, wide + 4, WIDTH));
    }
    Some(text)
}
