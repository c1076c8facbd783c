//! Columns of a table and keys to sort or group by that the rows do not have.

use super::Finding;
use super::facts::{Called, Facts};
use super::unknown_verb::only;
use crate::cloud::Noun;
use crate::infer::Type;
use crate::script::raise::no_field;
use crate::syntax::tree::{Expression, ExpressionKind};
use crate::verbs::{Group, verb};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for call in facts.calls.iter().filter(|call| call.modules.is_empty() && !facts.is_own(&call.name.text)) {
        found.extend(of_call(facts, call));
    }
}

fn of_call<'a>(facts: &Facts<'a>, call: &Called<'a>) -> Vec<Finding> {
    let named = |verb: &&crate::verbs::Verb| matches!(verb.group, Group::Language | Group::Arrays);
    let Some(verb) = verb(&call.name.text).filter(named) else { return Vec::new() };
    let given: Vec<&Expression> = call.given().collect();
    let Some(Type::Array(Some(of))) = given.first().and_then(|rows| facts.types.of(rows)) else {
        return Vec::new();
    };
    let Type::Of(noun) = *of else { return Vec::new() };
    let params = verb.forms.iter().flat_map(|form| form.params.iter().enumerate());
    let mut found = Vec::new();
    for (nth, param) in params.filter(|(_, param)| ["columns", "key"].contains(&param.name)) {
        let Some(value) = given.get(nth).copied() else { continue };
        let value = facts.types.value_of(value).unwrap_or(value);
        match &value.kind {
            ExpressionKind::Array(items) if param.name == "columns" => {
                found.extend(items.iter().filter_map(|item| unknown(facts, noun, item)));
            }
            _ => found.extend(unknown(facts, noun, value)),
        }
    }
    found
}

fn unknown(facts: &Facts<'_>, noun: Noun, place: &Expression) -> Option<Finding> {
    let text = place.text()?;
    let name = text.strip_prefix('-').unwrap_or(text);
    let names: Vec<&str> = noun.fields().iter().map(|field| field.name).collect();
    if name.is_empty() || names.contains(&name) {
        return None;
    }
    let mut error = no_field(noun.with_article(), name, &names);
    let near = error.label.as_deref().and_then(only);
    // The state of a thing is its status here.
    let near = near.or_else(|| (name == "state" && names.contains(&"status")).then(|| "status".to_string()));
    if let Some(near) = &near {
        error.label = Some(format!("did you mean `{near}`?"));
    }
    let span = place.span.clone();
    let finding = facts.finding(error, span.clone());
    Some(match near {
        Some(near) => {
            finding.fixed(span, format!("\"{}{near}\"", if text.starts_with('-') { "-" } else { "" }))
        }
        None => finding,
    })
}
