//! Arrays: joining, picking, adding up, grouping. Their bodies are in `script/helpers/arrays`: elements may be closures
//! and objects, which stay what they are.

use super::declared::verb;
use crate::cloud::{Kind, Ty, Value};
use crate::verbs::argument::Positive;
use crate::verbs::verb::{Example, Form, Group, Key, Run, Verb};

const ARRAY: Key<Vec<Value>> = Key::required("array", "An array.");
const OTHER: Key<Vec<Value>> = Key::required("other", "Another array.");
const SEPARATOR: Key<String> = Key::required("separator", "What stands between two elements.");
const COUNT: Key<Positive> =
    Key::required("count", "How many elements each part has; the last may have fewer.");
const KEY: Key<Value> = Key::required("key", "A field's name, or a closure that gives the key.");

const fn helper(
    name: &'static str,
    summary: &'static str,
    forms: &'static [Form],
    returns: Ty,
    examples: &'static [Example],
    see: &'static [&'static str],
) -> Verb {
    Verb {
        group: Group::Arrays,
        errors: &[Kind::Script],
        ..verb(name, summary, forms, returns, examples, see, Run::Language)
    }
}

/// `join`
pub static JOIN: Verb = helper(
    "join",
    "The elements as one text, with a separator between them.",
    &[Form::of(&[ARRAY.param(), SEPARATOR.param()])],
    Ty::Text,
    &[
        Example { code: r#"join(["a", "b", 3], ", ")"#, gives: "a, b, 3" },
        Example { code: r#"servers().map(|s| s.name).join(" ")"#, gives: "web" },
    ],
    &[],
);

/// `first`
pub static FIRST: Verb = helper(
    "first",
    "The first element; () of an empty array.",
    &[Form::of(&[ARRAY.param()])],
    Ty::Any,
    &[Example { code: "first([1, 2])", gives: "1" }, Example { code: "[].first() == ()", gives: "true" }],
    &["last"],
);

/// `last`
pub static LAST: Verb = helper(
    "last",
    "The last element; () of an empty array.",
    &[Form::of(&[ARRAY.param()])],
    Ty::Any,
    &[Example { code: "last([1, 2])", gives: "2" }],
    &["first"],
);

/// `sum`
pub static SUM: Verb = helper(
    "sum",
    "The sum of numbers or durations; 0 of an empty array.",
    &[Form::of(&[ARRAY.param()])],
    Ty::Any,
    &[
        Example { code: "sum([1, 2, 3])", gives: "6" },
        Example { code: r#"volumes().map(|v| v.size).sum()"#, gives: "0" },
    ],
    &["group_by"],
);

/// `unique`
pub static UNIQUE: Verb = helper(
    "unique",
    "A copy in which no element comes twice; the first of each stays.",
    &[Form::of(&[ARRAY.param()])],
    Ty::ArrayOf(&Ty::Any),
    &[Example { code: r#"unique(["b", "a", "b"])"#, gives: r#"["b", "a"]"# }],
    &["group_by"],
);

/// `group_by`
pub static GROUP_BY: Verb = helper(
    "group_by",
    "A map from each key, as text, to the elements that have it.",
    &[Form::of(&[ARRAY.param(), KEY.param()])],
    Ty::MapOf(&Ty::ArrayOf(&Ty::Any)),
    &[
        Example { code: r#"group_by(servers(), "status").keys()"#, gives: r#"["ACTIVE"]"# },
        Example { code: r#"[1, 2, 3].group_by(|n| n % 2)["1"]"#, gives: "[1, 3]" },
    ],
    &["order_by"],
);

/// `chunks`
pub static CHUNKS: Verb = helper(
    "chunks",
    "The array in parts of so many elements.",
    &[Form::of(&[ARRAY.param(), COUNT.param()])],
    Ty::ArrayOf(&Ty::ArrayOf(&Ty::Any)),
    &[Example { code: "chunks([1, 2, 3], 2)", gives: "[[1, 2], [3]]" }],
    &["parallel"],
);

/// `zip`
pub static ZIP: Verb = helper(
    "zip",
    "Pairs of the elements of two arrays, as long as both have one.",
    &[Form::of(&[ARRAY.param(), OTHER.param()])],
    Ty::ArrayOf(&Ty::ArrayOf(&Ty::Any)),
    &[Example { code: r#"zip([1, 2], ["a", "b"])"#, gives: r#"[[1, "a"], [2, "b"]]"# }],
    &[],
);
