//! A field that what it is read of does not have, and one that is not changed by assigning to it.

use super::Finding;
use super::facts::Facts;
use super::unknown_verb::only;
use crate::cloud::Noun;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::{Keys, Type, changes_in_place};
use crate::script::raise::no_field;
use crate::script::resources::read_only;
use crate::syntax::tree::{Expression, ExpressionKind, Name, Node, StatementKind};
use crate::verbs::verb;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut written = std::collections::HashSet::new();
    facts.tree.walk(&mut |path| match path.last() {
        Some(Node::Statement(statement)) => {
            if let StatementKind::Assign { target, .. } = &statement.kind {
                if let ExpressionKind::Field { receiver, name } = &target.kind {
                    written.insert(target.span.clone());
                    found.extend(assigned(facts, receiver, name));
                }
                found.extend(inside(facts, target));
            }
        }
        Some(Node::Expression(expression)) if !written.contains(&expression.span) => {
            match &expression.kind {
                ExpressionKind::Field { receiver, name } => found.extend(read(facts, receiver, name)),
                // `for_each` gives a closure its items, and may change nothing.
                ExpressionKind::Method { receiver, name, .. }
                    if name.text != "for_each" && changes_in_place(&name.text) =>
                {
                    found.extend(held_by_object(facts, receiver));
                }
                _ => {}
            }
        }
        _ => {}
    });
}

/// A write into a field of an object: `s.meta.role = "web"`, `s.tags[0] = "a"`.
fn inside<'a>(facts: &Facts<'a>, target: &'a Expression) -> Option<Finding> {
    match &target.kind {
        ExpressionKind::Field { receiver, .. } | ExpressionKind::Index { receiver, .. } => {
            held_by_object(facts, receiver)
        }
        _ => None,
    }
}

/// The finding of changing a value that is a field of an object, or stands in one.
fn held_by_object<'a>(facts: &Facts<'a>, mut value: &'a Expression) -> Option<Finding> {
    loop {
        value = match &value.kind {
            ExpressionKind::Field { receiver, name } => match facts.types.of(receiver) {
                Some(Type::Of(noun)) => {
                    let error = read_only(noun, &name.text)?;
                    return Some(facts.finding(error, name.span.clone()));
                }
                _ => receiver,
            },
            ExpressionKind::Index { receiver, .. } => receiver,
            _ => return None,
        }
    }
}

fn read<'a>(facts: &Facts<'a>, receiver: &'a Expression, name: &Name) -> Option<Finding> {
    let text = name.text.as_str();
    let ty = facts.types.of(receiver)?;
    if let Type::Map(keys) = &ty {
        return of_record(facts, keys, name);
    }
    if text.is_empty() || facts.native(&format!("get${text}")).is_some() && text != "tag" {
        return None;
    }
    if ty.methods().iter().any(|method| method.name == text) {
        let error = no_field(ty.word(), text, &[]).at(Place::Verb, format!("call it: `{text}(…)`"));
        return Some(facts.finding(error, name.span.clone()));
    }
    let fields = ty.fields();
    if ty.is_text() || matches!(ty, Type::Int | Type::Float | Type::Bool) {
        return Some(of_plain(facts, receiver, &ty, name));
    }
    if let Type::Array(of) = &ty {
        return Some(of_array(facts, of.as_deref(), name));
    }
    if fields.is_empty() || fields.iter().any(|field| field.name == text) {
        return None;
    }
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let mut error = no_field(ty.word(), text, &names);
    if verb(text).is_some_and(|verb| verb.forms.iter().any(|form| form.fewest() <= 1)) {
        let error = error.at(Place::Verb, format!("`{text}` is a verb: write `{text}()`"));
        return Some(facts.finding(error, name.span.clone()).fixed(name.span.clone(), format!("{text}()")));
    }
    let near = error.label.as_deref().and_then(only);
    if error.label.as_deref() == Some("no such field") {
        error.label = None;
    }
    let finding = facts.finding(error, name.span.clone());
    Some(match near {
        Some(near) => finding.fixed(name.span.clone(), near),
        None => finding,
    })
}

/// Text and numbers have no fields; text that is another resource's name or id leads to that resource.
fn of_plain<'a>(facts: &Facts<'a>, receiver: &'a Expression, ty: &Type, name: &Name) -> Finding {
    let text = &name.text;
    let error = no_field(ty.word(), text, &[]);
    let of = match &receiver.kind {
        ExpressionKind::Field { receiver: object, name: field } => facts
            .types
            .of(object)
            .filter(|object| matches!(object, Type::Of(_)))
            .and_then(|_| Noun::ALL.into_iter().find(|noun| noun.word() == field.text)),
        _ => None,
    };
    let written = facts.text.get(receiver.span.clone()).unwrap_or("x");
    let error = match of.filter(|noun| noun.fields().iter().any(|field| field.name == *text)) {
        Some(noun) => error
            .at(Place::Verb, format!("`{written}` is the {}'s name", noun.as_str()))
            .help(format!("write `{}({written}).{text}`", noun.word())),
        None if text == "length" || text == "size" => error.at(Place::Verb, "write `len()`"),
        None if facts.native(text).is_some() || verb(text).is_some() => {
            error.at(Place::Verb, format!("call it: `{text}()`"))
        }
        None => error.at(Place::Verb, format!("this is read of {}", ty.word())),
    };
    facts.finding(error, name.span.clone())
}

/// A map that a verb gives, of which every key is known.
fn of_record(facts: &Facts<'_>, keys: &Keys, name: &Name) -> Option<Finding> {
    let open = name.text.is_empty() || name.text == "len" || keys.known.contains_key(&name.text);
    let what = keys.whole.filter(|_| !open)?;
    let names: Vec<&str> = keys.known.keys().map(String::as_str).collect();
    let error = no_field(what, &name.text, &names);
    let near = error.label.as_deref().and_then(only);
    let finding = facts.finding(error, name.span.clone());
    Some(match near {
        Some(near) => finding.fixed(name.span.clone(), near),
        None => finding,
    })
}

/// Fields are those of the elements.
fn of_array(facts: &Facts<'_>, of: Option<&Type>, name: &Name) -> Finding {
    let text = &name.text;
    let error =
        Error::new(Kind::Script, format!("an array has no field `{text}`")).coded("language::unknown_field");
    let called = verb(text).is_some_and(|verb| verb.takes_many()) || facts.native(text).is_some();
    let error = match of.map(Type::fields).filter(|fields| fields.iter().any(|field| field.name == *text)) {
        Some(_) => error
            .at(Place::Verb, "its elements have one")
            .help(format!("read it of each: `.map(|one| one.{text})`")),
        None if called => error.at(Place::Verb, format!("call it: `{text}()`")),
        None if text == "length" || text == "size" || text == "count" => {
            error.at(Place::Verb, "write `len()`")
        }
        None => error.help("take an element first, `array[0]`, or go through them: `for one in array { … }`"),
    };
    facts.finding(error, name.span.clone())
}

fn assigned<'a>(facts: &Facts<'a>, receiver: &'a Expression, name: &Name) -> Option<Finding> {
    let ty = facts.types.of(receiver)?;
    if !matches!(ty, Type::Of(_) | Type::Cloud(_) | Type::Time) {
        return None;
    }
    if !ty.fields().iter().any(|field| field.name == name.text) {
        return read(facts, receiver, name);
    }
    let error = match ty {
        Type::Of(noun) => read_only(noun, &name.text),
        _ => None,
    };
    let error = error.unwrap_or_else(|| {
        let message = format!("`{}` of {} is not changed by assigning to it", name.text, ty.word());
        Error::new(Kind::Script, message).coded("language::read_only")
    });
    Some(facts.finding(error, name.span.clone()))
}
