//! The page of a verb.

use super::words::{WIDTH, broken, ty, wrap};
use crate::cloud::{Providers, Ty};
use crate::verbs::Verb;
use crate::verbs::undo::undo_words;
use crate::verbs::verb::{Form, Param};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// The page of a verb: how it is called, what it takes and gives, examples, errors.
pub(super) fn of_verb(verb: &Verb, providers: &Providers) -> String {
    let mut text = String::new();
    let effect = verb.effect.words();
    let mut told = effect.is_empty();
    for (nth, form) in verb.forms.iter().enumerate() {
        let line = match verb.returns {
            Ty::Unit => calls(verb, form),
            ref returns => format!("{} → {}", calls(verb, form), result(returns, form)),
        };
        let room = WIDTH.saturating_sub(line.width() + effect.len());
        if nth == 0 && room >= 2 && !effect.is_empty() {
            let _ = writeln!(text, "{line}{}{effect}", " ".repeat(room));
            told = true;
        } else {
            let _ = writeln!(text, "{}", wrap(&line, 4, WIDTH));
        }
    }
    let _ = writeln!(text, "  {}", wrap(verb.summary, 2, WIDTH));
    let mut params: Vec<&Param> = Vec::new();
    let mut keys: Vec<&Param> = Vec::new();
    for form in verb.forms {
        for param in form.params.iter().filter(|param| param.ty != Ty::Cloud) {
            if !params.iter().any(|known| known.name == param.name) {
                params.push(param);
            }
        }
        for key in form.options {
            if !keys.iter().chain(&params).any(|known| known.name == key.name) {
                keys.push(key);
            }
        }
    }
    let wide = params.iter().chain(&keys).map(|param| param.name.len()).max().unwrap_or(0);
    let mut list = |title: &str, list: &[&Param]| {
        let _ = write!(text, "{}{title}", if list.is_empty() { "" } else { "\n" });
        for param in list {
            let _ = writeln!(text, "  {:wide$}  {}", param.name, wrap(&described(param), wide + 4, WIDTH));
        }
    };
    list("", &params);
    list(if keys.is_empty() { "" } else { "  options, in a map #{…}\n" }, &keys);
    for (nth, example) in verb.examples.iter().enumerate() {
        let lines = broken(&format!("{};", example.code)).join("\n      ");
        let _ = write!(text, "{}  {lines}", if nth == 0 { "\n" } else { "" });
        let last = lines.lines().last().map_or(0, |line| line.width());
        let _ = match example.gives {
            "" => writeln!(text),
            gives if last + gives.width() + 8 <= WIDTH => writeln!(text, "   // {gives}"),
            gives => writeln!(
                text,
                "\n    // {}",
                wrap(gives, 7, WIDTH).replace("\n    ", "\n    // ").replace("//    ", "// ")
            ),
        };
    }
    text.push('\n');
    let mut note = |title: &str, words: &str| {
        let _ = writeln!(text, "  {title:9} {}", wrap(words, 12, WIDTH));
    };
    if !told {
        note("effect", effect);
    }
    if verb.takes_many() {
        note("arrays", "all members at once, in order; #{ on_error: \"collect\" } keeps going past errors");
    }
    if !verb.errors.is_empty() {
        let kinds: Vec<&str> = verb.errors.iter().map(|kind| kind.as_str()).collect();
        note("errors", &kinds.join(", "));
    }
    if verb.asks_cloud() {
        note("clouds", &verb.on(providers).join(", "));
    }
    if let Some(words) = undo_words(verb) {
        note("undo", &words);
    }
    if !verb.see.is_empty() {
        note("see also", &verb.see.join(", "));
    }
    format!("{}\n", text.trim_end())
}

/// The ways to call a form: `wait_active(resource), (resource, timeout)`; further ones without the name.
pub(super) fn calls(verb: &Verb, form: &Form) -> String {
    let fewest = form.params.iter().take_while(|param| param.required).count();
    let names: Vec<&str> = form.params.iter().map(|param| param.name).collect();
    let mut ways: Vec<String> =
        (fewest..=names.len()).map(|count| format!("({})", names[..count].join(", "))).collect();
    // `boot` asks for its image and its flavor, or for a server to take them from: its summaries say so.
    let needed = form.options.iter().any(|key| key.required || key.summary.contains("required"));
    if !form.options.is_empty() {
        let last = ways.last().map_or("", String::as_str).trim_end_matches(')').to_string();
        let comma = if names.is_empty() { "" } else { ", " };
        if needed {
            ways.clear();
        }
        ways.push(if ways.len() > 1 {
            "(…, #{…})".to_string()
        } else {
            format!("{last}{comma}#{{…}})")
        });
    }
    format!("{}{}", verb.name, ways.join(", "))
}

/// What a call gives: the noun of the first parameter where that is what comes back.
pub(super) fn result(returns: &Ty, form: &Form) -> String {
    match (returns, form.params.first().map(|param| param.ty)) {
        (Ty::Same, Some(Ty::Ref(noun))) => noun.type_name().to_string(),
        _ => ty(returns),
    }
}

/// What a parameter is, and its type where the words do not tell it already.
fn described(param: &Param) -> String {
    let lower = param.summary.to_lowercase();
    let kind = ty(&param.ty);
    let told = match param.ty {
        Ty::Any | Ty::Text | Ty::Data | Ty::AnyRef(_) | Ty::Options => true,
        Ty::Ref(_) => lower.contains("id") || lower.contains("object") || lower.contains("by "),
        Ty::Bool => lower.starts_with("whether") || lower.contains("true"),
        Ty::OneOf(words) => words.iter().all(|word| lower.contains(word)),
        Ty::Either(one, _) => lower.contains(&ty(one).to_lowercase()),
        _ => lower.contains(&kind.to_lowercase()),
    };
    if told { param.summary.to_string() } else { format!("{} [{kind}]", param.summary) }
}
