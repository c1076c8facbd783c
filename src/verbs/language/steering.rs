//! What steers the parts of a run: many at once, again after a failure, at the end, as a named step.

use super::declared::verb;
use crate::cloud::{Kind, Ty};
use crate::verbs::argument::{Closure, Items, OnError, Positive};
use crate::verbs::verb::{Example, Form, Key, Run, Verb};

const ITEMS: Key<Items> = Key::required("items", "An array or a range.");
const FOR_EACH: Key<Closure> =
    Key::required("f", "A closure `|item| …`, a function of this script, or Fn(\"verb\").");
/// The most closures that run at a time.
pub const LIMIT: Key<Positive> =
    Key::optional("limit", "The most that run at a time; --concurrency where not given, and never above it.");
/// What becomes of failures.
pub const ON_ERROR: Key<OnError> = Key::optional(
    "on_error",
    "\"stop\": no new ones start, running ones finish, the first error is raised; \"collect\": failed members come back as error values.",
);

/// `parallel`
pub static PARALLEL: Verb = Verb {
    errors: &[Kind::Script],
    ..verb(
        "parallel",
        "Call a closure for each item, many at a time; results in order. Each item has its own copy of what the closure captured.",
        &[Form::with(&[ITEMS.param(), FOR_EACH.param()], &[LIMIT.param(), ON_ERROR.param()])],
        Ty::ArrayOf(&Ty::Any),
        &[
            Example { code: "parallel(1..=3, |n| n * n)", gives: "[1, 4, 9]" },
            Example {
                code: r#"parallel(["web", "nosuch"], |name| server(name).status, #{ limit: 2, on_error: "collect" }).map(|s| is_error(s))"#,
                gives: "[false, true]",
            },
        ],
        &["is_error", "boot_all"],
        Run::Language,
    )
};
