//! What may stand at a place.

use super::boundary;
use super::environment::{Environment, Function, What};
use super::item::{Completion, Item, Kind};
use super::members::{self, labels};
use super::place::{Place, Spot};
use super::rank::rank;
use super::reader::{Reader, functions, word};
use super::wanted::{self, Wanted};
use crate::syntax::parse;
use crate::syntax::scope::Declares;
use crate::verbs::VERBS;
use crate::verbs::language::builtins::BUILT_INS;

/// Words of the language that begin a statement or a value; `global` leads to constants.
const KEYWORDS: &[&str] = &[
    "let", "const", "if", "else", "for", "in", "while", "loop", "switch", "fn", "return", "throw", "try",
    "catch", "import", "break", "continue", "true", "false", "this", "global",
];

/// The functions of the language that are called on nothing.
const FREE: &[&str] = &["max", "min", "range", "type_of"];

/// What may stand at a byte of a text, the best first. Where nothing does, the list is empty.
pub fn complete(text: &str, at: usize, environment: &dyn Environment) -> Completion {
    let at = boundary(text, at);
    let place = Place::find(text, at);
    let patched = patched(&place);
    let tree = parse(&patched);
    let reader = Reader::new(&tree, environment);
    let mut start = place.start;
    let items = match &place.spot {
        Spot::Silent => Vec::new(),
        Spot::Member => match reader.receiver(place.start) {
            None if place.word().is_empty() => Vec::new(),
            None => members::of_any(),
            Some(known) => members::members(&known),
        },
        Spot::Module(modules) => module(&reader, modules),
        Spot::Key => keys(&place, &reader),
        Spot::Text { quote, closed } => match wanted::wanted(&place, &reader, environment) {
            Some(wanted) => {
                if wanted == Wanted::Files {
                    start = folder(&place).1;
                }
                offered(&wanted, &place, environment, *quote, *closed)
            }
            None => Vec::new(),
        },
        Spot::Word => words(&place, &reader, environment),
    };
    let mut items = rank(text.get(start..at).unwrap_or(""), items);
    settle(&place, &mut items);
    Completion { start, items }
}

/// The text with a word at the cursor where none is: so that what stands on the next line is not read as it.
pub(super) fn patched(place: &Place<'_>) -> String {
    let (before, behind) = place.text.split_at(place.at);
    match (&place.spot, place.word()) {
        (Spot::Text { .. } | Spot::Silent, _) => place.text.to_string(),
        (_, "") => format!("{before}x{behind}"),
        _ => place.text.to_string(),
    }
}

/// What stands behind the cursor already is not written again.
fn settle(place: &Place<'_>, items: &mut [Item]) {
    let called = place.text.get(place.at..).is_some_and(|rest| rest.starts_with('('));
    let keyed = place.next_is(":");
    for item in items {
        if called && matches!(item.kind, Kind::Verb | Kind::Method | Kind::Function) {
            item.text = item.text.split('(').next().unwrap_or("").to_string();
        }
        if keyed && item.kind == Kind::Option {
            item.text = item.label.clone();
        }
    }
}

fn words(place: &Place<'_>, reader: &Reader<'_>, environment: &dyn Environment) -> Vec<Item> {
    let word = place.word();
    let mut found = Vec::new();
    // In a place that wants a name, names come first, in their quotes, while nothing else is begun.
    if word.is_empty()
        && let Some(wanted) = wanted::wanted(place, reader, environment)
    {
        found.extend(offered(&wanted, place, environment, '"', false));
        found.iter_mut().for_each(|item| item.text.insert(0, '"'));
    }
    let named: Vec<Item> = variables(place, reader, environment);
    found.extend(named);
    let mut own = reader.functions();
    for function in environment.functions() {
        if !own.iter().any(|known| known.name == function.name && known.params.len() == function.params.len())
        {
            own.push(function);
        }
    }
    own.sort_by(|one, other| one.name.cmp(&other.name));
    found.extend(own.iter().map(called));
    let mut verbs: Vec<Item> = Vec::new();
    for verb in VERBS {
        if let Some(form) = verb.forms.first() {
            verbs.push(members::call(verb.name, &labels(form, false), verb.summary, Kind::Verb));
        }
    }
    for known in BUILT_INS.iter().filter(|known| FREE.contains(&known.name)) {
        let (first, mut rest) = members::parameters(known.form);
        rest.insert(0, first.to_string());
        verbs.push(members::call(known.name, &rest, known.summary, Kind::Function));
    }
    verbs.sort_by(|one, other| one.label.cmp(&other.label));
    found.extend(verbs);
    if word.len() >= 2 {
        found.extend(KEYWORDS.iter().map(|keyword| Item::plain(*keyword, "", Kind::Keyword)));
    }
    found
}

fn called(function: &Function) -> Item {
    let summary = function.comment.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    members::call(&function.name, &function.params, summary, Kind::Function)
}

fn variables(place: &Place<'_>, reader: &Reader<'_>, environment: &dyn Environment) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for declared in reader.scopes().visible(place.start) {
        let module = declared.by == Declares::Import;
        let name = &declared.name.text;
        found.push(match module {
            true => Item { text: format!("{name}::"), ..Item::plain(name.clone(), "module", Kind::Module) },
            false => {
                let known = reader.declared_at(declared.name.span.start);
                Item::plain(name.clone(), word(known.as_ref()), Kind::Variable)
            }
        });
    }
    let inside = reader.scopes().functions.iter().any(|body| body.start < place.at && place.at < body.end);
    if !inside {
        for name in environment.variables() {
            if !found.iter().any(|item| item.label == name) {
                let known = environment.variable(&name);
                found.push(Item::plain(name, word(known.as_ref()), Kind::Variable));
            }
        }
    }
    for (name, _) in environment.modules() {
        if !found.iter().any(|item| item.label == name) {
            found.push(Item { text: format!("{name}::"), ..Item::plain(name, "module", Kind::Module) });
        }
    }
    found
}

/// What a module gives: its functions, and what it exports.
fn module(reader: &Reader<'_>, modules: &[String]) -> Vec<Item> {
    let [name] = modules else { return Vec::new() };
    if name == "global" {
        let constants =
            reader.scopes().declarations.iter().filter(|one| one.top && one.by == Declares::Const);
        return constants
            .map(|one| {
                let known = reader.declared_at(one.name.span.start);
                Item::plain(one.name.text.clone(), word(known.as_ref()), Kind::Variable)
            })
            .collect();
    }
    let Some(text) = reader.module_text(name) else { return Vec::new() };
    let tree = parse(&text);
    let inner = Reader::new(&tree, &super::environment::Nothing);
    let exported = inner.scopes().declarations.iter().filter(|one| one.top && one.exported);
    let mut found: Vec<Item> = exported
        .map(|one| {
            let known = inner.declared_at(one.name.span.start);
            Item::plain(one.name.text.clone(), word(known.as_ref()), Kind::Variable)
        })
        .collect();
    found.extend(functions(&tree, false).iter().map(called));
    found
}

fn keys(place: &Place<'_>, reader: &Reader<'_>) -> Vec<Item> {
    let Some(nth) = place.frames.len().checked_sub(1) else { return Vec::new() };
    let there = place.frames.last().map_or(&[][..], |frame| &frame.keys);
    let option = |name: &str, detail: &str| Item {
        text: format!("{name}: "),
        label: name.to_string(),
        detail: detail.to_string(),
        kind: Kind::Option,
    };
    let mut found = Vec::new();
    if let Some((verb, _)) = wanted::options_of(place, reader, nth) {
        if verb.name == "boot_all" {
            let spec = crate::verbs::server::boot::SPEC.iter();
            found.push(option("name", "Its name."));
            found.extend(spec.map(|key| option(key.name, key.summary)));
        } else {
            found.extend(wanted::keys_of(verb).iter().map(|key| option(key.name, key.summary)));
        }
    } else if wanted::in_networks(place, nth) {
        found.extend(wanted::NETWORK.iter().map(|(name, what)| option(name, what)));
    }
    // The key under the cursor is there too, and may be the one that is meant.
    let whole = place.tokens.iter().find(|token| token.start == place.start && !place.word().is_empty());
    let under = whole.map_or("", |token| token.text(place.text));
    found.retain(|item| item.label == under || !there.contains(&item.label));
    found
}

/// What is wanted, as the inside of a text with this quote, closed where it is not.
fn offered(
    wanted: &Wanted,
    place: &Place<'_>,
    environment: &dyn Environment,
    quote: char,
    closed: bool,
) -> Vec<Item> {
    let end = if closed { String::new() } else { quote.to_string() };
    let item = |name: &str, detail: &str, kind: Kind| {
        quoted(name, quote).map(|text| Item {
            text: format!("{text}{end}"),
            label: name.to_string(),
            detail: detail.to_string(),
            kind,
        })
    };
    match wanted {
        Wanted::Names(what, cloud) => {
            let kind = match what {
                What::Of(noun) => Kind::Name(*noun),
                What::Zones => Kind::Zone,
                What::Clouds => Kind::Cloud,
            };
            let names = environment.names(cloud.as_deref(), *what);
            names.iter().filter_map(|name| item(name, "", kind)).collect()
        }
        Wanted::Words(words) => {
            words.iter().filter_map(|(word, detail)| item(word, detail, Kind::Value)).collect()
        }
        Wanted::Files => {
            let import = place.back_is(0, "import");
            let (path, _) = folder(place);
            let mut entries = environment.files(path);
            if import && path.is_empty() {
                entries.push("std/".to_string());
            }
            let modules = crate::script::modules::STDLIB.iter().map(|(name, _)| *name);
            if import && path == "std/" {
                entries = modules
                    .filter_map(|name| name.strip_prefix("std/"))
                    .map(|name| format!("{name}.rhai"))
                    .collect();
            }
            entries
                .iter()
                .filter(|entry| !entry.starts_with('.'))
                .filter_map(|entry| match import {
                    // A module is named without its ending.
                    true => entry.strip_suffix(".rhai").or(entry.ends_with('/').then_some(entry.as_str())),
                    false => Some(entry.as_str()),
                })
                .filter_map(|entry| {
                    let open = entry.ends_with('/');
                    let mut item = item(entry, "", Kind::File)?;
                    if open {
                        // A folder is gone into, not chosen.
                        item.text = quoted(entry, quote)?;
                    }
                    Some(item)
                })
                .collect()
        }
    }
}

/// The folder that a path leads to so far, and where its last part begins.
fn folder<'a>(place: &Place<'a>) -> (&'a str, usize) {
    if !matches!(place.spot, Spot::Text { .. }) {
        return ("", place.start);
    }
    let word = place.word();
    let end = word.rfind('/').map_or(0, |slash| slash + 1);
    (word.get(..end).unwrap_or(""), place.start + end)
}

/// A name as the inside of a text; `None` where this quote cannot hold it.
fn quoted(name: &str, quote: char) -> Option<String> {
    if quote == '`' {
        return (!name.contains("${")).then(|| name.replace('`', "``"));
    }
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    Some(text)
}
