//! Questions to the person at the terminal.

use super::declared::verb;
use crate::cloud::{Kind, Ty};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Form, Key, Run, Verb};

/// What is asked; written on standard error.
pub const QUESTION: Key<Name> = Key::required("question", "What to ask; written on standard error.");

const fn question(
    name: &'static str,
    summary: &'static str,
    returns: Ty,
    see: &'static [&'static str],
) -> Verb {
    const ONE: &[Form] = &[Form::of(&[QUESTION.param()])];
    Verb {
        effect: Effect::AsksPerson,
        errors: &[Kind::Failed],
        ..verb(name, summary, ONE, returns, &[], see, Run::Language)
    }
}

/// `confirm`
pub static CONFIRM: Verb = question(
    "confirm",
    "Ask a yes-or-no question at the terminal: true or false; --yes answers it, no terminal is an error.",
    Ty::Bool,
    &["ask", "param"],
);

/// `ask`
pub static ASK: Verb = question(
    "ask",
    "Ask for a line of text at the terminal; without a terminal that is an error.",
    Ty::Text,
    &["ask_secret", "confirm", "param"],
);

/// `ask_secret`
pub static ASK_SECRET: Verb = question(
    "ask_secret",
    "Ask for a secret at the terminal: what is typed does not show; without a terminal that is an error.",
    Ty::Secret,
    &["ask", "secret", "reveal"],
);
