//! Words that a status, a kind of error or a provider can never be, where they are compared or asked for; and a `switch`
//! on a resource, which no word of it matches.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::members::KINDS;
use crate::cloud::nearest::nearest;
use crate::cloud::{Noun, Ty};
use crate::infer::Type;
use crate::script::word_compare::Words;
use crate::syntax::lexer;
use crate::syntax::tree::{Expression, ExpressionKind, Name, Node};
use crate::verbs::verb;

/// Statuses as people of other clouds know them, and what may be meant.
const MEANT: &[(&str, &[&str])] = &[
    ("ATTACHED", &["IN-USE"]),
    ("AVAILABLE", &["ACTIVE"]),
    ("BUILDING", &["BUILD", "CREATING"]),
    ("COMPLETED", &["AVAILABLE", "ACTIVE"]),
    ("CREATED", &["ACTIVE", "AVAILABLE"]),
    ("CREATING", &["BUILD", "SAVING"]),
    ("DESTROYED", &["DELETED"]),
    ("DOWN", &["SHUTOFF"]),
    ("FAILED", &["ERROR"]),
    ("FREE", &["AVAILABLE"]),
    ("HALTED", &["SHUTOFF"]),
    ("INUSE", &["IN-USE"]),
    ("IN_USE", &["IN-USE"]),
    ("ACTIVE", &["AVAILABLE"]),
    ("OFF", &["SHUTOFF"]),
    ("ON", &["ACTIVE"]),
    ("ONLINE", &["ACTIVE"]),
    ("PENDING", &["BUILD", "QUEUED", "CREATING"]),
    ("POWERED_OFF", &["SHUTOFF"]),
    ("POWEROFF", &["SHUTOFF"]),
    ("READY", &["ACTIVE", "AVAILABLE"]),
    ("RUNNING", &["ACTIVE"]),
    ("SHUTDOWN", &["SHUTOFF"]),
    ("STARTED", &["ACTIVE"]),
    ("STARTING", &["BUILD"]),
    ("STOPPED", &["SHUTOFF"]),
    ("TERMINATED", &["DELETED"]),
    ("UP", &["ACTIVE"]),
];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        match &expression.kind {
            ExpressionKind::Binary { operator, left, right } => match operator.text.as_str() {
                "==" | "!=" => {
                    compared(facts, left, right, found);
                    compared(facts, right, left, found);
                    at_run_time(facts, operator, left, right);
                }
                "in" | "!in" => among(facts, left, right, found),
                _ => {}
            },
            ExpressionKind::Switch { value, arms } => {
                found.extend(facts.types.of(value).and_then(|ty| never_matched(facts, value, &ty)));
                for case in arms.iter().flat_map(|arm| &arm.cases) {
                    compared(facts, value, case, found);
                }
            }
            _ => {}
        }
    });
    for call in &facts.calls {
        in_call(facts, call, found);
    }
}

/// A value compared with a literal.
fn compared<'a>(facts: &Facts<'a>, value: &'a Expression, word: &'a Expression, found: &mut Vec<Finding>) {
    if let (Some(text), Some(Type::Word(words))) = (word.text(), facts.types.of(value)) {
        found.extend(wrong(facts, words, text, word, true));
    }
}

/// A word compared with text that only the run knows: the run looks then.
fn at_run_time(facts: &Facts<'_>, operator: &Name, left: &Expression, right: &Expression) {
    let of = |one: &Expression| facts.types.of(one);
    let (words, on_left, other) = match (of(left), of(right)) {
        (Some(Type::Word(_)), Some(Type::Word(_))) => return,
        (Some(Type::Word(words)), other) => (words, true, (right, other)),
        (other, Some(Type::Word(words))) => (words, false, (left, other)),
        _ => return,
    };
    if other.0.text().is_none() && matches!(other.1, None | Some(Type::Text)) {
        let (line, column) = lexer::position(facts.text, operator.span.start);
        facts
            .session
            .word_compares
            .expect((facts.name.to_string(), line, column), Words { words, on_left, meant });
    }
}

/// A value looked for among literals.
fn among<'a>(facts: &Facts<'a>, value: &'a Expression, list: &'a Expression, found: &mut Vec<Finding>) {
    if let ExpressionKind::Array(items) = &list.kind {
        items.iter().for_each(|item| compared(facts, value, item, found));
    }
}

fn in_call<'a>(facts: &Facts<'a>, call: &Called<'a>, found: &mut Vec<Finding>) {
    let name = call.name.text.as_str();
    if !call.modules.is_empty() || facts.is_own(name) {
        return;
    }
    let given: Vec<&Expression> = call.given().collect();
    match (name, given.as_slice()) {
        ("assert_eq", [a, b, ..]) => {
            compared(facts, a, b, found);
            compared(facts, b, a, found);
            return;
        }
        ("contains", [list, value]) => return among(facts, value, list, found),
        ("assert_throws", [kind, ..]) => {
            if let Some(text) = kind.text() {
                found.extend(wrong(facts, &KINDS, text, kind, true));
            }
            return;
        }
        _ => {}
    }
    let Some(verb) = verb(name) else { return };
    let lists = match verb.returns {
        Ty::ArrayOf(Ty::Of(noun)) => Some(*noun),
        _ => None,
    };
    let waits = verb.forms.iter().any(|form| form.params.iter().any(|param| param.name == "status"));
    if waits {
        let cloud = usize::from(matches!(
            given.first().map(|first| facts.types.of(first)),
            Some(Some(Type::Cloud(_)))
        ));
        let noun = match given.get(cloud).map(|subject| facts.types.of(subject)) {
            Some(Some(Type::Of(noun))) => noun,
            Some(Some(Type::Array(Some(of)))) => match *of {
                Type::Of(noun) => noun,
                Type::Text => Noun::Server,
                _ => return,
            },
            Some(Some(Type::Text)) => Noun::Server,
            _ => return,
        };
        if let Some(status) = given.get(cloud + 1) {
            asked(facts, noun, status, found);
        }
    } else if let Some(noun) = lists
        && let Some(options) = given.last().and_then(|last| super::maps::built(facts, last))
        && let Some(status) = options.entries.iter().find(|entry| entry.key.text == "status")
    {
        asked(facts, noun, status.value, found);
    }
}

/// A status that a list or a wait asks for, in whatever case.
fn asked<'a>(facts: &Facts<'a>, noun: Noun, status: &'a Expression, found: &mut Vec<Finding>) {
    let Some(Type::Word(words)) = Type::Of(noun).field("status") else { return };
    let one = std::slice::from_ref(status);
    let items = match &status.kind {
        ExpressionKind::Array(items) => items.as_slice(),
        _ => one,
    };
    for item in items {
        if let Some(text) = item.text() {
            found.extend(wrong(facts, words, text.trim(), item, false));
        }
    }
}

/// The finding of a word that is none of these.
fn wrong(
    facts: &Facts<'_>,
    words: &'static [&'static str],
    text: &str,
    place: &Expression,
    case: bool,
) -> Option<Finding> {
    let same = |word: &&&str| if case { **word == text } else { word.eq_ignore_ascii_case(text) };
    // An empty text asks whether there is one.
    if text.is_empty() || words.iter().any(|word| same(&word)) {
        return None;
    }
    let near = meant(text, words);
    let error =
        Error::new(Kind::InvalidArgument, format!("`{text}` is never one of the words that this can be"))
            .coded("check::word")
            .help(format!("use one of: {}", words.join(", ")));
    let span = place.span.clone();
    Some(match near {
        Some(near) => facts
            .finding(error.at(Place::Verb, format!("did you mean `{near}`?")), span.clone())
            .fixed(span, format!("\"{near}\"")),
        None => facts.finding(error.at(Place::Verb, "it is none of them"), span),
    })
}

/// Which of the words is meant.
fn meant(text: &str, words: &[&str]) -> Option<String> {
    let upper = text.to_uppercase();
    let meant = MEANT.iter().find(|(other, _)| *other == upper).map_or(&[][..], |(_, meant)| *meant);
    words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(text))
        .or_else(|| meant.iter().find(|word| words.contains(word)))
        .map(|word| (*word).to_string())
        .or_else(|| nearest(text, words, 1).pop())
}

/// A `switch` on a value that equals a text, a name or a length for `==`, and none of its cases.
fn never_matched(facts: &Facts<'_>, value: &Expression, ty: &Type) -> Option<Finding> {
    let written = facts.text.get(value.span.clone()).unwrap_or("x");
    let (what, help) = match ty {
        Type::Of(noun) => {
            (noun.with_article(), format!("switch on a field of it: `switch {written}.name {{ … }}`"))
        }
        Type::Cloud(_) => ("a cloud", format!("switch on a field of it: `switch {written}.name {{ … }}`")),
        Type::Error => ("an error", format!("switch on a field of it: `switch {written}.kind {{ … }}`")),
        Type::Secret | Type::Time | Type::Duration => {
            (ty.word(), format!("compare it, which `==` does: `if {written} == …`"))
        }
        _ => return None,
    };
    let error = Error::new(Kind::Script, format!("a `switch` never matches {what}"))
        .coded("check::switch")
        .at(Place::Verb, "only its last case, `_`, would run")
        .help(help);
    Some(facts.finding(error, value.span.clone()))
}
