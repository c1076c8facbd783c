//! A change that an earlier life began and whose end nobody saw: what a person decided of it, and where looking cannot tell.

use super::record::call_text;
use super::replay::Replay;
use crate::cloud::{Error, Kind, Noun, Result, Value};
use crate::effects::ledger::raw_request;
use crate::effects::observer::Begin;
use crate::verbs::Effect;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a person says of a change that nothing can settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumed {
    /// It was done; it made what has this id.
    Done(Option<String>),
    /// It was not done.
    NotDone,
    /// The script gets an error.
    Error,
}

/// Why a run cannot go on: the path of a call, and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stop {
    /// A call is not the recorded one.
    Differs { path: String, recorded: String, now: String },
    /// The script does not come to a call that is on record.
    Unreached { path: String, recorded: String },
    /// Nobody knows whether a change took effect.
    Undecided { path: String, what: String },
    /// A record cannot be read.
    Unreadable { path: String, why: String },
}

/// Reads a resource: cloud, noun, id.
pub type Fetch = Box<dyn Fn(&str, Noun, &str) -> Result<Value> + Send + Sync>;

/// What the program around a run that goes on does for it.
pub struct Around {
    /// Ends the run at once, without what it put off until its end.
    pub stop: Box<dyn Fn() + Send + Sync>,
    /// Ends the run as an interruption does.
    pub interrupt: Box<dyn Fn() + Send + Sync>,
    /// Reads a resource: cloud, noun, id.
    pub fetch: Fetch,
    /// How long after now what was sent may still arrive.
    pub arriving: Duration,
    /// What is decided, by the path of the change.
    pub assumed: BTreeMap<String, Assumed>,
}

impl Replay {
    /// A change that was begun and has no end.
    pub(super) fn open(&self, begin: &Begin<'_>) -> Option<Result<Value>> {
        if let Err(stopped) = self.wait() {
            return Some(Err(stopped));
        }
        let path = begin.path.to_string();
        match self.around.assumed.get(&path) {
            Some(Assumed::NotDone) => None,
            Some(Assumed::Error) => {
                let message = format!("`{}` was not answered before the run stopped", begin.call.verb.name);
                let mut error = Error::new(Kind::Network, message).coded("cloud::network");
                error.maybe = true;
                Some(Err(error))
            }
            Some(Assumed::Done(id)) => Some(self.assumed_done(begin, id.as_deref())),
            None if must_be_asked(begin) => Some(Err(self.undecided(begin))),
            None => None,
        }
    }

    pub(super) fn undecided(&self, begin: &Begin<'_>) -> Error {
        let what = call_text(begin.call.verb.name, Some(&self.journal.arguments(begin.call)));
        self.end(Stop::Undecided { path: begin.path.to_string(), what })
    }

    fn assumed_done(&self, begin: &Begin<'_>, id: Option<&str>) -> Result<Value> {
        match (id, begin.call.subject()) {
            (Some(id), _) => {
                let noun = made_noun(begin)
                    .ok_or_else(|| Error::new(Kind::InvalidArgument, "it makes nothing that has an id"))?;
                (self.around.fetch)(begin.call.cloud()?.name(), noun, id)
            }
            (None, Some(Value::Resource(object))) => Ok(Value::Resource(object.clone())),
            (None, _) => Ok(Value::Unit),
        }
    }
}

/// The noun of what a call makes.
fn made_noun(begin: &Begin<'_>) -> Option<Noun> {
    match begin.call.verb.returns {
        crate::cloud::Ty::Of(noun) => Some(noun),
        _ => None,
    }
}

/// Whether looking cannot tell what became of a change.
fn must_be_asked(begin: &Begin<'_>) -> bool {
    let again = begin.call.may_come_again();
    let unseen =
        matches!(begin.effect, Effect::RunsProgram | Effect::TellsHost) || raw_request(begin.call).is_some();
    unseen && !again
}
