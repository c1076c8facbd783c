//! What may be called on a value: verbs whose first parameter it may be, and the language's own functions.

use super::item::{Item, Kind};
use super::reader::word;
use crate::cloud::{Noun, Ty};
use crate::infer::Type;
use crate::verbs::language::builtins::BUILT_INS;
use crate::verbs::verb::{Effect, Form, Group};
use crate::verbs::{VERBS, Verb};

/// The fields and methods of a value, fields first.
pub(super) fn members(of: &Type) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    let kind = if matches!(of, Type::Map(_)) { Kind::Key } else { Kind::Field };
    for (name, detail) in fields(of) {
        // A key that is no name is read with brackets.
        if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            found.push(Item::plain(name, detail, kind));
        }
    }
    let cloud = matches!(of, Type::Cloud(_));
    for verb in VERBS {
        if let Some(form) = method(verb, of) {
            found.push(call(verb.name, &labels(form, !cloud), verb.summary, Kind::Method));
        }
    }
    for known in BUILT_INS {
        let (name, (first, rest)) = (known.name, parameters(known.form));
        let rest: Vec<String> = rest.iter().map(|word| word.trim_matches(['[', ']']).to_string()).collect();
        let taken = fits(first, of) && !found.iter().any(|item| item.label.split('(').next() == Some(name));
        if taken {
            found.push(call(name, &rest, known.summary, Kind::Method));
        }
    }
    for method in of.methods() {
        found.push(call(method.name, &[method.param.to_string()], method.summary, Kind::Method));
    }
    found
}

/// The fields of a value, with what they are; a map's keys too.
pub(super) fn fields(of: &Type) -> Vec<(String, String)> {
    if let Type::Map(keys) = of {
        let known = keys.known.iter();
        return known.map(|(key, value)| (key.clone(), word(value.as_ref()).to_string())).collect();
    }
    of.fields().iter().map(|field| (field.name.to_string(), field.summary.to_string())).collect()
}

/// What any resource has: for a value of which nothing is known, most often a function's parameter.
pub(super) fn of_any() -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for item in Noun::ALL.into_iter().flat_map(|noun| members(&Type::Of(noun))) {
        if !found.iter().any(|known| known.label == item.label) {
            found.push(item);
        }
    }
    found
}

/// A call as an item: the bracket is opened, and closed where nothing goes in.
pub(super) fn call(name: &str, params: &[String], detail: &str, kind: Kind) -> Item {
    Item {
        text: format!("{name}({}", if params.is_empty() { ")" } else { "" }),
        label: format!("{name}({})", params.join(", ")),
        detail: detail.to_string(),
        kind,
    }
}

/// The parameters of a form as a list shows them; as a method without the first.
pub(super) fn labels(form: &Form, method: bool) -> Vec<String> {
    let skipped = usize::from(method) + usize::from(!method && takes_cloud(form));
    let mut labels: Vec<String> =
        form.params.iter().skip(skipped).map(|param| param.name.to_string()).collect();
    if !form.options.is_empty() {
        labels.push("#{…}".to_string());
    }
    labels
}

fn takes_cloud(form: &Form) -> bool {
    form.params.first().is_some_and(|first| first.ty == Ty::Cloud)
}

/// The form of a verb that is called on such a value, if one is.
pub(super) fn method<'a>(verb: &'a Verb, of: &Type) -> Option<&'a Form> {
    let first = |form: &&Form| form.params.first().map(|first| first.ty);
    if let Type::Cloud(_) = of {
        let own = verb.forms.iter().find(|form| takes_cloud(form));
        return own.or_else(|| verb.forms.first().filter(|_| verb.asks_cloud()));
    }
    // `server(x)` reads again what is there already: a call, and not one to make on a server.
    let looks_up = verb.name.starts_with("find_") || matches!(verb.name, "server" | "image" | "flavor");
    if matches!(verb.group, Group::Language | Group::Arrays) {
        let plain = matches!(verb.effect, Effect::Nothing | Effect::Clock | Effect::Random)
            && verb.returns != Ty::Unit;
        return verb.forms.iter().find(|form| plain && first(form).is_some_and(|ty| own_type(&ty, of)));
    }
    if looks_up {
        return None;
    }
    verb.forms.iter().find(|form| {
        first(form).is_some_and(|ty| match of {
            Type::Of(_) => takes(&ty, of),
            Type::Array(one) => {
                (verb.takes_many() && one.as_deref().is_some_and(|one| takes(&ty, one))) || takes(&ty, of)
            }
            _ => false,
        })
    })
}

/// Whether a parameter of this type is made for such a value.
fn takes(ty: &Ty, of: &Type) -> bool {
    match (ty, of) {
        (Ty::Ref(noun) | Ty::Of(noun), Type::Of(of)) => noun == of,
        (Ty::AnyRef(nouns), Type::Of(of)) => nouns.contains(of),
        (Ty::Either(one, other), of) => takes(one, of) || takes(other, of),
        (Ty::OneOrMany(one), Type::Array(Some(of))) => takes(one, of),
        (Ty::OneOrMany(one), of) => takes(one, of),
        (Ty::ArrayOf(one), Type::Array(Some(of))) => takes(one, of),
        _ => false,
    }
}

fn own_type(ty: &Ty, of: &Type) -> bool {
    match ty {
        Ty::ArrayOf(_) => matches!(of, Type::Array(_)),
        Ty::MapOf(_) | Ty::Record(_) => matches!(of, Type::Map(_)),
        Ty::Text => of.is_text(),
        Ty::Data => matches!(of, Type::Text | Type::Word(_) | Type::Blob),
        Ty::Secret => matches!(of, Type::Secret),
        _ => false,
    }
}

/// The first parameter of a form as the list of the language's functions has it, and the others.
pub(super) fn parameters(form: &str) -> (&str, Vec<String>) {
    let inner = form.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'));
    // The first one may read `array, map or text`: the parameters proper come behind it.
    let (first, rest) = match inner.find(" or ") {
        Some(at) => match inner[at + 4..].find(", ") {
            Some(comma) => inner.split_at(at + 4 + comma),
            None => (inner, ""),
        },
        None => inner.find(", ").map_or((inner, ""), |comma| inner.split_at(comma)),
    };
    let rest = rest.trim_start_matches(", ");
    let rest = rest.split(", ").filter(|word| !word.is_empty()).map(str::to_string).collect();
    (first, rest)
}

/// Whether one of the words of such a parameter means such a value.
fn fits(words: &str, of: &Type) -> bool {
    words.split([',', ' ']).any(|name| match name {
        "array" => matches!(of, Type::Array(_)),
        "map" => matches!(of, Type::Map(_)),
        "text" => of.is_text(),
        "number" => matches!(of, Type::Int | Type::Float),
        "closure" => matches!(of, Type::Function(_)),
        "blob" => matches!(of, Type::Blob),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_taken_apart() {
        let rest = |words: &[&str]| -> Vec<String> { words.iter().map(|word| word.to_string()).collect() };
        assert_eq!(parameters("contains(array, map or text, item)"), ("array, map or text", rest(&["item"])));
        assert_eq!(parameters("len(text, array, map or blob)"), ("text, array, map or blob", Vec::new()));
        assert_eq!(parameters("abs(number)"), ("number", Vec::new()));
        assert_eq!(parameters("replace(text, text, text)"), ("text", rest(&["text", "text"])));
    }
}
