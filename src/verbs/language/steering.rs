//! What steers the parts of a run: many at once, again after a failure, at the end, as a named step.

use super::declared::verb;
use super::shapes::{Closure, Factor, Items, KindWord};
use crate::cloud::{Kind, Span, Ty, Value};
use crate::verbs::argument::{Name, OnError, OneOrMany, Positive};
use crate::verbs::verb::{Effect, Example, Form, Key, Run, Verb};

/// How many values the closures of verbs are given, by the verb and the number of its arguments.
pub fn closure_takes(verb: &str, arguments: usize) -> Option<usize> {
    match verb {
        "parallel" | "order_by" | "group_by" => Some(1),
        "retry" | "step" | "wait_until" | "assert_throws" => Some(0),
        "defer" | "on_failure" => Some(arguments.saturating_sub(1)),
        _ => None,
    }
}

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
        &["retry", "is_error", "boot_all"],
        Run::Language,
    )
};

const AGAIN: Key<Closure> = Key::required("f", "A closure without parameters.");
/// How many times at the most.
pub const ATTEMPTS: Key<Positive> = Key::optional("attempts", "How many times at the most; 5.");
/// The first pause.
pub const DELAY: Key<Span> = Key::optional("delay", "How long to wait before the second; 1s.");
/// What each pause is multiplied by.
pub const FACTOR: Key<Factor> = Key::optional("factor", "What each wait is multiplied by for the next; 2.0.");
/// The longest pause.
pub const MAX_DELAY: Key<Span> = Key::optional("max_delay", "The longest wait; without it there is none.");
/// The kinds of error to try again after.
pub const ON: Key<OneOrMany<KindWord>> =
    Key::optional("on", "The kinds of error to try again after; those with `.retryable` where not given.");

/// `retry`
pub static RETRY: Verb = Verb {
    effect: Effect::Waits,
    errors: &[Kind::Script],
    ..verb(
        "retry",
        "Call a closure again, after a wait, as long as it fails in a way that may pass; gives what it gives.",
        &[Form::with(
            &[AGAIN.param()],
            &[ATTEMPTS.param(), DELAY.param(), FACTOR.param(), MAX_DELAY.param(), ON.param()],
        )],
        Ty::Any,
        &[
            Example { code: r#"retry(|| server("web").status)"#, gives: "ACTIVE" },
            Example {
                code: r#"retry(|| server("web").lock().name, #{ attempts: 3, delay: "5s", on: ["conflict"] })"#,
                gives: "web",
            },
        ],
        &["wait_until", "parallel"],
        Run::Language,
    )
};

const AT_THE_END: Key<Closure> =
    Key::required("f", "A closure without parameters, or of one where `x` is given.");
/// What the closure is given.
pub const GIVEN: Key<Value> = Key::optional("x", "What the closure is given, as it is now.");

/// `defer`
pub static DEFER: Verb = verb(
    "defer",
    "Call a closure when the script ends, however it ends, last first; after Ctrl-C that may take 5m. One that fails stops no other, and the run has failed. Gives a handle: `.cancel()`.",
    &[Form::of(&[AT_THE_END.param(), GIVEN.param()])],
    Ty::Any,
    &[Example { code: r#"let s = server("web").lock(); defer(|s| s.unlock(), s); s.name"#, gives: "web" }],
    &["on_failure", "exit"],
    Run::Language,
);

/// `on_failure`
pub static ON_FAILURE: Verb = verb(
    "on_failure",
    "Call a closure when the script ends by a failure, an exit code other than 0 or an interruption; in one row with those of `defer`, last first, of which one that failed before is a failure too. Gives a handle: `.cancel()`.",
    &[Form::of(&[AT_THE_END.param(), GIVEN.param()])],
    Ty::Any,
    &[Example {
        code: r#"let s = server("web"); let undo = on_failure(|s| s.delete(), s); undo.cancel(); s.name"#,
        gives: "web",
    }],
    &["defer", "exit"],
    Run::Language,
);

/// What only one run at a time goes under.
pub const EXCLUSIVE_NAME: Key<Name> = Key::required("name", "What it goes under: any text.");
/// How long another run of that name is waited for.
pub const PATIENCE: Key<Span> =
    Key::optional("timeout", "How long to wait for the end of another run of that name; 10m.");

/// `exclusive`
pub static EXCLUSIVE: Verb = Verb {
    errors: &[Kind::Conflict, Kind::Denied],
    ..verb(
        "exclusive",
        "Go on only while no other run on this machine goes under the same name: another one waits for the end of this run, however it ends. Nothing needs unlocking.",
        &[Form::with(&[EXCLUSIVE_NAME.param()], &[PATIENCE.param()])],
        Ty::Unit,
        &[
            Example { code: r#"exclusive("deploy web"); server("web").name"#, gives: "web" },
            Example { code: r#"exclusive("nightly", #{ timeout: "0s" }); 1"#, gives: "1" },
        ],
        &["confirm", "retry"],
        Run::Language,
    )
};

/// What a step is called.
pub const TITLE: Key<Name> = Key::required("title", "What it is called.");
const WORK: Key<Closure> = Key::required("f", "A closure without parameters.");

/// `step`
pub static STEP: Verb = verb(
    "step",
    "Call a closure as a named step, told on standard error with its time and outcome; gives what it gives.",
    &[Form::of(&[TITLE.param(), WORK.param()])],
    Ty::Any,
    &[Example { code: r#"step("Find the server", || server("web")).name"#, gives: "web" }],
    &["parallel", "info"],
    Run::Language,
);
