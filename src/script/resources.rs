//! Resources as scripts hold them: objects, whose fields are read and never written.
//!
//! The engine gives a field's value back to it after a method was called on it (`s.meta.keys()`): that is no change. Another
//! value is one (`s.tags.push("x")`, `s.meta.role = "web"`), and so is every assignment: an error that names the verb.

use super::map_keys::{MARK, unmarked};
use super::raise::{Outcome, no_field, raise};
use super::session::Session;
use super::types::printing;
use super::value::{to_dynamic, to_value};
use crate::cloud::error::Place;
use crate::cloud::{Error, Handle, Kind, Noun};
use crate::verbs::verb;
use rhai::{Dynamic, Engine, FuncRegistration, ImmutableString, NativeCallContext, Position};
use std::sync::Arc;

/// Register the type.
pub fn register(engine: &mut Engine, session: &Arc<Session>) {
    engine.register_type_with_name::<Handle>("Resource");
    printing::<Handle>(engine);
    let shared = session.clone();
    engine.register_indexer_get(
        move |context: NativeCallContext, object: &mut Handle, name: ImmutableString| -> Outcome<Dynamic> {
            read(&shared, object, &name, context.call_position())
        },
    );
    // Every value of the engine has a built-in `tag`; a resource's typing error `.tag` for `.tags` must not give 0.
    let shared = session.clone();
    engine.register_get("tag", move |context: NativeCallContext, object: &mut Handle| -> Outcome<Dynamic> {
        read(&shared, object, "tag", context.call_position())
    });
    // Pure, so that a constant's field can be given back too.
    let written = |context: NativeCallContext,
                   object: &mut Handle,
                   name: ImmutableString,
                   value: Dynamic|
     -> Outcome<()> { write(object, &name, &value, context.call_position()) };
    FuncRegistration::new("index$set$").with_purity(true).register_into_engine(engine, written);
    let tagged = |context: NativeCallContext, object: &mut Handle, value: Dynamic| -> Outcome<()> {
        write(object, "tag", &value, context.call_position())
    };
    FuncRegistration::new_setter("tag").with_purity(true).register_into_engine(engine, tagged);
    engine.register_fn("==", |a: &mut Handle, b: Handle| *a == b);
    engine.register_fn("!=", |a: &mut Handle, b: Handle| *a != b);
    engine.register_fn("==", |a: &mut Handle, b: ImmutableString| a.is_called(&b));
    engine.register_fn("!=", |a: &mut Handle, b: ImmutableString| !a.is_called(&b));
    engine.register_fn("==", |a: ImmutableString, b: Handle| b.is_called(&a));
    engine.register_fn("!=", |a: ImmutableString, b: Handle| !b.is_called(&a));
}

fn read(session: &Session, object: &Handle, name: &str, position: Position) -> Outcome<Dynamic> {
    match session.field(object, name) {
        Ok(Some(value)) => {
            object.show(name, &value);
            Ok(to_dynamic(value))
        }
        Ok(None) => Err(raise(unknown(object, name), position)),
        Err(error) => Err(raise(error, position)),
    }
}

fn unknown(object: &Handle, name: &str) -> Error {
    let known: Vec<&str> = object.noun().fields().iter().map(|field| field.name).collect();
    no_field(object.noun().with_article(), name, &known)
}

/// A value that is given to a field: the one that it showed, after a method was called on that; any other is an error.
fn write(object: &Handle, name: &str, value: &Dynamic, position: Position) -> Outcome<()> {
    let field = unmarked(name);
    let assigned = name.ends_with(MARK);
    if !assigned && object.has_shown(field, &to_value(value)) {
        return Ok(());
    }
    Err(raise(read_only(object.noun(), field).unwrap_or_else(|| unknown(object, field)), position))
}

/// The error for changing a field of a noun; `None` for a field that it does not have.
pub fn read_only(noun: Noun, field: &str) -> Option<Error> {
    let declared = noun.fields().iter().find(|declared| declared.name == field)?;
    let verbs = declared.changed_by.iter().filter(|name| verb(name).is_some());
    let verbs: Vec<String> = verbs.map(|name| format!("`{name}`")).collect();
    let help = match verbs.is_empty() {
        true => "keep a changed copy in a variable: `let x = …`".to_string(),
        false => format!("call {}", verbs.join(" or ")),
    };
    let words = format!("`{field}` of {} is not changed by assigning to it", noun.with_article());
    let error = Error::new(Kind::Script, words).coded("language::read_only");
    Some(error.help(help).at(Place::Verb, "a field shows what the cloud has"))
}
