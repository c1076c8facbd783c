//! `confirm`, `ask` and `ask_secret`: a question on standard error, the answer from the terminal.

use super::natives;
use crate::cloud::{Error, Kind, Secret, Value};
use crate::script::raise::{Outcome, raise_at};
use crate::script::session::Session;
use crate::script::value::to_dynamic;
use crate::verbs::Call;
use crate::verbs::language::asking::{ASK, ASK_SECRET, CONFIRM, QUESTION};
use rhai::{Dynamic, Engine, NativeCallContext};
use std::sync::Arc;

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::register(engine, session, &CONFIRM, confirm);
    natives::register(engine, session, &ASK, |session, context, call, _| {
        let answer = asked(session, call, "", false).map_err(|error| raise_at(error, context))?;
        Ok(to_dynamic(Value::text(answer)))
    });
    natives::register(engine, session, &ASK_SECRET, |session, context, call, _| {
        let answer = asked(session, call, "", true).map_err(|error| raise_at(error, context))?;
        session.host.clouds.mask_secret(&answer);
        Ok(Dynamic::from(Secret::new(answer)))
    });
}

fn confirm(
    session: &Session,
    context: &NativeCallContext,
    call: &Call,
    _: &mut [&mut Dynamic],
) -> Outcome<Dynamic> {
    if session.policy.yes {
        return Ok(true.into());
    }
    loop {
        let answer = asked(session, call, " [y/N]", false).map_err(|error| raise_at(error, context))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true.into()),
            "" | "n" | "no" => return Ok(false.into()),
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
