//! Requests whose answer was lost: how long their traces are looked for, and what is told where there are none.

use super::Aws;
use crate::cloud::{Error, Kind};
use std::time::Duration;

/// How long after each other the traces of an unanswered request are looked for.
pub(super) const LOOKS: [Duration; 3] =
    [Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(6)];

impl Aws {
    /// The error of a request that was accepted, and whose answer does not say what came of it.
    pub(super) fn untold(&self, message: &str) -> Error {
        let mut error = self.session.error(Kind::Protocol, message);
        error.maybe = true;
        error
    }

    /// The error of a request that left no trace, or not all of it; `list` is what a script looks with.
    pub(super) fn unresolved(
        &self,
        mut error: Error,
        verb: &str,
        looked: String,
        exists: &str,
        list: &str,
    ) -> Error {
        let cloud = self.session.name();
        if error.kind == Kind::Network || error.kind == Kind::Timeout {
            error.message = format!("{cloud} stopped answering while `{verb}` was being sent");
            error.kind = Kind::Network;
            error.diagnostic = Some("cloud::network");
        }
        error.maybe = true;
        error.facts.push(("looked", looked));
        error.facts.push(("exists", exists.to_string()));
        error.help = Some(format!("run `rhain --cloud {cloud} -e '{list}'` before trying again"));
        error
    }
}

/// A text as it stands in a script.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
