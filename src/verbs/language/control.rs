//! What steers a script: ending it, checking it, its parameters, its arrays and maps.

use super::declared::verb;
use super::param_type::ParamType;
use super::shapes::Closure;
use crate::cloud::{Kind, Span, Ty, Value};
use crate::verbs::argument::{Map, Plain};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Param, Run, Verb};

const ANY: Key<Value> = Key::required("value", "Anything.");
const OTHER: Key<Value> = Key::required("other", "What it must equal.");
const CONDITION: Key<bool> = Key::required("condition", "What must be true.");
const MESSAGE: Key<String> = Key::required("message", "What to say.");
const MESSAGE_OPTIONAL: Key<String> = Key::optional("message", "What to say when it is not.");
const CODE: Key<i64> = Key::optional("code", "The exit code, 0 to 255; 0 where not given.");
const ARRAY: Key<Vec<Value>> = Key::required("array", "An array.");
const FIELD: Key<Value> = Key::required(
    "key",
    "A field's name, \"-created\" for the largest first; or a closure that gives the key.",
);
const MAP: Key<Map> = Key::required("map", "A map.");
const KEY: Key<String> = Key::required("key", "The key to ask for.");
const DEFAULT: Key<Value> = Key::required("default", "What to give where it is not there.");
const NAME: Key<String> = Key::required("name", "The parameter's name.");
const PARAM_DEFAULT: Key<Plain> =
    Key::optional("default", "Its default, which tells its type too; without one it is required.");
const PARAM_HELP: Key<String> = Key::optional("help", "What it is for.");
const CLOSURE: Key<Closure> = Key::required("f", "A closure that gives true or false.");
const TIMEOUT: Key<Span> = Key::optional("timeout", "How long at the most; 10m.");
const EVERY: Key<Span> = Key::optional("every", "How often to look; 2s.");

/// The keys of `param`'s options.
pub const PARAM_OPTIONS: &[Param] = &[
    Key::<ParamType>::optional(
        "type",
        "Its type; a noun's gives the object, looked up before the run begins, and file the text of the file.",
    )
    .param(),
    Key::<Value>::optional("default", "Its default; without one it is required.").param(),
    Key::<String>::optional("help", "What it is for.").param(),
    Key::<Vec<Value>>::optional("choices", "The values it may have.").param(),
    Key::<Value>::optional("min", "The least it may be.").param(),
    Key::<Value>::optional("max", "The most it may be.").param(),
    Key::<bool>::optional("secret", "Whether it never prints; given by --secret NAME=env:VARIABLE, file:PATH or exec:PROGRAM.").param(),
];

const fn helper(
    name: &'static str,
    summary: &'static str,
    forms: &'static [Form],
    returns: Ty,
    examples: &'static [Example],
) -> Verb {
    Verb { errors: &[Kind::Script], ..verb(name, summary, forms, returns, examples, &[], Run::Language) }
}

/// `fail`
pub static FAIL: Verb = helper(
    "fail",
    "End the script with an error of kind script; it can be caught.",
    &[Form::of(&[MESSAGE.param()])],
    Ty::Unit,
    &[Example {
        code: r#"try { fail("no disk") } catch (e) { return `${e.kind}: ${e.message}` }"#,
        gives: "script: no disk",
    }],
);

/// `assert`
pub static ASSERT: Verb = helper(
    "assert",
    "Fail unless a condition is true.",
    &[Form::of(&[CONDITION.param(), MESSAGE_OPTIONAL.param()])],
    Ty::Unit,
    &[Example { code: r#"assert(1 + 1 == 2, "sums work")"#, gives: "" }],
);

/// `assert_eq`
pub static ASSERT_EQ: Verb = helper(
    "assert_eq",
    "Fail unless two values are equal; says both.",
    &[Form::of(&[ANY.param(), OTHER.param()])],
    Ty::Unit,
    &[Example { code: r#"assert_eq(server("web").status, "ACTIVE")"#, gives: "" }],
);

/// `exit`
pub static EXIT: Verb =
    helper("exit", "End the script now, with an exit code.", &[Form::of(&[CODE.param()])], Ty::Unit, &[]);

/// `order_by`
pub static ORDER_BY: Verb = helper(
    "order_by",
    "A sorted copy of an array, by a field or by what a closure gives.",
    &[Form::of(&[ARRAY.param(), FIELD.param()])],
    Ty::ArrayOf(&Ty::Any),
    &[Example { code: r#"order_by(flavors(), "-ram")[0].name"#, gives: "m1.xlarge" }],
);

/// `get`
pub static GET: Verb = helper(
    "get",
    "A map's value, or a default where the key is not there.",
    &[Form::of(&[MAP.param(), KEY.param(), DEFAULT.param()])],
    Ty::Any,
    &[Example { code: r#"get(server("web").meta, "role", "none")"#, gives: "none" }],
);

/// `param`
pub static PARAM: Verb = helper(
    "param",
    "A parameter of the runbook, given as --name value, --name @file, by --params FILE or as RHAIN_PARAM_NAME.",
    &[
        Form::with(&[NAME.param()], PARAM_OPTIONS),
        Form::of(&[NAME.param(), PARAM_DEFAULT.param(), PARAM_HELP.param()]),
    ],
    Ty::Any,
    &[Example { code: r#"param("batch", 5, "How many at a time")"#, gives: "5" }],
);

/// `wait_until`
pub static WAIT_UNTIL: Verb = Verb {
    effect: Effect::Waits,
    group: Group::Waits,
    errors: &[Kind::Timeout],
    ..helper(
        "wait_until",
        "Wait until a closure gives true.",
        &[Form::with(&[CLOSURE.param()], &[TIMEOUT.param(), EVERY.param()])],
        Ty::Unit,
        &[Example {
            code: r#"wait_until(|| server("web").status == "ACTIVE", #{ timeout: "5m", every: "5s" })"#,
            gives: "",
        }],
    )
};
