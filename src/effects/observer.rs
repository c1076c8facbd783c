//! Who watches the calls of a run: the ledger, the masks, a journal. One list of them hangs in the [`stage`](super::stage), and
//! nothing else is told of calls.

use super::path::Path;
use crate::cloud::{Error, Handle, Result, Time, Value};
use crate::verbs::{Call, Effect};

/// Where a call stands in a source, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The source's name.
    pub source: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.line, self.column)
    }
}

/// A call that is about to leave the script's own world.
pub struct Begin<'a> {
    /// Its place in the run.
    pub path: &'a Path,
    /// When, by the run's clock.
    pub at: Time,
    /// Where it stands, where an observer asked for it.
    pub site: Option<&'a Site>,
    /// The verb, the form, and the typed arguments.
    pub call: &'a Call,
    /// What it does.
    pub effect: Effect,
    /// The resources that it acts on, resolved.
    pub objects: &'a [Handle],
    /// The token or marker of its request; of what makes or changes something in a cloud.
    pub token: Option<&'a str>,
    /// How many members its array has, each of which has a beginning and an end of its own.
    pub members: Option<usize>,
}

/// How a call ended.
pub struct End<'a> {
    /// When, by the run's clock.
    pub at: Time,
    /// Its result, or its error, which knows the path of the call that raised it.
    pub result: std::result::Result<&'a Value, &'a Error>,
    /// The resources that the script holds and whose state it may have changed, as they are now; also when it failed.
    pub objects: &'a [Handle],
    /// Whether an observer answered it, so that nothing ran.
    pub answered: bool,
    /// The cloud's ids of its requests.
    pub requests: &'a [String],
}

/// A call that opens branches: `parallel`, `retry`, `wait_until`.
pub struct Fork<'a> {
    /// Its place in the run; its branches are items of it.
    pub path: &'a Path,
    /// The verb.
    pub verb: &'static str,
    /// Where it stands, where an observer asked for it.
    pub site: Option<&'a Site>,
    /// How many branches there are, where that is known before.
    pub items: Option<usize>,
}

/// How such a call ended.
pub struct Join<'a> {
    /// The branches that ran, by their index, in order.
    pub ran: &'a [usize],
    /// Why it ended with an error, where it did; `None` also for an end that no script can catch.
    pub error: Option<&'a Error>,
    /// Whether it was ended from outside: by an interruption, or `exit`.
    pub cut: bool,
}

/// How a call is to go about its branches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// The branches to run, in the order in which they start; all of them in their own where not told.
    pub order: Option<Vec<usize>>,
    /// How many of the first of them an earlier life has worked in: those run first, whatever the limit.
    pub recorded: usize,
    /// Whether it is on record how this ended: then exactly those branches run, whatever fails in them, and nothing is waited for
    /// between them.
    pub ended: Option<std::result::Result<(), Error>>,
}

/// A call that is on record by its place alone: `defer`, `on_failure`, `.cancel()`.
pub struct Note<'a> {
    /// Its place in the run; a handler's branch is the one of the call that registered it.
    pub path: &'a Path,
    /// The verb.
    pub verb: &'static str,
    /// Where it stands, where an observer asked for it.
    pub site: Option<&'a Site>,
    /// Of `cancel`: the call that registered the handler.
    pub of: Option<&'a Path>,
}

/// A change that an earlier life of the run began, and whose end nobody saw.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// The life that began it.
    pub life: u32,
    /// How long before this life it began.
    pub since: std::time::Duration,
    /// How long after the beginning of this life what was sent may still arrive.
    pub arriving: std::time::Duration,
    /// The ids of the resources that it acted on, by the name of the parameter that named them.
    pub named: Vec<(String, String)>,
    /// Of a deletion: the resource as it was, should it be gone.
    pub was: Option<Value>,
}

/// One who watches.
///
/// Of a call on an array, both the whole call and each of its members begin and end; [`Begin::members`] and the path tell them
/// apart. Members run at the same time, on several threads.
pub trait Observer: Send + Sync {
    /// Whether it looks at places in sources and at what helpers of the language give; where nobody does, neither is made.
    fn records(&self) -> bool {
        false
    }
    /// What an earlier life of the run began at this place, and whose end nobody saw.
    fn resumed(&self, _: &Path) -> Option<Resumed> {
        None
    }
    /// A call that an earlier life began cannot be settled by looking: what it gives all the same, where that is decided.
    fn unsettled(&self, _: &Begin<'_>, _: &Error) -> Option<Result<Value>> {
        None
    }
    /// So many more branches run at the same time from now on, or fewer.
    fn branches(&self, _: isize) {}
    /// What the call gives, in place of running it; the observer brings the objects up to date itself.
    fn answer(&self, _: &Begin<'_>) -> Option<Result<Value>> {
        None
    }
    /// A call begins: nothing of it has left yet.
    ///
    /// # Errors
    /// Why it must not: it is not run, and ends with this error.
    fn began(&self, _: &Begin<'_>) -> Result<()> {
        Ok(())
    }
    /// It ended.
    fn ended(&self, _: &Begin<'_>, _: &End<'_>) {}
    /// What a read that is known by what it asks gives, in place of doing it.
    fn answer_lookup(&self, _: &Path) -> Option<Result<Value>> {
        None
    }
    /// Such a read ended; a login and a discovery give `()`.
    fn looked_up(&self, _: &Path, _: std::result::Result<&Value, &Error>) {}
    /// A call is about to open branches; gives how it is to go about them, where the observer has a say.
    fn forked(&self, _: &Fork<'_>) -> Option<Course> {
        None
    }
    /// Its branches ended.
    fn joined(&self, _: &Fork<'_>, _: &Join<'_>) {}
    /// The run is interrupted; the signal's name.
    fn interrupted(&self, _: &str) {}
    /// A handler was registered or cancelled.
    fn noted(&self, _: &Note<'_>) {}
}
