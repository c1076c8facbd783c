//! What is outside the script: the environment and files. Each needs its permission.

use crate::cloud::{Error, Kind, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Role, Run, Verb};

const NAME: Key<Name> = Key::required("name", "The variable's name.").names(Role::Variable);
const DEFAULT: Key<Value> =
    Key::optional("default", "What to give where it is not set; without it, that is an error.");
const PATH: Key<Name> = Key::required("path", "From the working directory.").names(Role::ReadsFile);

/// `env`
pub static ENV: Verb = Verb {
    name: "env",
    group: Group::Language,
    summary: "An environment variable; needs --allow-env.",
    forms: &[Form::of(&[NAME.param(), DEFAULT.param()])],
    returns: Ty::Text,
    effect: Effect::ReadsEnvironment,
    examples: &[Example { code: r#"env("RHAIN_NOT_SET", "none")"#, gives: "none" }],
    errors: &[Kind::Denied, Kind::NotFound],
    see: &["param"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let name = call.get(&NAME)?.0;
            match (call.host.outside.variable(&name), call.value(DEFAULT.name)) {
                (Some(text), _) => Ok(Value::text(text)),
                (None, Some(default)) => Ok(default.clone()),
                (None, None) => Err(Error::new(Kind::NotFound, format!("the environment has no `{name}`"))
                    .coded("language::not_set")
                    .help(format!("set it, or give a default: env(\"{name}\", \"…\")"))
                    .at(call.place(NAME.name), "not set")),
            }
        })
    }),
};

/// `read_file`
pub static READ_FILE: Verb = Verb {
    name: "read_file",
    group: Group::Language,
    summary: "A file's text, or a blob where it is no text; needs --allow-read.",
    forms: &[Form::of(&[PATH.param()])],
    returns: Ty::Data,
    effect: Effect::ReadsFile,
    examples: &[],
    errors: &[Kind::Denied, Kind::NotFound],
    see: &["env"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let path = call.get(&PATH)?.0;
            match call.host.outside.read_file(&path) {
                Ok(bytes) => Ok(match String::from_utf8(bytes) {
                    Ok(text) => Value::text(text),
                    Err(error) => Value::Blob(error.into_bytes()),
                }),
                Err(why) => Err(Error::new(Kind::NotFound, format!("`{path}` cannot be read: {why}"))
                    .coded("language::file")
                    .at(call.place(PATH.name), why)),
            }
        })
    }),
};
