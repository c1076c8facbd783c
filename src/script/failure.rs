//! An uncaught error or a script that does not parse, in no terms of the scripting engine: what `diag` draws.

use crate::cloud::Error;

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The source's name as it was loaded: a path, `-`, `-e`, `std/wait`.
    pub source: String,
    /// Line, from 1; 0 where it is not known.
    pub line: usize,
    /// Column in characters, from 1; 0 where it is not known.
    pub column: usize,
    /// The function this place is in, where it is in one; `closure` for a closure.
    pub function: Option<String>,
}

/// Why a script ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// A verb's error, or one that the language raises: `Kind::Script` with a diagnostic code for the latter.
    Error(Error),
    /// The text could not be parsed, or a check refused it; nothing ran.
    Parse(Error),
    /// Ctrl-C, or SIGTERM where `terminated`.
    Interrupted {
        /// Whether it was SIGTERM.
        terminated: bool,
    },
    /// `exit(code)`.
    Exit(i64),
}

/// What ended a script, and where: innermost place first, then the calls that led there.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// Where: the cause first, then each caller.
    pub sites: Vec<Site>,
}

/// The text of every source that was loaded, by name.
pub trait Sources {
    /// A source's text.
    fn text(&self, name: &str) -> Option<String>;
}

/// What a run was told to end by, as the engine carries it where no script can catch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// `exit(code)`.
    Exit(i64),
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The run holds more memory than it may.
    Memory,
    /// The run has taken as many steps as it may.
    Steps,
}
