//! The signature of the call that is being typed.

use super::boundary;
use super::complete::patched;
use super::environment::{Environment, Function};
use super::members::parameters;
use super::place::{Bracket, Place, Spot};
use super::reader::{Reader, functions};
use super::wanted::{keys_of, options_of};
use crate::cloud::Ty;
use crate::infer::Type;
use crate::syntax::parse;
use crate::verbs::language::builtins::built_in;
use crate::verbs::{Verb, verb};
use std::ops::Range;

/// The ways of making the call that a cursor is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What the function does; empty where nothing tells.
    pub summary: String,
    /// Its forms; one at least.
    pub forms: Vec<Form>,
    /// The form that fits what is typed so far, by its index.
    pub form: usize,
    /// The parameter that the cursor is in, by its index in that form; `None` behind the last one.
    pub param: Option<usize>,
}

/// One way of making a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// `resize(server, flavor)`; without the first parameter where it is called as a method. What may be left out stands
    /// in brackets.
    pub label: String,
    /// Each parameter: its bytes in the label, and what it is.
    pub params: Vec<(Range<usize>, String)>,
}

/// What stands dim behind the cursor while a call is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The form: `resize(flavor)`; inside an options map, the keys that are not there yet.
    pub form: String,
    /// The bytes of the form where the cursor is.
    pub active: Option<Range<usize>>,
    /// What is still to be typed: `flavor)`; empty in the middle of an argument.
    pub rest: String,
}

/// The signature of the innermost call around a byte.
pub fn signature(text: &str, at: usize, environment: &dyn Environment) -> Option<Signature> {
    let place = Place::find(text, boundary(text, at));
    let nth = innermost(&place)?;
    let patched = patched(&place);
    let tree = parse(&patched);
    let reader = Reader::new(&tree, environment);
    of_call(&place, &reader, environment, nth)
}

/// The frame of the call that the cursor is in the arguments of; a block in it, a closure's, is no argument.
fn innermost(place: &Place<'_>) -> Option<usize> {
    if place.spot == Spot::Silent && place.frames.is_empty() {
        return None;
    }
    for (nth, frame) in place.frames.iter().enumerate().rev() {
        match frame.bracket {
            Bracket::Call { .. } => return Some(nth),
            Bracket::Block | Bracket::Params => return None,
            _ => {}
        }
    }
    None
}

fn of_call(
    place: &Place<'_>,
    reader: &Reader<'_>,
    environment: &dyn Environment,
    nth: usize,
) -> Option<Signature> {
    let frame = place.frames.get(nth)?;
    let Bracket::Call { modules, name, at, method } = &frame.bracket else { return None };
    let (summary, forms) = match (modules.as_slice(), method) {
        ([module], _) => {
            let text = reader.module_text(module)?;
            of_functions(name, functions(&parse(&text), false))?
        }
        ([_, ..], _) => return None,
        ([], false) => of_functions(name, reader.functions())
            .or_else(|| of_functions(name, environment.functions()))
            .or_else(|| verb(name).map(|verb| of_verb(verb, false, false)))
            .or_else(|| of_built_in(name, false))?,
        ([], true) => {
            let on_cloud = matches!(reader.receiver(*at), Some(Type::Cloud(_)));
            verb(name).map(|verb| of_verb(verb, true, on_cloud)).or_else(|| of_built_in(name, true))?
        }
    };
    let form = forms.iter().position(|form| frame.nth < form.params.len()).unwrap_or(0);
    let most = forms.get(form).map_or(0, |form| form.params.len());
    Some(Signature { summary, forms, form, param: Some(frame.nth).filter(|param| *param < most) })
}

/// A form of these parameters.
fn form(name: &str, params: Vec<(String, String)>) -> Form {
    let mut label = format!("{name}(");
    let mut spans = Vec::new();
    for (nth, (param, what)) in params.into_iter().enumerate() {
        if nth > 0 {
            label.push_str(", ");
        }
        spans.push((label.len()..label.len() + param.len(), what));
        label.push_str(&param);
    }
    label.push(')');
    Form { label, params: spans }
}

fn of_verb(verb: &Verb, method: bool, on_cloud: bool) -> (String, Vec<Form>) {
    let mut forms: Vec<Form> = Vec::new();
    for one in verb.forms {
        let own_cloud = one.params.first().is_some_and(|first| first.ty == Ty::Cloud);
        if own_cloud && !(method && on_cloud) {
            continue;
        }
        let skipped = usize::from(own_cloud || (method && !on_cloud));
        let mut params: Vec<(String, String)> = one
            .params
            .iter()
            .skip(skipped)
            .map(|param| {
                let name = if param.required { param.name.to_string() } else { format!("[{}]", param.name) };
                (name, param.summary.to_string())
            })
            .collect();
        if !one.options.is_empty() {
            let required = one.options.iter().any(|key| key.required);
            let keys: Vec<&str> = one.options.iter().map(|key| key.name).collect();
            let name = if required || one.options.iter().any(|key| key.summary.contains("required")) {
                "#{…}"
            } else {
                "[#{…}]"
            };
            params.push((name.to_string(), format!("Options: {}.", keys.join(", "))));
        }
        let made = form(verb.name, params);
        if !forms.contains(&made) {
            forms.push(made);
        }
    }
    if forms.is_empty() {
        forms.push(form(verb.name, Vec::new()));
    }
    (verb.summary.to_string(), forms)
}

fn of_functions(name: &str, functions: Vec<Function>) -> Option<(String, Vec<Form>)> {
    let found: Vec<&Function> = functions.iter().filter(|function| function.name == name).collect();
    let summary = found.first()?.comment.trim().to_string();
    let forms = found.iter().map(|function| {
        form(name, function.params.iter().map(|param| (param.clone(), String::new())).collect())
    });
    Some((summary, forms.collect()))
}

fn of_built_in(name: &str, method: bool) -> Option<(String, Vec<Form>)> {
    let known = built_in(name)?;
    let (first, rest) = parameters(known.form);
    let mut params: Vec<(String, String)> = rest.into_iter().map(|param| (param, String::new())).collect();
    if !method && !first.is_empty() {
        params.insert(0, (first.to_string(), String::new()));
    }
    Some((known.summary.to_string(), vec![form(name, params)]))
}

/// What stands dim behind a cursor at this byte.
pub fn hint(text: &str, at: usize, environment: &dyn Environment) -> Option<Hint> {
    let place = Place::find(text, boundary(text, at));
    let nth = innermost(&place)?;
    let patched = patched(&place);
    let tree = parse(&patched);
    let reader = Reader::new(&tree, environment);
    let last = place.frames.len() - 1;
    if let Some((verb, _)) = options_of(&place, &reader, last) {
        return in_options(&place, verb);
    }
    let signature = of_call(&place, &reader, environment, nth)?;
    let form = signature.forms.get(signature.form)?;
    let active = signature.param.and_then(|param| form.params.get(param)).map(|(span, _)| span.clone());
    let fresh = nth == last
        && place.word().is_empty()
        && place.frames.get(nth).is_some_and(|frame| frame.fresh)
        && place.spot == Spot::Word;
    let rest = match (&active, fresh) {
        (Some(active), true) => form.label.get(active.start..).unwrap_or("").to_string(),
        (None, true) => ")".to_string(),
        _ => String::new(),
    };
    Some(Hint { form: form.label.clone(), active, rest })
}

/// The keys that are not there yet; behind a key, what its value is.
fn in_options(place: &Place<'_>, verb: &Verb) -> Option<Hint> {
    let frame = place.frames.last()?;
    let keys = match verb.name {
        "boot_all" => crate::verbs::server::boot::SPEC.to_vec(),
        _ => keys_of(verb),
    };
    if let Some(key) = &frame.key {
        let key = keys.iter().find(|known| known.name == key)?;
        let form = format!("{}: {}", key.name, key.summary);
        return Some(Hint { active: Some(0..key.name.len()), form, rest: String::new() });
    }
    let word = place.word();
    let left = keys.iter().map(|key| key.name).filter(|name| !frame.keys.iter().any(|there| there == name));
    let left: Vec<&str> = left.filter(|name| name.starts_with(word)).collect();
    let rest = match (word, left.as_slice()) {
        ("", _) | (_, []) => String::new(),
        (word, [only]) => only.get(word.len()..).unwrap_or("").to_string(),
        _ => String::new(),
    };
    (!left.is_empty()).then(|| Hint { form: left.join(", "), active: None, rest })
}
