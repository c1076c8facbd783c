//! `exclusive`: one run of a name at a time. It leaves no record: every life of a run takes its names anew.

use super::natives;
use crate::cloud::{Error, Kind};
use crate::effects::store::{Holder, Locks, Taken};
use crate::script::raise::{Outcome, raise_at};
use crate::script::session::Session;
use crate::verbs::Call;
use crate::verbs::language::steering::{EXCLUSIVE, EXCLUSIVE_NAME, PATIENCE};
use rhai::{Dynamic, Engine, NativeCallContext};
use std::sync::Arc;
use std::time::Duration;

/// How long another run is waited for where the script does not say.
const LONG: Duration = Duration::from_secs(600);
/// How often it is looked whether it has ended.
const OFTEN: Duration = Duration::from_millis(250);

pub(super) fn register(engine: &mut Engine, session: &Arc<Session>) {
    natives::register(engine, session, &EXCLUSIVE, |session, context, call, _| {
        exclusive(session, context, call)
    });
}

fn exclusive(session: &Session, context: &NativeCallContext, call: &Call) -> Outcome<Dynamic> {
    let taken = match session.locks.get() {
        Some(locks) => taken(session, locks, call),
        None => Ok(()),
    };
    taken.map(|()| Dynamic::UNIT).map_err(|error| raise_at(error, context))
}

/// Take the name, once no other process has it.
fn taken(session: &Session, locks: &Locks, call: &Call) -> Result<(), Error> {
    let name = call.get(&EXCLUSIVE_NAME)?.0;
    let longest = call.find(&PATIENCE)?.map_or(LONG, crate::cloud::Span::to_std);
    let clock = &session.host.clock;
    let start = clock.elapsed();
    let mut told = false;
    loop {
        let taken = locks.take(&name, |_| !locks.is_going_on()).map_err(|why| {
            Error::new(Kind::Denied, format!("the name `{name}` cannot be held: {why}"))
                .coded("journal::unwritten")
                .help("name another folder with --journal")
        });
        let by = match taken? {
            Taken::Own(before) => {
                session.host.progress.done();
                return before.map_or(Ok(()), |before| after(session, locks, &name, &before));
            }
            Taken::By(by) => by,
        };
        let left = longest.saturating_sub(clock.elapsed().saturating_sub(start));
        if left.is_zero() {
            session.host.progress.done();
            return Err(Error::new(Kind::Conflict, format!("{} holds `{name}`", by.words()))
                .coded("journal::exclusive")
                .help("wait for its end, or end it"));
        }
        if !told {
            session.host.progress.waiting(&format!("{} to end: it holds `{name}`", by.words()));
            told = true;
        }
        session.pause(OFTEN.min(left))?;
    }
}

/// Another run had the name before: one that died is named, and a run that goes on does not after another one.
fn after(session: &Session, locks: &Locks, name: &str, before: &Holder) -> Result<(), Error> {
    if locks.is_going_on() {
        let message = format!("{} has held `{name}` since this run stopped", before.words());
        return Err(Error::new(Kind::Conflict, message)
            .coded("journal::exclusive")
            .help("look at what it changed, then go on by `rhain resume` with --anyway"));
    }
    if locks.is_unended(&before.run) {
        let run = &before.run;
        session.host.progress.warn(&format!(
            "the run {run} held `{name}` and stopped in the middle: `rhain resume {run}` goes on with it, `rhain runs {run}` shows it"
        ));
    }
    Ok(())
}
