//! What can be known of a script without running it. [`walk`] reads the engine's tree; then one file a rule.
//!
//! `run` asks before it starts, so that a script with a mistake that is certain makes nothing. What a script may mean
//! to catch, inside `try`, is let through.

mod unknown_verb;
mod walk;

use crate::cloud::Error;
use crate::script::run::Program;

/// A mistake, and its place.
pub struct Finding {
    /// What is wrong.
    pub error: Error,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The mistakes of a script, in the order of its text.
pub fn check(program: &Program) -> Vec<Finding> {
    let mut found = unknown_verb::find(program);
    found.sort_by_key(|finding| (finding.line, finding.column));
    found
}
