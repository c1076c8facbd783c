//! The engine's own functions on text, where the text holds a secret: they compute on the secret itself, and text that comes
//! out is a secret again. Without this they would count and cut its placeholder, and give a wrong result without a word.

use super::raise::{Outcome, script_error};
use crate::base::placeholder;
use rhai::packages::{Package, StandardPackage};
use rhai::{
    Array, Dynamic, Engine, GlobalRuntimeState, ImmutableString, Module, NativeCallContext, Position,
};
use std::any::TypeId;
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

/// The engine as it comes: what its functions do.
static PLAIN: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine
});

const TEXT: fn() -> TypeId = TypeId::of::<ImmutableString>;
const CHAR: fn() -> TypeId = TypeId::of::<char>;
const INT: fn() -> TypeId = TypeId::of::<i64>;
const RANGE: fn() -> TypeId = TypeId::of::<Range<i64>>;
const CLOSED: fn() -> TypeId = TypeId::of::<RangeInclusive<i64>>;

/// Types of arguments, and the functions that take them behind a text.
type Taking = (&'static [fn() -> TypeId], &'static [&'static str]);

/// The engine's functions on text, by what they take behind it.
const FUNCTIONS: &[Taking] = &[
    (
        &[],
        &[
            "len",
            "is_empty",
            "bytes",
            "to_blob",
            "trim",
            "pop",
            "to_upper",
            "make_upper",
            "to_lower",
            "make_lower",
            "to_chars",
            "chars",
            "split",
            "parse_int",
            "parse_float",
            "parse_decimal",
            "get$len",
            "get$is_empty",
            "get$bytes",
            "get$chars",
        ],
    ),
    (
        &[TEXT],
        &["remove", "contains", "starts_with", "ends_with", "index_of", "split", "split_rev", "max", "min"],
    ),
    (&[CHAR], &["remove", "contains", "starts_with", "ends_with", "index_of", "split", "split_rev"]),
    (&[INT], &["truncate", "pop", "get", "sub_string", "crop", "split", "chars", "parse_int"]),
    (&[INT, INT], &["sub_string", "crop", "chars"]),
    (&[INT, CHAR], &["set", "pad"]),
    (&[RANGE], &["sub_string", "crop", "chars"]),
    (&[CLOSED], &["sub_string", "crop", "chars"]),
    (&[TEXT, INT], &["index_of", "split", "split_rev"]),
    (&[CHAR, INT], &["index_of", "split", "split_rev"]),
    (&[TEXT, CHAR], &["replace"]),
    (&[CHAR, TEXT], &["replace"]),
    (&[CHAR, CHAR], &["replace"]),
];

/// Register them, before what else has one of these names.
pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(letters().into());
    for (name, rest) in [("-", TEXT), ("-", CHAR), ("-=", TEXT), ("-=", CHAR)] {
        engine.register_raw_fn(
            name,
            [TEXT(), rest()],
            move |context: NativeCallContext, args: &mut [&mut Dynamic]| without(name, &context, args),
        );
    }
    for (rest, names) in FUNCTIONS {
        for &name in *names {
            let types: Vec<TypeId> = std::iter::once(TEXT()).chain(rest.iter().map(|ty| ty())).collect();
            engine.register_raw_fn(
                name,
                types,
                move |context: NativeCallContext, args: &mut [&mut Dynamic]| call(name, &context, args),
            );
        }
    }
}

/// A loop over the letters of a text; over those of a secret there is none.
fn letters() -> Module {
    let mut module = Module::new();
    module.set_iter_result(TEXT(), |text| {
        let text = text.into_immutable_string().unwrap_or_default();
        if placeholder::is_in(&text) {
            return Box::new(std::iter::once(Err(cut("for", Position::NONE))));
        }
        let letters: Vec<char> = text.chars().collect();
        Box::new(letters.into_iter().map(|letter| Ok(Dynamic::from_char(letter))))
    });
    module
}

/// A text without another one, as the engine's operators on text give it.
fn without(name: &str, context: &NativeCallContext, args: &mut [&mut Dynamic]) -> Outcome<Dynamic> {
    let words = [&args[0], &args[1]].map(|arg| arg.to_string());
    let secret = words.iter().any(|text| placeholder::is_in(text));
    let [text, part] = &words;
    let rest: ImmutableString = match secret {
        false => text.replace(part.as_str(), "").into(),
        true => hidden(&opened(name, context, text)?.replace(&*opened(name, context, part)?, "")),
    };
    if name == "-" {
        return Ok(rest.into());
    }
    if let Some(mut text) = args[0].write_lock::<ImmutableString>() {
        *text = rest;
    }
    Ok(Dynamic::UNIT)
}

pub(super) fn call(name: &str, context: &NativeCallContext, args: &mut [&mut Dynamic]) -> Outcome<Dynamic> {
    let mut secret = false;
    let mut receiver = None;
    for (nth, arg) in args.iter_mut().enumerate() {
        let Some(text) = arg.read_lock::<ImmutableString>().filter(|text| placeholder::is_in(text)) else {
            continue;
        };
        let whole = opened(name, context, &text)?;
        if nth == 0 {
            receiver = Some((text.clone(), whole.clone()));
        }
        drop(text);
        secret = true;
        // What is not the receiver is this call's own copy.
        if nth > 0 || !arg.is_shared() {
            **arg = whole.into();
        } else if let Some(mut text) = arg.write_lock::<ImmutableString>() {
            *text = whole;
        }
    }
    let given = plain(name, context, args);
    if !secret {
        return given;
    }
    if let Some(mut text) = args[0].write_lock::<ImmutableString>() {
        // One that was only read stays as it is: as a key of a map it is the same one as before.
        *text = match receiver {
            Some((before, whole)) if whole == *text => before,
            _ => hidden(&text),
        };
    }
    // What the engine says of a text that does not fit quotes it.
    let given = given.map_err(|_| {
        let message = format!("`{name}` cannot take this text, which holds a secret");
        script_error("language::secret_text", message, context.call_position())
    })?;
    again(given).ok_or_else(|| cut(name, context.call_position()))
}

/// What the engine's own function gives.
fn plain(name: &str, context: &NativeCallContext, args: &mut [&mut Dynamic]) -> Outcome<Dynamic> {
    let global: GlobalRuntimeState = PLAIN.new_global_runtime_state();
    let position = context.call_position();
    let own = NativeCallContext::new_with_all_fields(&PLAIN, name, context.call_source(), &global, position);
    own.call_native_fn_raw(name, true, args)
}

/// Work on a text in place, on the secret itself where it holds one; `mixed` where a secret comes in by another argument.
pub(super) fn within<T>(
    name: &str,
    context: &NativeCallContext,
    text: &mut ImmutableString,
    mixed: bool,
    work: impl FnOnce(&mut ImmutableString) -> Outcome<T>,
) -> Outcome<T> {
    if !mixed && !placeholder::is_in(text) {
        return work(text);
    }
    let mut whole = opened(name, context, text)?;
    let done = work(&mut whole);
    *text = hidden(&whole);
    done
}

/// The text with each secret in its place.
pub(super) fn opened(name: &str, context: &NativeCallContext, text: &str) -> Outcome<ImmutableString> {
    placeholder::resolved(text).map(ImmutableString::from).ok_or_else(|| cut(name, context.call_position()))
}

/// A text that is a secret from now on; of nothing there is nothing to hide.
fn hidden(text: &str) -> ImmutableString {
    if text.is_empty() { ImmutableString::new() } else { placeholder::of(text).into() }
}

/// What came out, its texts secrets again; `None` for what cannot be hidden: a character, bytes.
fn again(given: Dynamic) -> Option<Dynamic> {
    if let Some(text) = given.read_lock::<ImmutableString>() {
        return Some(hidden(&text).into());
    }
    if given.is_array() {
        let items: Array = given.into_array().ok()?;
        return items.into_iter().map(again).collect::<Option<Array>>().map(Dynamic::from_array);
    }
    (given.is_unit() || given.is_bool() || given.is_int() || given.is_float() || given.is_decimal())
        .then_some(given)
}

fn cut(name: &str, position: Position) -> Box<rhai::EvalAltResult> {
    let message = format!("`{name}` would show a secret piece by piece; `reveal(…)` gives its text");
    script_error("language::secret_text", message, position)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that put text together, show it, do not look into it, or are another's here.
    const NOT_NEEDED: &[&str] = &[
        "+",
        "+=",
        "append",
        "print",
        "debug",
        "to_string",
        "to_debug",
        "clear",
        "get_fn_metadata_list",
        "parse_json",
    ];
    /// Registered by others, who look at secrets themselves.
    const OWN: &[&str] = &["replace", "pad", "==", "!="];

    #[test]
    fn every_function_of_the_engine_on_text_is_here_or_needs_no_guard() {
        let missing = PLAIN.collect_fn_metadata(
            None,
            |info| {
                let types = &info.metadata.param_types;
                let name = info.metadata.name.to_string();
                let text = types.first() == Some(&TEXT());
                let known = FUNCTIONS.iter().any(|(rest, names)| {
                    names.contains(&name.as_str())
                        && rest.iter().map(|ty| ty()).eq(types.iter().skip(1).copied())
                });
                let own = OWN.contains(&name.as_str()) && types[1..].contains(&TEXT());
                (text && !known && !own && !NOT_NEEDED.contains(&name.as_str()))
                    .then(|| format!("{name} {:?}", info.metadata.params_info))
            },
            true,
        );
        assert_eq!(missing, Vec::<String>::new());
    }
}
