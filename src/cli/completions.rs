//! `rhain completions`: what teaches a shell to complete. The shell asks the program itself at each Tab, so that verbs,
//! codes, clouds and a runbook's own parameters are completed as they are now.
//!
//! The shell's side calls `rhain` with `RHAIN_COMPLETE=SHELL` and, behind `--`, the words typed so far.

use super::args::{Arguments, Options, Shell};
use super::console::Streams;
use crate::config::Environment;
use crate::diag::codes;
use crate::manual;
use clap::CommandFactory as _;
use clap::builder::ValueHint;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter};
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The variable by which a shell asks.
const ASKS: &str = "RHAIN_COMPLETE";

/// What bash runs. It breaks words at `:` and `=`, which codes and options have inside: they are joined again, and what
/// bash takes for done is cut from the answers.
const BASH: &str = r#"_rhain() {
    local IFS=$'\n' word line="" cut joined=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ ${#joined[@]} -gt 0 && ( $word == [:=]* || $line == *[:=] ) ]]; then
            joined[${#joined[@]}-1]+=$word
        else
            joined+=("$word")
        fi
        line=${joined[${#joined[@]}-1]}
    done
    cut=${line%"${line##*[:=]}"}
    COMPREPLY=()
    while read -r word; do
        if [[ -n $word ]]; then COMPREPLY+=("${word#"$cut"}"); fi
    done < <(_CLAP_COMPLETE_INDEX=$((${#joined[@]} - 1)) RHAIN_COMPLETE=bash rhain -- "${joined[@]}" 2>/dev/null)
    if [[ ${COMPREPLY[0]} == *[/=:] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o bashdefault -F _rhain rhain
"#;

/// Print the script for a shell.
pub(super) fn run(options: &Options, shell: Shell) -> u8 {
    let streams = Streams::new(false, options.quiet);
    let mut script = Vec::new();
    let written = match shell {
        Shell::Bash => {
            script.extend_from_slice(BASH.as_bytes());
            Ok(())
        }
        Shell::Zsh => Zsh.write_registration(ASKS, "rhain", "rhain", "rhain", &mut script),
        Shell::Fish => Fish.write_registration(ASKS, "rhain", "rhain", "rhain", &mut script),
    };
    streams.page(String::from_utf8_lossy(&script).trim_end());
    super::run::written(options, &Environment::of_process(), &streams, u8::from(written.is_err()))
}

/// What a shell wants to know at a Tab; `None` where this is no such question.
pub(super) fn answer(words: &[OsString], environment: &Environment) -> Option<String> {
    let shell: &dyn EnvCompleter = match environment.get(ASKS)? {
        "bash" => &Bash,
        "zsh" => &Zsh,
        "fish" => &Fish,
        _ => return None,
    };
    let typed = words.iter().position(|word| word == "--").map(|at| words[at + 1..].to_vec())?;
    let mut command = grammar(environment, &typed);
    let mut answer = Vec::new();
    // Nothing to offer is an answer too: the shell goes on as it likes.
    let _ = shell.write_complete(&mut command, typed, Some(&environment.cwd), &mut answer);
    Some(String::from_utf8_lossy(&answer).into_owned())
}

fn named(name: String, help: String) -> CompletionCandidate {
    CompletionCandidate::new(name).help(Some(help.into()))
}

/// The grammar with what its words may be.
fn grammar(environment: &Environment, typed: &[OsString]) -> clap::Command {
    let scripts =
        || PathCompleter::any().filter(|path| path.is_dir() || path.extension() == Some(OsStr::new("rhai")));
    let topics = ArgValueCandidates::new(|| manual::topics().map(CompletionCandidate::new).collect());
    let explained = ArgValueCandidates::new(|| {
        codes::names().map(|code| named(code.to_string(), codes::summary(code))).collect()
    });
    let known = environment.clone();
    let clouds = ArgValueCandidates::new(move || {
        let entries = crate::config::find(&known).entries();
        entries
            .into_iter()
            .map(|cloud| named(cloud.name, format!("{}, {}", cloud.provider, cloud.found)))
            .collect()
    });
    let own = parameters(environment, typed);
    let own = ArgValueCompleter::new(move |current: &OsStr| {
        let current = current.to_string_lossy();
        own.iter()
            .filter(|(name, _)| name.starts_with(&*current))
            .map(|(name, help)| named(name.clone(), help.clone()))
            .collect::<Vec<_>>()
    });
    let runs = ArgValueCandidates::new({
        let environment = environment.clone();
        move || super::runs::candidates(&environment)
    });
    Arguments::command()
        .mut_subcommand("runs", |one| one.mut_arg("run", |one| one.add(runs.clone())))
        .mut_subcommand("resume", |one| one.mut_arg("run", |one| one.add(runs.clone())))
        .mut_subcommand("undo", |one| one.mut_arg("run", |one| one.add(runs)))
        .mut_arg("cloud", |one| one.add(clouds))
        .mut_arg("trace", |one| one.value_hint(ValueHint::FilePath))
        .mut_subcommand("doc", |one| one.mut_arg("topic", |one| one.add(topics)))
        .mut_subcommand("explain", |one| one.mut_arg("code", |one| one.add(explained)))
        .mut_subcommand("check", |one| one.mut_arg("files", |one| one.add(ArgValueCompleter::new(scripts()))))
        .mut_subcommand("audit", |one| one.mut_arg("file", |one| one.add(ArgValueCompleter::new(scripts()))))
        .mut_subcommand("bundle", |one| {
            one.mut_arg("file", |one| one.add(ArgValueCompleter::new(scripts())))
                .mut_arg("output", |one| one.value_hint(ValueHint::FilePath))
        })
        .mut_subcommand("update", |one| one.mut_arg("url", |one| one.add(pinned(environment))))
        .mut_subcommand("remove", |one| one.mut_arg("url", |one| one.add(pinned(environment))))
        .mut_subcommand("fmt", |one| one.mut_arg("files", |one| one.add(ArgValueCompleter::new(scripts()))))
        .mut_subcommand("plan", |one| {
            one.mut_arg("file", |one| one.add(ArgValueCompleter::new(scripts())))
                .mut_arg("parameters", |one| one)
        })
        .mut_subcommand("run", |one| {
            one.mut_arg("file", |one| one.add(ArgValueCompleter::new(scripts())))
                .mut_arg("parameters", |one| one.add(own))
        })
}

/// The remote modules that the nearest lock holds, by their names where they have one.
fn pinned(environment: &Environment) -> ArgValueCandidates {
    let folder = environment.cwd.clone();
    ArgValueCandidates::new(move || {
        let read = |file: std::path::PathBuf| crate::config::lock::Lock::read(&file).ok();
        let lock = crate::config::lock::nearest(&folder).and_then(read).unwrap_or_default();
        let added = lock.modules.into_iter().filter(|entry| entry.added);
        added.map(|entry| named(entry.name.clone().unwrap_or_else(|| entry.url.clone()), entry.url)).collect()
    })
}

/// The parameters of the runbook that stands on the line, as options.
fn parameters(environment: &Environment, typed: &[OsString]) -> Vec<(String, String)> {
    let file = typed
        .iter()
        .skip_while(|word| *word != "run")
        .skip(1)
        .find(|word| Path::new(word).extension() == Some(OsStr::new("rhai")));
    let Some(file) = file.and_then(|file| file.to_str()) else { return Vec::new() };
    let Ok(text) = crate::base::file::read_text(&environment.path(file)) else { return Vec::new() };
    let parameters = super::reference::parameters_of(environment, file, &text).unwrap_or_default();
    parameters.into_iter().map(|one| (format!("--{}", one.option), one.help)).collect()
}
