//! What a script says: data to standard output, talk to standard error.

use crate::cloud::{Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ANY: Key<Value> = Key::required("value", "Anything; a resource prints as its name, a secret masked.");
const LINE: Key<Value> = Key::optional(
    "value",
    "Anything; a resource prints as its name, a secret masked. Without it, an empty line.",
);
const ROWS: Key<Vec<Value>> = Key::required("array", "An array of resources, maps or plain values.");
const COLUMNS: Key<Vec<String>> = Key::optional("columns", "Which fields, in this order.");

const ONE: &[Form] = &[Form::of(&[ANY.param()])];
const ONE_OR_NONE: &[Form] = &[Form::of(&[LINE.param()])];

const fn says(
    name: &'static str,
    summary: &'static str,
    forms: &'static [Form],
    examples: &'static [Example],
) -> Verb {
    Verb {
        name,
        group: Group::Language,
        summary,
        forms,
        returns: Ty::Unit,
        effect: Effect::Nothing,
        examples,
        errors: &[],
        see: &["table", "to_json"],
        run: Run::Language,
    }
}

/// `print`
pub static PRINT: Verb = says(
    "print",
    "Print a line to standard output.",
    ONE_OR_NONE,
    &[Example { code: r#"print("hello")"#, gives: "" }],
);
/// `debug`
pub static DEBUG: Verb =
    says("debug", "Say a value as the language writes it, on standard error.", ONE_OR_NONE, &[]);
/// `info`
pub static INFO: Verb = says("info", "Say a line on standard error.", ONE, &[]);
/// `warn`
pub static WARN: Verb = says("warn", "Say a warning on standard error.", ONE, &[]);

/// `table`
pub static TABLE: Verb = Verb {
    name: "table",
    group: Group::Language,
    summary: "Print an array as a table; as JSON with --format json.",
    forms: &[Form::of(&[ROWS.param(), COLUMNS.param()])],
    returns: Ty::Unit,
    effect: Effect::Nothing,
    examples: &[Example { code: r#"table(servers(), ["name", "status"])"#, gives: "" }],
    errors: &[],
    see: &["print", "order_by", "to_json"],
    run: Run::Language,
};
