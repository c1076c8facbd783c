//! Regular expressions.

use super::declared::verb;
use super::text::TEXT;
use crate::cloud::{Error, Kind, Result, Ty, Value};
use crate::verbs::call::Call;
use crate::verbs::verb::{Example, Form, Key, Run, Verb};
use regex::Regex;

const PATTERN: Key<String> = Key::required("pattern", "A regular expression: \"^web-[0-9]+$\".");
const REPLACEMENT: Key<String> =
    Key::required("replacement", "What stands there instead; ${1} or ${name} is what a group matched.");

fn pattern(call: &Call) -> Result<Regex> {
    let pattern = call.get(&PATTERN)?;
    Regex::new(&pattern).map_err(|error| {
        let why = error.to_string();
        let why = why.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or(&why).to_string();
        Error::new(Kind::InvalidArgument, format!("`{pattern}` is no regular expression: {why}"))
            .coded("call::wrong_type")
            .help(
                "escape what is meant literally with a backslash; in double quotes write it twice: \"\\\\.\"",
            )
            .at(call.place(PATTERN.name), "not a regular expression")
    })
}

/// `regex_match`
pub static REGEX_MATCH: Verb = verb(
    "regex_match",
    "Whether a regular expression matches anywhere in a text.",
    &[Form::of(&[TEXT.param(), PATTERN.param()])],
    Ty::Bool,
    &[Example { code: r#"regex_match("web-12", "^web-[0-9]+$")"#, gives: "true" }],
    &["regex_find", "regex_replace", "glob"],
    Run::Once(|call| Box::pin(async move { Ok(Value::Bool(pattern(&call)?.is_match(&call.get(&TEXT)?))) })),
);

/// `regex_find`
pub static REGEX_FIND: Verb = verb(
    "regex_find",
    "The first match: its text; what its group matched, of several an array; () where nothing matches.",
    &[Form::of(&[TEXT.param(), PATTERN.param()])],
    Ty::Any,
    &[
        Example { code: r#"regex_find("db-7 and web-12", "web-[0-9]+")"#, gives: "web-12" },
        Example { code: r#"regex_find("web-12", "^(.+)-([0-9]+)$")"#, gives: r#"["web", "12"]"# },
    ],
    &["regex_match", "regex_replace"],
    Run::Once(|call| {
        Box::pin(async move {
            let text = call.get(&TEXT)?;
            let Some(found) = pattern(&call)?.captures(&text) else { return Ok(Value::Unit) };
            let group = |at: usize| found.get(at).map_or(Value::Unit, |group| Value::text(group.as_str()));
            Ok(call.made_of(match found.len() {
                1 => group(0),
                2 => group(1),
                count => Value::Array((1..count).map(group).collect()),
            }))
        })
    }),
);

/// `regex_replace`
pub static REGEX_REPLACE: Verb = verb(
    "regex_replace",
    "A text with every match of a regular expression replaced.",
    &[Form::of(&[TEXT.param(), PATTERN.param(), REPLACEMENT.param()])],
    Ty::Text,
    &[Example { code: r#"regex_replace("web-1, web-2", "web-([0-9])", "db-${1}")"#, gives: "db-1, db-2" }],
    &["regex_match", "regex_find"],
    Run::Once(|call| {
        Box::pin(async move {
            let (text, with) = (call.get(&TEXT)?, call.get(&REPLACEMENT)?);
            Ok(call.made_of(Value::text(&*pattern(&call)?.replace_all(&text, with.as_str()))))
        })
    }),
);
