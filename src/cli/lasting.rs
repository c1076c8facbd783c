//! The subcommands for runs that last: shown before, kept, gone on with, taken back.

use super::args::Options;
use super::{apply, plan, resume, runs, undo};
use clap::Subcommand;
use std::path::PathBuf;

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Lasting {
    /// List the runs that are kept, or show one
    Runs {
        /// A run, by its name or enough of it
        run: Option<String>,
        /// Only runs in this state
        #[arg(long, value_name = "STATE", value_parser = ["running", "stopped", "failed", "interrupted", "done", "undone"])]
        state: Option<String>,
        /// Only runs of a script whose name holds this
        #[arg(long, value_name = "TEXT")]
        script: Option<String>,
        /// Remove runs that ended more than 30 days ago; one that is named in any case
        #[arg(long)]
        prune: bool,
        /// With --prune: runs that ended longer ago than this
        #[arg(long, value_name = "DURATION", requires = "prune", value_parser = any_duration)]
        older: Option<crate::cloud::Span>,
    },
    /// Show what a script would change
    Plan {
        /// The script
        file: String,
        /// Keep the plan in this file, for `rhain apply`
        #[arg(long, value_name = "PLAN")]
        out: Option<PathBuf>,
        /// Its parameters: --name value
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PARAMETERS")]
        parameters: Vec<String>,
    },
    /// Do exactly what a plan holds, once
    Apply {
        /// The file of `rhain plan --out`
        plan: String,
        /// Apply a plan that is foreseen in part alone
        #[arg(long)]
        as_foreseen: bool,
    },
    /// Go on with a run that stopped or failed
    Resume {
        /// The run, by its name or enough of it
        run: String,
        /// Of a change that nobody can tell: `done`, `done:ID`, `not-done` or `error`
        #[arg(long, value_name = "PATH=ANSWER")]
        assume: Vec<String>,
        /// Take scripts that have changed since as they are now
        #[arg(long)]
        changed: bool,
        /// Go on although another run has held its `exclusive` name since
        #[arg(long)]
        anyway: bool,
    },
    /// Take back what a run did, after showing it and asking
    Undo {
        /// The run, by its name or enough of it
        run: String,
    },
}

/// Run one of them.
pub(super) fn run(options: &Options, command: &Lasting) -> u8 {
    match command {
        Lasting::Runs { run, state, script, prune, older } => {
            runs::runs(options, &runs::Asked::of(run, state, script, (*prune, *older)))
        }
        Lasting::Plan { file, out, parameters } => plan::plan(options, file, out.as_deref(), parameters),
        Lasting::Apply { plan, as_foreseen } => apply::apply(options, plan, *as_foreseen),
        Lasting::Resume { run, assume, changed, anyway } => {
            resume::resume(options, &resume::Asked { run, assume, changed: *changed, anyway: *anyway })
        }
        Lasting::Undo { run } => undo::undo(options, run),
    }
}

/// A length of time, nothing included.
fn any_duration(text: &str) -> Result<crate::cloud::Span, String> {
    let whole = text.parse::<u32>().ok().map(|seconds| crate::cloud::Span::from_secs(seconds.into()));
    let span = whole.or_else(|| crate::cloud::Span::parse(text));
    span.ok_or_else(|| "give a duration such as 0, 12h or 30d".to_string())
}
