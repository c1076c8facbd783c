//! The engine's own functions that could end the process: those that make something of any size, and those that take a
//! function by its name. Here they ask first, and what is wrong is an error that a script can catch.

use crate::base::placeholder;
use crate::cloud::{Error, Kind};
use crate::script::raise::{Outcome, raise_at};
use crate::script::secret_text;
use crate::script::session::Session;
use rhai::{Array, Blob, Dynamic, Engine, FnPtr, ImmutableString, NativeCallContext};
use std::sync::Arc;

/// What `Fn` is called here: the engine's own raises what no script can catch.
pub(in crate::script) const FUNCTION: &str = "Fn$";

/// Functions of arrays that take a closure, which may be a function's name as text.
const OF_ARRAYS: [&str; 11] =
    ["map", "filter", "some", "all", "none", "reduce", "reduce_rev", "retain", "drain", "find", "find_map"];

/// Those of them that give nothing; what they are declared to give is what `check` knows of them.
const IN_PLACE: [&str; 3] = ["for_each", "sort", "dedup"];

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    engine.register_fn(FUNCTION, |context: NativeCallContext, name: Dynamic| named(&context, &name));
    for name in OF_ARRAYS {
        engine.register_fn(
            name,
            move |context: NativeCallContext, array: &mut Array, function: ImmutableString| {
                by_name(&context, name, array, function)
            },
        );
    }
    for name in IN_PLACE {
        engine.register_fn(
            name,
            move |context: NativeCallContext, array: &mut Array, function: ImmutableString| -> Outcome<()> {
                by_name(&context, name, array, function).map(|_| ())
            },
        );
    }
    padding(engine, session);
    let shared = session.clone();
    engine.register_fn("blob", move |context: NativeCallContext, length: i64| -> Outcome<Blob> {
        filled(&shared, &context, length, 0)
    });
    let shared = session.clone();
    engine.register_fn("blob", move |context: NativeCallContext, length: i64, byte: i64| -> Outcome<Blob> {
        filled(&shared, &context, length, byte)
    });
    let shared = session.clone();
    engine.register_fn(
        "replace",
        move |context: NativeCallContext,
              text: &mut ImmutableString,
              from: ImmutableString,
              to: ImmutableString|
              -> Outcome<()> {
            let from = secret_text::opened("replace", &context, &from)?;
            secret_text::within("replace", &context, text, false, |text| {
                let count = text.matches(from.as_str()).count();
                room(&shared, &context, text.len().saturating_add(count.saturating_mul(to.len())))?;
                *text = text.replace(from.as_str(), to.as_str()).into();
                Ok(())
            })
        },
    );
}

/// A function of arrays, its closure given as a function's name.
fn by_name(
    context: &NativeCallContext,
    name: &str,
    array: &mut Array,
    function: ImmutableString,
) -> Outcome<Dynamic> {
    let function = named(context, &Dynamic::from(function))?;
    let mut array_given = Dynamic::from_array(std::mem::take(array));
    let given = context.call_fn_raw(name, true, true, &mut [&mut array_given, &mut Dynamic::from(function)]);
    if let Some(back) = array_given.try_cast::<Array>() {
        *array = back;
    }
    given
}

/// A function by its name, or one that is given as it is.
fn named(context: &NativeCallContext, name: &Dynamic) -> Outcome<FnPtr> {
    if let Some(function) = name.read_lock::<FnPtr>() {
        return Ok(function.clone());
    }
    let error = |message: String| {
        let error = Error::new(Kind::Script, message).coded("language::type");
        raise_at(error.help("give a closure, `|x| …`, or a function's name: `Fn(\"stop\")`"), context)
    };
    let Ok(text) = name.as_immutable_string_ref() else {
        return Err(error("a function's name is text".to_string()));
    };
    FnPtr::new(text.as_str()).map_err(|_| error(format!("`{}` is no name of a function", text.as_str())))
}

fn room(session: &Session, context: &NativeCallContext, bytes: usize) -> Outcome<()> {
    session.budget.room(bytes).map_err(|error| raise_at(error, context))
}

fn filled(session: &Session, context: &NativeCallContext, length: i64, byte: i64) -> Outcome<Blob> {
    let length = usize::try_from(length).unwrap_or(0);
    room(session, context, length)?;
    Ok(vec![byte.to_le_bytes()[0]; length])
}

/// `pad` of text, arrays and blobs.
fn padding(engine: &mut Engine, session: &Arc<Session>) {
    let shared = session.clone();
    engine.register_fn(
        "pad",
        move |context: NativeCallContext,
              text: &mut ImmutableString,
              length: i64,
              with: char|
              -> Outcome<()> {
            secret_text::within("pad", &context, text, false, |text| {
                padded(&shared, &context, text, length, &with.to_string())
            })
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "pad",
        move |context: NativeCallContext,
              text: &mut ImmutableString,
              length: i64,
              with: ImmutableString|
              -> Outcome<()> {
            let mixed = placeholder::is_in(&with);
            let with = secret_text::opened("pad", &context, &with)?;
            secret_text::within("pad", &context, text, mixed, |text| {
                padded(&shared, &context, text, length, &with)
            })
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "pad",
        move |context: NativeCallContext, array: &mut Array, length: i64, with: Dynamic| -> Outcome<()> {
            let length = usize::try_from(length).unwrap_or(0);
            if length > array.len() {
                let more = length - array.len();
                room(&shared, &context, more.saturating_mul(size_of::<Dynamic>()))?;
                array.resize(length, with);
            }
            Ok(())
        },
    );
    let shared = session.clone();
    engine.register_fn(
        "pad",
        move |context: NativeCallContext, blob: &mut Blob, length: i64, byte: i64| -> Outcome<()> {
            let length = usize::try_from(length).unwrap_or(0);
            if length > blob.len() {
                room(&shared, &context, length - blob.len())?;
                blob.resize(length, byte.to_le_bytes()[0]);
            }
            Ok(())
        },
    );
}

/// A text with as many whole copies of `with` behind it as make it long enough.
fn padded(
    session: &Session,
    context: &NativeCallContext,
    text: &mut ImmutableString,
    length: i64,
    with: &str,
) -> Outcome<()> {
    let length = usize::try_from(length).unwrap_or(0);
    let (has, each) = (text.chars().count(), with.chars().count());
    if length <= has {
        return Ok(());
    }
    if each == 0 {
        let error = Error::new(Kind::Script, "`pad` has nothing to fill with: the text is empty");
        return Err(raise_at(error.coded("language::type").help("give a character to fill with"), context));
    }
    let copies = (length - has).div_ceil(each);
    room(session, context, copies.saturating_mul(with.len()))?;
    let mut longer = String::with_capacity(text.len() + copies * with.len());
    longer.push_str(text);
    (0..copies).for_each(|_| longer.push_str(with));
    *text = longer.into();
    Ok(())
}
