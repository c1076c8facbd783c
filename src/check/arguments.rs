//! What a call is given: how many arguments, which options, and values whose type is known not to fit.
//!
//! Verbs are held to their declarations with the words of `verbs::arguments`, which says the same when the call is made;
//! own functions, those of modules, and the language's own by how many arguments they take.

use super::facts::{Called, Facts};
use super::maps::{Given, built};
use super::unknown_verb::only;
use super::{Finding, Severity};
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::{Noun, Secret, Span, Time, Ty, Value};
use crate::infer::Type;
use crate::script::natives;
use crate::syntax::tree::{Expression, ExpressionKind};
use crate::verbs::server::boot;
use crate::verbs::{Form, Param, Verb, arguments, verb};
use std::ops::Range;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for call in &facts.calls {
        let name = call.name.text.as_str();
        if name.is_empty() || facts.is_forgotten(name) {
            continue;
        }
        match (call.modules, verb(name)) {
            ([module], _) => of_module(facts, call, &module.text, found),
            ([], _) if !facts.takes(name).is_empty() => own(facts, call, found),
            ([], Some(verb)) => {
                of_verb(facts, call, verb, found);
                if verb.name == "boot_all" {
                    specs(facts, call, found);
                }
            }
            ([], None) if facts.calls_variable(call) => {}
            ([], None) => native(facts, call, found),
            _ => {}
        }
    }
}

fn of_module<'a>(facts: &Facts<'a>, call: &Called<'a>, alias: &str, found: &mut Vec<Finding>) {
    let Some(Some(module)) = facts.modules.get(alias) else { return };
    let given = call.arguments.list.len();
    let forms: Vec<usize> = module
        .functions
        .iter()
        .filter(|(name, _)| *name == call.name.text)
        .map(|(_, params)| params.len())
        .collect();
    if !forms.is_empty() && !forms.contains(&given) {
        let name = format!("{alias}::{}", call.name.text);
        let error = natives::misfit(facts.session, facts.signatures(), &name, given);
        found.push(placed(facts, call, error));
    }
}

fn own<'a>(facts: &Facts<'a>, call: &Called<'a>, found: &mut Vec<Finding>) {
    let name = call.name.text.as_str();
    // What a function of the script is called on is its `this`, and no argument.
    let given = call.arguments.list.len();
    let native = facts.native(name).is_some_and(|native| native.arities.contains(&call.given().count()));
    if facts.takes(name).contains(&given) || native || verb(name).is_some() || facts.may_be_map(call) {
        return;
    }
    let error = natives::misfit(facts.session, facts.signatures(), name, given);
    found.push(placed(facts, call, error));
}

fn native<'a>(facts: &Facts<'a>, call: &Called<'a>, found: &mut Vec<Finding>) {
    let name = call.name.text.as_str();
    let Some(native) = facts.native(name) else { return };
    let given = call.given().count();
    let (Some(least), Some(most)) = (native.arities.first(), native.arities.last()) else { return };
    if native.arities.contains(&given)
        || facts.may_be_map(call)
        || matches!(name, "call" | "curry" | "print" | "debug")
    {
        return;
    }
    let count =
        |count: usize| if count == 1 { "1 argument".to_string() } else { format!("{count} arguments") };
    let error = if given > *most {
        let takes = if least == most { count(*most) } else { format!("{least} to {}", count(*most)) };
        Error::new(Kind::Script, format!("`{name}` takes {takes}, not {given}"))
            .coded("call::too_many_arguments")
            .at(
                Place::Argument(*most),
                if given - most == 1 { "this one is too many" } else { "from here on too many" },
            )
    } else {
        Error::new(Kind::Script, format!("`{name}` does not take {}", count(given)))
            .coded("call::missing_argument")
            .at(Place::Verb, format!("it takes {}", count(*least)))
    };
    let error = match natives::written(name) {
        Some(written) => error.help(format!("write `{written}`")),
        None => error,
    };
    found.push(placed(facts, call, error));
}

/// A finding at the place that its error names.
fn placed<'a>(facts: &Facts<'a>, call: &Called<'a>, error: Error) -> Finding {
    let place = error.place.clone();
    facts.finding(error, bytes(facts, call, &place))
}

/// The bytes of a part of a call.
fn bytes<'a>(facts: &Facts<'a>, call: &Called<'a>, place: &Place) -> Range<usize> {
    let given: Vec<&Expression> = call.given().collect();
    let options =
        given.iter().rev().find_map(|one| built(facts, one)).map_or(Vec::new(), |built| built.entries);
    let entry = |key: &String| options.iter().find(|entry| entry.key.text == *key);
    let found = match place {
        Place::Verb => None,
        Place::Argument(nth) => given.get(*nth).map(|one| one.span.clone()),
        Place::OptionKey(key) => entry(key).map(|entry| entry.key.span.clone()),
        Place::OptionValue(key) => entry(key).map(|entry| entry.value.span.clone()),
    };
    found.unwrap_or_else(|| call.name.span.clone())
}

fn of_verb<'a>(facts: &Facts<'a>, call: &Called<'a>, verb: &'static Verb, found: &mut Vec<Finding>) {
    if call.receiver.is_some_and(|on| matches!(facts.types.of(on), Some(Type::Map(_)))) {
        return;
    }
    let all: Vec<&Expression> = call.given().collect();
    // The engine has a function of this name too, which takes other arguments.
    if facts.native(verb.name).is_some_and(|native| native.arities.contains(&all.len()))
        && !fits_arity(verb, all.len())
    {
        return;
    }
    let takes_cloud = !verb.asks_cloud()
        || verb.forms.iter().any(|form| form.params.first().is_some_and(|first| first.ty == Ty::Cloud));
    let first = all.first().map(|first| facts.types.of(first));
    let best = match first {
        Some(Some(Type::Cloud(_))) if !takes_cloud => best(facts, verb, &all[1..], 1),
        // What it is called on may be a cloud.
        Some(None) if !takes_cloud => {
            let (with, without) = (best(facts, verb, &all, 0), best(facts, verb, &all[1..], 1));
            if without.is_empty() { without } else { with }
        }
        _ => best(facts, verb, &all, 0),
    };
    for error in best {
        let near = error.label.as_deref().and_then(only);
        let near =
            near.map(
                |near| if matches!(error.place, Place::OptionKey(_)) { near } else { format!("\"{near}\"") },
            );
        let key = (!matches!(error.place, Place::Verb)).then(|| bytes(facts, call, &error.place));
        let mut finding = placed(facts, call, error);
        if call.receiver.is_some() && matches!(first, Some(None)) {
            // It may be a map with a closure of this name.
            finding.severity = Severity::Warning;
        }
        found.push(match (near, key) {
            (Some(near), Some(key)) => finding.fixed(key, near),
            _ => finding,
        });
    }
}

/// The specs of `boot_all`, where they are written out: each is what `boot` takes, with its name.
fn specs<'a>(facts: &Facts<'a>, call: &Called<'a>, found: &mut Vec<Finding>) {
    let keys: Vec<Param> = boot::VERB.option_keys().copied().collect();
    let known: Vec<&str> = std::iter::once("name").chain(keys.iter().map(|key| key.name)).collect();
    let arrays = call.given().filter_map(|one| match &one.kind {
        ExpressionKind::Array(items) => Some(items),
        _ => None,
    });
    for item in arrays.flatten() {
        let ExpressionKind::Map(entries) = &item.kind else { continue };
        for entry in entries.iter().filter(|entry| !entry.key.text.is_empty() && entry.key.text != "name") {
            let misfit = match keys.iter().find(|key| key.name == entry.key.text) {
                None => {
                    let error = arguments::unknown_option(&boot::VERB, &entry.key.text, &known);
                    let near = error.label.as_deref().and_then(only);
                    let finding = facts.finding(error, entry.key.span.clone());
                    found.push(match near {
                        Some(near) => finding.fixed(entry.key.span.clone(), near),
                        None => finding,
                    });
                    continue;
                }
                Some(key) if matches!(entry.value.kind, ExpressionKind::Unit) && !key.required => continue,
                Some(key) => {
                    misfit(facts, key, &entry.value, Place::OptionValue(key.name.to_string()), false)
                }
            };
            found.extend(misfit.map(|error| facts.finding(error, entry.value.span.clone())));
        }
    }
}

fn fits_arity(verb: &Verb, count: usize) -> bool {
    verb.forms.iter().any(|form| form.fewest() <= count && count <= form.most())
}

/// The mistakes by the form that fits best; none where one fits.
fn best<'a>(facts: &Facts<'a>, verb: &'static Verb, given: &[&'a Expression], offset: usize) -> Vec<Error> {
    let of_forms = verb.forms.iter().map(|form| against(facts, verb, form, given, offset));
    of_forms
        .min_by_key(|mistakes| match mistakes.is_empty() {
            true => (false, 0),
            false => arguments::rank(mistakes),
        })
        .unwrap_or_default()
}

/// What the last argument is to a form.
enum Last<'a> {
    /// The options, their keys known; whether these are all.
    Options(Vec<Given<'a>>, bool),
    /// The options, somewhere else.
    Hidden,
    /// Options, or an argument.
    Either,
    /// An argument.
    Argument,
}

fn against<'a>(
    facts: &Facts<'a>,
    verb: &'static Verb,
    form: &'static Form,
    given: &[&'a Expression],
    offset: usize,
) -> Vec<Error> {
    let keys = arguments::option_keys(verb, form);
    let required = form.params.iter().filter(|param| param.required).count();
    let last = match given.split_last() {
        Some((last, rest)) => {
            let place = !keys.is_empty()
                && (required..=form.params.len()).contains(&rest.len())
                && form.params.get(rest.len()).is_none_or(|param| !arguments::takes_map(param.ty));
            match (place.then(|| built(facts, last)).flatten(), facts.types.of(last)) {
                (Some(built), _) => Last::Options(built.entries, built.whole),
                (_, Some(Type::Map(_))) if place => Last::Hidden,
                (_, None) if place => Last::Either,
                _ => Last::Argument,
            }
        }
        None => Last::Argument,
    };
    let plain = match last {
        Last::Options(..) | Last::Hidden => &given[..given.len() - 1],
        Last::Either if given.len() > form.params.len() => &given[..given.len() - 1],
        _ => given,
    };
    if plain.len() < required {
        let missing: Vec<String> =
            form.params[plain.len()..required].iter().map(|param| format!("`{}`", param.name)).collect();
        return vec![arguments::missing_argument(verb, form, &missing.join(" and "))];
    }
    if plain.len() > form.params.len() {
        let map = plain.last().is_some_and(|last| matches!(last.kind, ExpressionKind::Map(_)));
        return vec![arguments::too_many(verb, form, plain.len(), map, offset)];
    }
    let mut mistakes = Vec::new();
    for (nth, (param, value)) in form.params.iter().zip(plain).enumerate() {
        if matches!(last, Last::Either) && nth + 1 == given.len() {
            continue;
        }
        let many = nth == 0 && verb.takes_many();
        mistakes.extend(misfit(facts, param, value, Place::Argument(nth + offset), many));
    }
    let (entries, whole) = match &last {
        Last::Options(entries, whole) => (entries.as_slice(), *whole),
        Last::Argument => (&[][..], true),
        _ => (&[][..], false),
    };
    let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
    for entry in entries {
        match keys.iter().find(|key| key.name == entry.key.text) {
            None => mistakes.push(arguments::unknown_option(verb, &entry.key.text, &known)),
            Some(key) => {
                let value = literal(entry.value);
                if key.narrows && value.as_ref().is_some_and(arguments::is_empty) {
                    mistakes.push(arguments::empty_filter(key.name));
                } else if value != Some(Value::Unit) {
                    let place = Place::OptionValue(key.name.to_string());
                    mistakes.extend(misfit(facts, key, entry.value, place, false));
                }
            }
        }
    }
    if whole {
        let given = |key: &&Param| {
            entries
                .iter()
                .any(|entry| entry.key.text == key.name && !matches!(entry.value.kind, ExpressionKind::Unit))
        };
        let missing: Vec<String> = keys
            .iter()
            .filter(|key| key.required && !given(key))
            .map(|key| format!("`{}`", key.name))
            .collect();
        if !missing.is_empty() {
            mistakes.push(arguments::missing_argument(verb, form, &missing.join(" and ")));
        }
        // `image` and `flavor` may come from another server or a volume, so the declaration cannot require them.
        let other = |entry: &Given<'_>| ["like", "volumes", "provider"].contains(&entry.key.text.as_str());
        // A volume or a snapshot as the root disk holds a system; a size is one of the image's.
        let rooted = entries.iter().any(|entry| {
            entry.key.text == "root_disk"
                && !matches!(literal(entry.value), Some(Value::Int(_) | Value::Unit))
        });
        if verb.name == "boot" && mistakes.is_empty() && !entries.iter().any(other) {
            let missing: Vec<&str> = keys
                .iter()
                .filter(|key| key.name == "flavor" || (key.name == "image" && !rooted))
                .filter(|key| !given(key))
                .map(|key| key.name)
                .collect();
            if !missing.is_empty() {
                mistakes.push(boot::missing_keys(&missing));
            }
        }
    }
    mistakes
}

/// The error of a value that certainly does not fit.
fn misfit<'a>(
    facts: &Facts<'a>,
    param: &Param,
    value: &'a Expression,
    place: Place,
    many: bool,
) -> Option<Error> {
    if let Some(literal) = literal(value) {
        if literal == Value::Unit && !param.required {
            return None;
        }
        let checked = match &literal {
            Value::Array(items) if many => items.iter().try_for_each(|item| (param.check)(item)),
            one => (param.check)(one),
        };
        return checked.err().map(|mismatch| arguments::misfit(param, &literal, &mismatch, place, many));
    }
    let ty = facts.types.of(value)?;
    let one = match (&ty, many) {
        (Type::Array(of), true) => of.as_deref()?,
        _ => &ty,
    };
    if may_be(param, one) {
        return None;
    }
    // The word for such a value; the check says what to give instead.
    let stand_in = Value::Other(one.word());
    let mismatch = (param.check)(&stand_in).err()?;
    Some(arguments::misfit(param, &stand_in, &mismatch, place, false))
}

/// Whether a value of this type may be what a parameter takes.
fn may_be(param: &Param, ty: &Type) -> bool {
    let takes_noun = |noun: Noun| match param.ty {
        Ty::Ref(wanted) | Ty::OneOrMany(&Ty::Ref(wanted)) => wanted == noun,
        Ty::AnyRef(nouns) => nouns.contains(&noun),
        Ty::Text | Ty::Int | Ty::Float | Ty::Bool | Ty::Duration | Ty::Time => false,
        _ => true,
    };
    let sample = match ty {
        // Called where its result was meant to be a closure: `defer(delete(x))` has deleted before it fails.
        _ if takes_closure(param) => return matches!(ty, Type::Function(_)),
        Type::Of(noun) => return takes_noun(*noun),
        // Texts differ by what they say.
        Type::Text | Type::Word(_) => {
            return !matches!(
                param.ty,
                Ty::Int | Ty::Float | Ty::Bool | Ty::Time | Ty::MapOf(_) | Ty::ArrayOf(_)
            );
        }
        Type::Bool => Value::Bool(true),
        Type::Int => Value::Int(1),
        Type::Float => Value::Float(1.5),
        Type::Secret => Value::Secret(Secret::new("secret")),
        Type::Duration => Value::Span(Span::from_secs(1)),
        Type::Time => match Time::parse("2026-01-01T00:00:00Z") {
            Some(time) => Value::Time(time),
            None => return true,
        },
        Type::Cloud(_) => Value::Cloud("cloud".into()),
        Type::Map(_)
            if matches!(param.ty, Ty::Int | Ty::Float | Ty::Bool | Ty::Text | Ty::Ref(_) | Ty::Duration) =>
        {
            return false;
        }
        _ => return true,
    };
    // Where the kind fits and the content does not, another content may.
    !matches!((param.check)(&sample), Err(mismatch) if mismatch.because.is_none())
}

/// Whether a parameter takes a closure and nothing else.
fn takes_closure(param: &Param) -> bool {
    let takes = |value: Value| (param.check)(&value).is_ok();
    let others = [Value::Int(1), Value::text("text"), Value::Array(Vec::new()), Value::Bool(true)];
    takes(Value::Other("a closure")) && !others.into_iter().any(takes)
}

/// The value that an expression is, where all of it is written out.
fn literal(expression: &Expression) -> Option<Value> {
    Some(match &expression.kind {
        ExpressionKind::Unit => Value::Unit,
        ExpressionKind::Bool(truth) => Value::Bool(*truth),
        ExpressionKind::Int(number) => Value::Int((*number)?),
        ExpressionKind::Text(text) => Value::text(text),
        ExpressionKind::Closure { .. } => Value::Other("a closure"),
        ExpressionKind::Array(items) => Value::Array(items.iter().map(literal).collect::<Option<_>>()?),
        ExpressionKind::Map(entries) => {
            let entries = entries.iter().map(|entry| Some((entry.key.text.clone(), literal(&entry.value)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
        ExpressionKind::Unary { operator, operand } if operator.text == "-" => match literal(operand)? {
            Value::Int(number) => Value::Int(number.checked_neg()?),
            _ => return None,
        },
        _ => return None,
    })
}
