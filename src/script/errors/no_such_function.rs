//! A call that fits no function: which of its name, its number of arguments or their types is at fault.
//!
//! The engine says one thing for all of them, "no such function with these types"; what is known of the verbs tells
//! them apart. Fields that a value does not have are told here too.

use super::engine_words::{operator_sentence, people_word, people_words, plain};
use super::foreign_names;
use super::runtime::{Known, Signature};
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::nearest::did_you_mean;
use crate::script::map_keys::unmarked;
use crate::verbs::language::builtins::{BUILT_INS, built_in};

/// An error in a call, found by the language.
fn call(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::Script, message).coded(code)
}

/// The engine's "function not found", of the signature it was looked for by: `boot (i64, map)`.
pub(in crate::script) fn not_found(signature: &str, known: &dyn Known) -> Error {
    let Some((name, types)) = signature.split_once(" (") else {
        return other(signature);
    };
    let types = types.strip_suffix(')').unwrap_or(types);
    let types: Vec<&str> = if types.is_empty() { Vec::new() } else { types.split(", ").collect() };
    if let Some(property) = name.strip_prefix("get$").or_else(|| name.strip_prefix("set$")) {
        let property = unmarked(property);
        if name.starts_with("set$") && types.first() == Some(&"()") {
            return call(
                "language::nothing",
                format!("`.{property}` is written to `()`: there is nothing here"),
            )
            .help("begin with an empty map: `let map = #{};`");
        }
        return no_field(property, types.first().copied().unwrap_or(""), known);
    }
    if name.starts_with("index$") {
        let word = types.first().map_or("this", |name| people_word(name));
        let by = types.get(1).map(|by| format!(" by {}", people_word(by))).unwrap_or_default();
        return call("language::index", format!("{word} has no elements to take{by}"));
    }
    if name.starts_with("anon$") {
        let count = arguments(types.len());
        return call("call::closure", format!("the closure does not take {count}"))
            .help("write as many names between the bars as it is given values: `|item| …`");
    }
    if let Some(message) = operator_sentence(name, &types) {
        let error = call("language::operator", message);
        return match (name, types.contains(&"()")) {
            (_, true) => error.at(Place::Verb, "one side of it is `()`: nothing"),
            ("%", false) if types.first().is_some_and(|name| people_word(name) == "text") => {
                error.help("write a text with values in backticks: `` `… ${x} …` ``")
            }
            ("+" | "-" | "*" | "/", false) if types.iter().any(|name| people_word(name) == "text") => error
                .help(
                    "turn text into a number with `parse_int(text)`, or a number into text with `` `${n}` ``",
                ),
            _ => error,
        };
    }
    let verbs = known.verbs();
    let found: Vec<&Signature> = verbs.iter().filter(|verb| verb.name == name).collect();
    if !found.is_empty() {
        let forms = found.iter().flat_map(|verb| verb.forms.iter()).collect();
        return misfit(name, forms, &types);
    }
    let known_here = built_in(name);
    if types.first() == Some(&"()") && (known_here.is_some() || types.len() == 1) {
        return call("language::nothing", format!("`{name}` is called on `()`: there is nothing here"))
            .at(Place::Argument(0), "this is `()`")
            .help("ask first: `if value != () { … }`");
    }
    if let Some(known) = known_here {
        return misfit_built_in(name, known.form, &types);
    }
    unknown(name, &verbs, known)
}

/// A call of what is a variable of the script, told as such.
pub(in crate::script) fn of_declared(error: &mut Error, declares: impl Fn(&str) -> bool) {
    if error.diagnostic != Some("call::unknown_verb") {
        return;
    }
    let Some(name) = error.message.strip_prefix("there is no verb `").and_then(|rest| rest.strip_suffix('`'))
    else {
        return;
    };
    if declares(name) {
        let told = variable_called(name);
        (error.message, error.label, error.help) = (told.message.clone(), told.label.clone(), None);
    }
}

/// A call of what is a variable.
pub(in crate::script) fn variable_called(name: &str) -> Error {
    call("call::unknown_verb", format!("`{name}` is a variable, not a verb"))
        .at(Place::Verb, format!("write `{name}.call(…)` for a closure"))
}

/// No function of this name, whatever it is given.
fn unknown(name: &str, verbs: &[Signature], known: &dyn Known) -> Error {
    if name == "not" {
        return call("call::unknown_verb", "there is no verb `not`").at(Place::Verb, "write `!` in front");
    }
    if let Some((module, function)) = name.rsplit_once("::") {
        let error = call("call::unknown_verb", format!("the module `{module}` has no function `{function}`"));
        let names = verbs.iter().map(|verb| &verb.name);
        return match did_you_mean(name, names.filter(|other| other.starts_with(&format!("{module}::")))) {
            Some(label) => error.at(Place::Verb, label),
            None => error.help("look whether the function is `private`, or spelt otherwise"),
        };
    }
    let error = call("call::unknown_verb", format!("there is no verb `{name}`"));
    let names = verbs.iter().map(|verb| verb.name.as_str()).chain(BUILT_INS.iter().map(|one| one.name));
    if let Some(label) = foreign_names::function(name, false, known) {
        return error.at(Place::Verb, label);
    }
    // One noun more is not a slip of the pen: `create_stack` is no `create_router`.
    let names = names.filter(|other| !is_other_noun(name, other));
    match did_you_mean(name, names).or_else(|| foreign_names::function(name, true, known)) {
        Some(label) => error.at(Place::Verb, label),
        None => error.help("run `rhain doc` to see every verb"),
    }
}

/// Whether two names make, list or delete two different things: the same first word, and nouns that are no slips of each other.
fn is_other_noun(name: &str, other: &str) -> bool {
    let (Some((verb, noun)), Some((its_verb, its_noun))) = (name.split_once('_'), other.split_once('_'))
    else {
        return false;
    };
    verb == its_verb && matches!(verb, "create" | "find") && strsim::damerau_levenshtein(noun, its_noun) > 2
}

/// A function of the engine, given what it does not take; `shown` is its form in the table.
fn misfit_built_in(name: &str, shown: &str, types: &[&str]) -> Error {
    let inside = shown.split_once('(').map_or("", |(_, inside)| inside.trim_end_matches(')'));
    let form: Vec<(String, bool)> = inside
        .split(", ")
        .map(|parameter| (parameter.trim_matches(['[', ']']).to_owned(), !parameter.starts_with('[')))
        .collect();
    let needed = form.iter().filter(|(_, required)| *required).count();
    let help = spelled(name, &[&form]);
    if types.len() < needed {
        let word = |name: &str| match name.contains(' ') {
            true => "a value".to_owned(),
            false => format!("`{name}`"),
        };
        let missing: Vec<String> = form[types.len()..needed].iter().map(|(name, _)| word(name)).collect();
        let missing = missing.join(" and ");
        let verb = if types.len() + 1 == needed { "is" } else { "are" };
        return call("call::missing_argument", format!("`{name}` needs {missing}"))
            .at(Place::Verb, format!("{missing} {verb} missing"))
            .help(help);
    }
    if types.len() > form.len() && !shown.contains('…') {
        return call(
            "call::too_many_arguments",
            format!("`{name}` takes {}, not {}", arguments(form.len()), types.len()),
        )
        .at(Place::Argument(form.len()), "one too many")
        .help(help);
    }
    call("call::wrong_type", given(name, types)).help(help)
}

/// A known function, given what it does not take.
fn misfit(name: &str, forms: Vec<&Vec<(String, bool)>>, types: &[&str]) -> Error {
    let count = types.len();
    let required = |form: &[(String, bool)]| form.iter().filter(|(_, required)| *required).count();
    let help = spelled(name, &forms);
    let least = forms.iter().map(|form| required(form)).min().unwrap_or(0);
    let most = forms.iter().map(|form| form.len()).max().unwrap_or(0);
    if count > most {
        let takes = match least {
            _ if least == most => arguments(most),
            0 => format!("at most {}", arguments(most)),
            _ => format!("{least} to {}", arguments(most)),
        };
        return call("call::too_many_arguments", format!("`{name}` takes {takes}, not {count}"))
            .at(
                Place::Argument(most),
                if count - most == 1 { "one too many" } else { "too many from here on" },
            )
            .help(help);
    }
    if count < least {
        let form = forms.iter().filter(|form| required(form) > count).min_by_key(|form| form.len());
        let missing: Vec<&str> = form
            .map(|form| {
                form.iter().skip(count).filter(|(_, required)| *required).map(|(name, _)| name.as_str())
            })
            .into_iter()
            .flatten()
            .collect();
        let missing = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        return call("call::missing_argument", format!("`{name}` needs {missing}"))
            .at(Place::Verb, format!("{missing} is missing", missing = missing))
            .help(help);
    }
    if !forms.iter().any(|form| (required(form)..=form.len()).contains(&count)) {
        return call("call::missing_argument", format!("`{name}` does not take {}", arguments(count)))
            .help(help);
    }
    let error = call("call::wrong_type", given(name, types)).help(help);
    match types.iter().position(|name| *name == "()") {
        Some(nth) => error.at(Place::Argument(nth), "this is `()`: nothing"),
        None => error,
    }
}

/// What a function is given and does not take.
fn given(name: &str, types: &[&str]) -> String {
    if types.contains(&"()") {
        return format!("`{name}` is given `()`, and needs something");
    }
    format!("`{name}` does not take {}", people_words(types))
}

/// The ways to call it, as a manual writes them: with what may be left out, and without.
fn spelled(name: &str, forms: &[&Vec<(String, bool)>]) -> String {
    let mut ways: Vec<String> = Vec::new();
    for form in forms {
        let least: Vec<&(String, bool)> = form.iter().filter(|(_, required)| *required).collect();
        for way in [least, form.iter().collect()] {
            let names: Vec<&str> = way.iter().map(|(name, _)| name.as_str()).collect();
            let way = format!("`{name}({})`", names.join(", "));
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    format!("write {}", ways.join(" or "))
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".into(),
        1 => "1 argument".into(),
        _ => format!("{count} arguments"),
    }
}

/// What the engine says of a function without naming types.
fn other(said: &str) -> Error {
    if said.contains("cannot be sorted") {
        return call("call::wrong_type", "the elements are of different types and have no order")
            .help("sort by a closure: `array.sort(|a, b| …)`");
    }
    call("call::unknown_verb", plain(said))
}

/// The engine's words about a property: which it is, and of what.
pub(in crate::script) fn property(said: &str, known: &dyn Known) -> Error {
    let quoted: Vec<&str> = said.split('\'').skip(1).step_by(2).collect();
    match (said, quoted.as_slice()) {
        (said, [name, of, ..]) if said.starts_with("Unknown property") => no_field(unmarked(name), of, known),
        (said, [name, of, ..]) if said.starts_with("No writable property") => {
            let (name, word) = (unmarked(name), people_word(of));
            if known.fields(of).iter().any(|field| field == name) {
                call("language::read_only", format!("`{name}` of {word} is not changed by assigning to it"))
                    .help("use the verb that changes it: run `rhain doc` to see them")
            } else {
                no_field(name, of, known)
            }
        }
        _ => call("language::unknown_field", plain(said)),
    }
}

/// A field that a value of this type does not have.
pub(in crate::script) fn no_field(name: &str, of: &str, known: &dyn Known) -> Error {
    let word = people_word(of);
    if word == "nothing" {
        return call("language::nothing", format!("`.{name}` is read from `()`: there is nothing here"))
            .help("ask first: `if value != () { … }`, or write `value?.field`");
    }
    let error = call("language::unknown_field", format!("{word} has no field `{name}`"));
    let fields = known.fields(of);
    if let Some(here) =
        foreign_names::method(name, known).filter(|_| !fields.iter().any(|field| field == name))
    {
        return error.at(Place::Verb, format!("it is `{here}()` here"));
    }
    if fields.is_empty() {
        let called = known.has(name) || built_in(name).is_some();
        return if called { error.at(Place::Verb, format!("call it: `{name}()`")) } else { error };
    }
    let error = if known.has(name) {
        error.at(Place::Verb, format!("`{name}` is a verb: write `{name}()`"))
    } else {
        match did_you_mean(name, &fields) {
            Some(label) => error.at(Place::Verb, label),
            None => error,
        }
    };
    error.help(format!("fields of {word}: {}", fields.join(", ")))
}
