//! `rhain check`: what is wrong with scripts, told without running them.

use super::args::Options;
use super::run::refuse;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use std::path::PathBuf;

/// 0 where no file has an error, 2 where one has.
pub fn run(options: &Options, _files: &[PathBuf]) -> u8 {
    let error = Error::new(Kind::Unsupported, "`rhain check` is not built yet").coded("cli::command");
    refuse(options, &Environment::of_process(), &error, 2)
}
