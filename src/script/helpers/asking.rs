//! `confirm`, `ask` and `ask_secret`: a question on standard error, the answer from the terminal.

use super::natives;
use crate::cloud::{Error, Kind, Secret, Value};
use crate::script::session::Session;
use crate::verbs::Call;
use crate::verbs::language::asking::{ASK, ASK_SECRET, CONFIRM, QUESTION};
use rhai::Engine;
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::outside(engine, session, &CONFIRM, confirm);
    natives::outside(engine, session, &ASK, |session, call| asked(session, call, "", false).map(Value::text));
    // The stage hides it from then on.
    natives::outside(engine, session, &ASK_SECRET, |session, call| {
        asked(session, call, "", true).map(|answer| Value::Secret(Secret::new(answer)))
    });
}

fn confirm(session: &Session, call: &Call) -> Result<Value, Error> {
    if session.policy.yes {
        return Ok(Value::Bool(true));
    }
    loop {
        let answer = asked(session, call, " [y/N]", false)?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(Value::Bool(true)),
            "" | "n" | "no" => return Ok(Value::Bool(false)),
            _ => session.console.talk("answer with y or n"),
        }
    }
}

/// The line that is given as an answer.
fn asked(session: &Session, call: &Call, choice: &str, hidden: bool) -> Result<String, Error> {
    let verb = call.verb.name;
    let help = match verb {
        "confirm" => "run it at a terminal, or answer every `confirm` with --yes",
        _ => "run it at a terminal, or make it a parameter: `param(name)`",
    };
    let none = |message: String| Error::new(Kind::Failed, message).coded("language::no_terminal").help(help);
    let question = format!("{}{choice} ", call.get(&QUESTION)?.0.trim_end());
    let progress = &session.host.progress;
    progress.done();
    progress.hold(true);
    let answer = session.console.ask(&question, hidden);
    let answer = answer.map(|answer| session.bridge.wait(session.host.unless_cancelled(answer)));
    progress.hold(false);
    let Some(answer) = answer else {
        return Err(none(format!("`{verb}` has nobody to ask: there is no terminal")));
    };
    answer?.ok_or_else(|| none(format!("`{verb}` got no answer: the input ended")))
}
