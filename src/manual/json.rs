//! The manual for programs: what `rhain doc --format json` prints.

use super::noun;
use super::runbook::{Function, Parameter};
use super::verb::{calls, result};
use super::words::ty;
use crate::cloud::{Noun, Providers, Ty};
use crate::verbs::undo::undo_words;
use crate::verbs::verb::{Form, Param};
use crate::verbs::{VERBS, Verb, verb};
use serde_json::{Value, json};

/// Every verb and noun.
pub fn index_json(providers: &Providers) -> Value {
    let nouns = Noun::ALL.into_iter().filter(|noun| noun::is_there(*noun)).map(of_noun);
    json!({ "verbs": VERBS.iter().map(|verb| of_verb(verb, providers)).collect::<Vec<_>>(), "nouns": nouns.collect::<Vec<_>>() })
}

/// A verb or a noun; `None` where none is called so.
pub fn page_json(topic: &str, providers: &Providers) -> Option<Value> {
    let found = (verb(topic).map(|verb| of_verb(verb, providers)), noun::called(topic).map(of_noun));
    match found {
        (None, None) => None,
        (Some(verb), Some(noun)) if topic == noun["name"].as_str().unwrap_or_default() => {
            Some(json!({ "verb": verb, "noun": noun }))
        }
        (Some(verb), _) => Some(json!({ "verb": verb })),
        (None, Some(noun)) => Some(json!({ "noun": noun })),
    }
}

fn of_verb(verb: &Verb, providers: &Providers) -> Value {
    let forms = verb.forms.iter().map(|form| {
        json!({
            "signature": calls(verb, form),
            "parameters": form.params.iter().map(of_param).collect::<Vec<_>>(),
            "options": form.options.iter().map(of_param).collect::<Vec<_>>(),
            "gives": gives(verb, form),
        })
    });
    let examples =
        verb.examples.iter().map(|example| json!({ "code": example.code, "gives": example.gives }));
    json!({
        "name": verb.name,
        "group": verb.group.title(),
        "summary": verb.summary,
        "forms": forms.collect::<Vec<_>>(),
        "arrays": verb.takes_many(),
        "effect": verb.effect.words(),
        "undo": undo_words(verb),
        "clouds": verb.on(providers),
        "errors": verb.errors.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "examples": examples.collect::<Vec<_>>(),
        "see": verb.see,
    })
}

fn gives(verb: &Verb, form: &Form) -> String {
    if matches!(verb.returns, Ty::Unit) { ty(&Ty::Unit) } else { result(&verb.returns, form) }
}

fn of_param(param: &Param) -> Value {
    json!({ "name": param.name, "type": ty(&param.ty), "summary": param.summary, "required": param.required })
}

fn of_noun(noun: Noun) -> Value {
    let fields = noun
        .fields()
        .iter()
        .map(|field| json!({ "name": field.name, "type": ty(&field.ty), "summary": field.summary }));
    json!({ "name": noun.as_str(), "type": noun.type_name(), "fields": fields.collect::<Vec<_>>() })
}

/// What a script says about itself.
pub fn runbook_json(
    name: &str,
    description: &str,
    parameters: &[Parameter],
    functions: &[Function],
) -> Value {
    let parameters = parameters.iter().map(|one| {
        json!({
            "option": one.option, "type": one.ty, "default": one.default, "help": one.help, "choices": one.choices,
            "min": one.bounds[0], "max": one.bounds[1], "secret": one.secret,
        })
    });
    let functions = functions.iter().map(|one| json!({ "signature": one.signature, "comment": one.comment }));
    json!({
        "name": name,
        "description": description,
        "parameters": parameters.collect::<Vec<_>>(),
        "functions": functions.collect::<Vec<_>>(),
    })
}
