//! `rhain lsp`: the language server.

use super::args::Options;
use super::run::refuse;
use crate::cloud::{Error, Kind};
use crate::config::Environment;

/// Until the editor leaves; the exit code.
pub fn run(options: &Options) -> u8 {
    let error = Error::new(Kind::Unsupported, "`rhain lsp` is not built yet").coded("cli::command");
    refuse(options, &Environment::of_process(), &error, 2)
}
