//! The command line: the only room that joins provider and script, and starts the simulated cloud.
//!
//! [`args`] is its grammar; [`setup`] puts a session together; then one file a subcommand. Exit codes: 0 done, 1 the
//! script failed, 2 it was not run, 3 no cloud or no way in, 130 interrupted, 143 terminated.

mod apply;
pub mod args;
mod audit;
mod check;
pub mod clocks;
mod cloud_place;
pub mod clouds;
mod completions;
pub mod console;
mod explain;
mod file_stream;
mod fmt;
mod given;
mod given_again;
pub mod help;
mod journal;
pub mod lasting;
mod listing;
mod login_files;
mod lsp;
pub mod man;
mod new;
mod new_file;
mod outside;
mod permissions;
mod plan;
mod plan_shown;
pub mod reference;
mod repl;
mod resume;
mod resume_ready;
mod run;
mod runs;
mod runs_shown;
mod script_files;
pub mod setup;
mod sharing;
mod signals;
pub mod sim;
pub mod simulated;
mod site;
mod terminal;
mod test;
mod test_case;
mod test_chaos;
pub mod test_console;
mod test_outside;
mod test_simulation;
pub mod test_world;
mod undo;
pub mod watch;

use crate::cloud::{Error, Kind};
use crate::config::Environment;
use args::Command;
use console::Streams;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// The script that stands where a command is wanted.
fn script_without_run(error: &clap::Error) -> Option<String> {
    use clap::error::{ContextKind, ContextValue};
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word))
            if word.ends_with(".rhai") || std::path::Path::new(word).is_file() =>
        {
            Some(word.clone())
        }
        _ => None,
    }
}

/// Whether a command line that is not understood asks for what programs read.
fn wants_json(words: &[OsString]) -> bool {
    let pairs = words.iter().zip(words.iter().skip(1));
    words.iter().any(|word| word == "--format=json")
        || pairs.into_iter().any(|(option, value)| option == "--format" && value == "json")
}

/// A mistake in the command line, before its options are known.
fn refuse(json: bool, mistake: &Error, code: u8) -> u8 {
    let format = if json { args::Format::Json } else { args::Format::Table };
    let options = args::Options { format, ..args::Options::default() };
    run::refuse(&options, &Environment::of_process(), mistake, code)
}

/// What clap says of a command line: what is wrong, and below it what to write.
fn usage(said: &str) -> Error {
    let mut parts = said.trim().splitn(2, "\n\n");
    let what = parts.next().unwrap_or_default().trim_start_matches("error: ");
    let error = Error::new(Kind::InvalidArgument, what.split_whitespace().collect::<Vec<_>>().join(" "));
    match parts.next() {
        Some(rest) => error.help(rest.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => error,
    }
}

/// The whole program.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let json = wants_json(&words);
    if let Some(answer) = completions::answer(&words, &Environment::of_process()) {
        Streams::new(false, true).page(&answer);
        return ExitCode::SUCCESS;
    }
    let arguments = match args::parse(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            if let Some(script) = script_without_run(&error) {
                let mistake = Error::new(Kind::InvalidArgument, format!("`{script}` is no command"))
                    .coded("cli::command")
                    .help(format!("write rhain run {script}"));
                return ExitCode::from(refuse(json, &mistake, code));
            }
            if json && error.use_stderr() {
                return ExitCode::from(refuse(json, &usage(&error.to_string()), code));
            }
            // Help goes to standard output, a mistake to standard error; clap knows which this is.
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            return ExitCode::from(match printed {
                Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
                    refuse(json, &run::incomplete(&why.to_string()), 1)
                }
                _ => code,
            });
        }
    };
    let options = &arguments.options;
    ExitCode::from(match (&arguments.expression, &arguments.command) {
        (Some(text), _) => run::expression(options, text),
        (None, Some(Command::Run { file, parameters })) => run::file(&arguments, file, parameters),
        (None, Some(Command::Doc { topic, html: Some(html) })) => site::run(options, topic, html),
        (None, Some(Command::Doc { topic, html: None })) => reference::doc(options, topic),
        (None, Some(Command::Explain { code })) => explain::explain(options, code.as_deref()),
        (None, Some(Command::Clouds { check })) => listing::clouds(options, *check),
        (None, Some(Command::Sim { port, clouds_yaml, aws_config, cloudstack_config, faults })) => {
            let files = sim::Files {
                clouds_yaml: clouds_yaml.clone(),
                aws_config: aws_config.clone(),
                cloudstack_config: cloudstack_config.clone(),
            };
            sim::run(options, *port, files, faults.as_deref())
        }
        (None, Some(Command::Test(test))) => test::run(options, test),
        (None, Some(Command::Lasting(command))) => lasting::run(options, command),
        (None, Some(Command::Check { files })) => check::run(options, files),
        (None, Some(Command::Sharing(command))) => sharing::run(options, command),
        (None, Some(Command::Man)) => {
            let streams = Streams::new(false, true);
            streams.page(man::page().trim_end());
            run::written(options, &Environment::of_process(), &streams, 0)
        }
        (None, Some(Command::Lsp)) => lsp::run(options),
        (None, Some(Command::Completions { shell })) => completions::run(options, *shell),
        (None, Some(Command::Repl) | None) => repl::run(options),
    })
}
