//! Which files, hosts, programs and variables a call names: its texts where they are written out, anything where not.

use super::steady::Known;
use super::{ANY, Does, host_of};
use crate::infer::{Called, Type};
use crate::syntax::tree::{Expression, ExpressionKind};
use crate::verbs::{Param, Role, Verb};
use std::collections::BTreeSet;

/// What is done to what a text of this role names.
fn does(role: Role) -> Option<Does> {
    Some(match role {
        Role::Plain | Role::Folder => return None,
        Role::ReadsFile => Does::ReadFile,
        Role::WritesFile => Does::WriteFile,
        Role::Program => Does::Program,
        Role::Variable => Does::Variable,
        Role::Host | Role::HostOrServer => Does::Host,
    })
}

/// What a verb does to things outside, whatever it is given.
pub(super) fn of_verb(verb: &Verb) -> BTreeSet<Does> {
    let of = |form: &'static crate::verbs::Form| form.params.iter().chain(form.options);
    verb.forms.iter().flat_map(of).filter_map(|param| does(param.role)).collect()
}

/// What this call names.
pub(super) fn of_call<'a>(known: &Known<'_, 'a>, verb: &Verb, call: &Called<'a>) -> BTreeSet<(Does, String)> {
    let types = known.types;
    let mut found = BTreeSet::new();
    if of_verb(verb).is_empty() {
        return found;
    }
    let given: Vec<&'a Expression> = call.given().collect();
    let first = given.first().and_then(|first| types.of(first));
    // A cloud may come first; where that is not known, both is thought of.
    let shifts = match first {
        Some(Type::Cloud(_)) => 1..=1,
        Some(_) => 0..=0,
        None if verb.asks_cloud() => 0..=1,
        None => 0..=0,
    };
    for form in verb.forms {
        for shift in shifts.clone() {
            for (nth, param) in form.params.iter().enumerate() {
                if let Some(value) = given.get(nth + shift) {
                    of_value(known, *param, value, &mut found);
                }
            }
        }
        of_options(known, form.options, given.last().copied(), &mut found);
    }
    // A template may name further files, and it is not read here.
    let has_template = verb.option_keys().any(|key| key.name == "template_file");
    if has_template && !given.iter().any(|value| names_no_file(value)) {
        found.insert((Does::ReadFile, ANY.to_string()));
    }
    found
}

/// Whether an argument is options whose template is written out and names no file.
fn names_no_file(value: &Expression) -> bool {
    let ExpressionKind::Map(entries) = &value.kind else { return false };
    let key = |name: &str| entries.iter().find(|entry| entry.key.text.trim_matches('"') == name);
    let plain =
        |text: &str| !["get_file", ".yaml", ".yml", ".json", "file:"].iter().any(|word| text.contains(word));
    key("template_file").is_none()
        && key("environment").is_none()
        && key("template").is_some_and(|entry| entry.value.text().is_some_and(plain))
}

fn of_options<'a>(
    known: &Known<'_, 'a>,
    options: &[Param],
    last: Option<&'a Expression>,
    found: &mut BTreeSet<(Does, String)>,
) {
    let Some(last) = last else { return };
    let named = options.iter().filter(|key| does(key.role).is_some());
    match &last.kind {
        ExpressionKind::Map(entries) => {
            for key in named {
                for entry in entries.iter().filter(|entry| entry.key.text.trim_matches('"') == key.name) {
                    of_value(known, *key, &entry.value, found);
                }
            }
        }
        // Options that are not written out may hold anything.
        _ if matches!(known.types.of(last), None | Some(Type::Map(_))) => {
            found.extend(named.filter_map(|key| does(key.role)).map(|does| (does, ANY.to_string())));
        }
        _ => {}
    }
}

fn of_value<'a>(
    known: &Known<'_, 'a>,
    param: Param,
    value: &'a Expression,
    found: &mut BTreeSet<(Does, String)>,
) {
    let Some(does) = does(param.role) else { return };
    if let ExpressionKind::Array(items) = &value.kind {
        items.iter().for_each(|item| of_value(known, param, item, found));
        return;
    }
    // A server is reached without being named.
    if param.role == Role::HostOrServer && matches!(known.types.of(value), Some(Type::Of(_))) {
        return;
    }
    let what = match known.literal(value).text() {
        Some(text) if does == Does::Host => host_of(text),
        Some(text) => text.to_string(),
        None => ANY.to_string(),
    };
    found.insert((does, what));
    // A host's answer may lead to another one.
    if param.role == Role::Host {
        found.insert((Does::Host, ANY.to_string()));
    }
}
