//! `rhain completions`: what teaches a shell to complete.

use super::args::{Options, Shell};
use super::run::refuse;
use crate::cloud::{Error, Kind};
use crate::config::Environment;

/// Print the script for a shell.
pub fn run(options: &Options, _shell: Shell) -> u8 {
    let error = Error::new(Kind::Unsupported, "`rhain completions` is not built yet").coded("cli::command");
    refuse(options, &Environment::of_process(), &error, 2)
}
