//! The index, and a page for each verb and noun.

use super::words::{WIDTH, ty, wrap};
use crate::cloud::{Kind, Noun, Provider, Ty};
use crate::verbs::verb::{Effect, Form, Group, Param};
use crate::verbs::{VERBS, Verb, verb};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

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
    if matches!(topic, "error" | "errors" | "catch" | "try") {
        return Some(of_errors());
    }
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
            Ty::Unit => calls(verb, form),
            ref returns => format!("{} → {}", calls(verb, form), result(returns, form)),
        };
        let gap = WIDTH.saturating_sub(line.width() + effect.len()).max(2);
        let effect = if nth == 0 { format!("{}{effect}", " ".repeat(gap)) } else { String::new() };
        let _ = writeln!(text, "{}", format!("{line}{effect}").trim_end());
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
        let _ = write!(text, "{}  {};", if nth == 0 { "\n" } else { "" }, example.code);
        let _ = match example.gives {
            "" => writeln!(text),
            gives if example.code.len() + gives.width() + 9 <= WIDTH => writeln!(text, "   // {gives}"),
            gives => writeln!(text, "\n    // {gives}"),
        };
    }
    text.push('\n');
    let mut note = |title: &str, words: &str| {
        let _ = writeln!(text, "  {title:9} {}", wrap(words, 12, WIDTH));
    };
    if verb.takes_many() {
        note("arrays", "all members at once, in order; #{ on_error: \"collect\" } keeps going past errors");
    }
    if !verb.errors.is_empty() {
        let kinds: Vec<&str> = verb.errors.iter().map(|kind| kind.as_str()).collect();
        note("errors", &kinds.join(", "));
    }
    if !matches!(verb.effect, Effect::Nothing) && !verb.on.is_empty() {
        let on: Vec<&str> = verb.on.iter().copied().map(Provider::as_str).collect();
        note("clouds", &on.join(", "));
    }
    if !verb.see.is_empty() {
        note("see also", &verb.see.join(", "));
    }
    format!("{}\n", text.trim_end())
}

/// The ways to call a form: `wait_active(resource), (resource, timeout)`; further ones without the name.
fn calls(verb: &Verb, form: &Form) -> String {
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
fn result(returns: &Ty, form: &Form) -> String {
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

fn of_noun(noun: Noun) -> String {
    let mut text = format!("{}: its fields\n", noun.type_name());
    let wide = noun.fields().iter().map(|field| field.name.len()).max().unwrap_or(0);
    for field in noun.fields() {
        let _ = writeln!(text, "  .{:wide$}  {}", field.name, wrap(field.summary, wide + 5, WIDTH));
    }
    text
}

/// The whole manual as Markdown: a section a group, a page a verb, then the nouns.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Reference\n\nEvery verb and noun of the language, as `rhain doc NAME` shows it. This page is made from the \
         verbs' own declarations.\n",
    );
    for group in GROUPS {
        let _ = writeln!(text, "\n## {}\n", group.title());
        let verbs = || VERBS.iter().filter(|verb| verb.group == group);
        let links: Vec<String> = verbs().map(|verb| format!("[`{0}`](#{0})", verb.name)).collect();
        let _ = writeln!(text, "{}", wrap(&links.join(" "), 0, 120));
        for verb in verbs() {
            let _ = writeln!(text, "\n### {}\n\n```text\n{}```", verb.name, of_verb(verb));
        }
    }
    let _ = writeln!(text, "\n## Nouns");
    for noun in Noun::ALL.into_iter().filter(|noun| !noun.fields().is_empty()) {
        let _ = writeln!(text, "\n### {}\n\n```text\n{}```", noun.type_name(), of_noun(noun));
    }
    text
}

fn of_errors() -> String {
    let mut text = String::from("try { … } catch (e) { … }: what an error holds\n");
    let fields = [
        ("kind", "What to act on; one of those below."),
        ("message", "What happened, with the cloud's own words."),
        ("verb", "The verb that was called."),
        ("cloud, provider, service", "Where it happened; () where that tells nothing."),
        ("status, code, request_id", "The HTTP status, the provider's code, the request's id."),
        ("retryable", "Whether trying again may succeed."),
        ("help", "What to do, or ()."),
        ("results, exists", "Of a bulk call: each member's result; what the call left behind."),
    ];
    for (name, summary) in fields {
        let _ = writeln!(text, "  {name:<26}  {}", wrap(summary, 30, WIDTH));
    }
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let _ = writeln!(text, "\n  kinds  {}", wrap(&kinds.join(", "), 9, WIDTH));
    let _ = writeln!(
        text,
        "\n  An interruption (Ctrl-C) and `exit` are not caught. `throw e` passes an error on."
    );
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
