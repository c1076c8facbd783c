//! `rhain lsp`: the language server, over standard input and output.

use super::args::Options;
use super::console::Streams;
use super::run::{STACK, no_trace, refuse};
use super::setup::{Purpose, setup_with};
use super::sharing;
use crate::config::Environment;
use crate::lsp;
use std::io::{BufReader, stdin, stdout};
use std::sync::Arc;

/// Until the editor leaves; the exit code.
pub(super) fn run(options: &Options) -> u8 {
    // Nobody's clouds are read: a text is judged by itself, whatever its reader can reach.
    let process = Environment::of_process();
    // While somebody types nothing is fetched: what was is known.
    let options = &Options { offline: true, modules: sharing::kept(&process), ..options.clone() };
    let environment = Environment { cwd: process.cwd, ..Environment::default() };
    let streams = Arc::new(Streams::new(false, true));
    let purpose = Purpose { script: None, simulate: true };
    let setup = match setup_with(options, purpose, environment.clone(), streams.clone(), streams) {
        Ok(setup) => setup,
        Err(error) => return refuse(options, &environment, &no_trace(options, &error), 2),
    };
    let session = setup.session.clone();
    // Deeply nested texts are read by functions that call themselves.
    let serving = std::thread::Builder::new()
        .name("lsp".to_string())
        .stack_size(STACK)
        .spawn(move || lsp::serve(session, BufReader::new(stdin()), &mut stdout().lock()));
    match serving.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        // An editor that reads no more has nobody to tell.
        _ => 1,
    }
}
