//! `rhain fmt`: scripts laid out anew. A file takes the place of the old one only once it is written whole, and only
//! where every word is as it was.

use super::args::{Format, Options};
use super::new_file::NewFile;
use super::outside::why_not_written;
use super::run::{draw, no_trace, read, refuse};
use super::script_files;
use super::setup::{Purpose, Setup, setup};
use crate::check::{self, Checked};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag;
use crate::format;
use crate::script::modules::bundle::is_bundle;
use std::path::{Path, PathBuf};

/// How many lines of a file are shown that would change.
const SHOWN: usize = 20;

/// What became of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Same,
    Changed,
    Refused,
}

/// 0 where all is done, 1 where `check` found one that would change, 2 where one is no script.
pub(super) fn run(options: &Options, check: bool, files: &[PathBuf]) -> u8 {
    let environment = Environment::of_process();
    let purpose = Purpose { script: None, simulate: true };
    let setup = match setup(options, purpose, environment.clone()) {
        Ok(setup) => setup,
        Err(error) => return refuse(options, &environment, &no_trace(options, &error), 2),
    };
    let here = [PathBuf::from(".")];
    let files = if files.is_empty() { &here[..] } else { files };
    let mut outcomes = Vec::new();
    for file in files.iter().flat_map(|file| script_files::below(file)) {
        let outcome = one(options, &setup, check, &file).unwrap_or_else(|error| {
            refuse(options, &environment, &error, 2);
            Outcome::Refused
        });
        outcomes.push(outcome);
    }
    let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let (changed, refused) = (count(Outcome::Changed), count(Outcome::Refused));
    let scripts = |count: usize| if count == 1 { "1 script".to_string() } else { format!("{count} scripts") };
    let of = scripts(outcomes.len());
    match (check, changed) {
        (_, 0) if refused > 0 => {}
        (true, 0) => setup.streams.note(&format!("{of}: as `rhain fmt` lays it out")),
        (true, changed) => setup.streams.note(&format!("{changed} of {of} would change: run `rhain fmt`")),
        (false, changed) => setup.streams.note(&format!("{changed} of {of} changed")),
    }
    match (refused, changed) {
        (1.., _) => 2,
        (0, 1..) if check => 1,
        _ => 0,
    }
}

fn one(options: &Options, setup: &Setup, check: bool, file: &Path) -> Result<Outcome, Error> {
    let name = file.to_string_lossy();
    let text = read(&name)?;
    if is_bundle(&text) {
        return Err(Error::new(Kind::Script, format!("`{name}` is a bundle, and stays as it is"))
            .coded("import::bundle")
            .help("lay out its script and its modules, then make it anew: `rhain bundle FILE -o OUT`"));
    }
    let mut findings = check::syntax(&setup.session, &name, &text);
    findings.extend(check::unpinned(&setup.session, &name, &text));
    if !findings.is_empty() {
        let source = Checked { name: name.to_string(), text: text.as_str().into(), findings, imported: None };
        let checked = [source];
        for finding in &checked[0].findings {
            let report = diag::from_check::report(&checked, 0, finding);
            draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
        }
        return Ok(Outcome::Refused);
    }
    let formatted = format::format(&text).ok_or_else(|| {
        Error::new(Kind::Script, format!("`{name}` cannot be laid out without changing it"))
            .coded("cli::file")
            .help("this is a mistake in rhain: please report it, with the script; the file is as it was")
    })?;
    let stdin = name == "-";
    if stdin && !check {
        setup.streams.page(formatted.trim_end_matches('\n'));
    }
    if formatted == text {
        tell(options, setup, &name, false);
        return Ok(Outcome::Same);
    }
    if check {
        show(options, setup, &name, &text, &formatted);
    } else if !stdin {
        write(file, &formatted).map_err(|error| {
            Error::new(Kind::Script, format!("`{name}` cannot be written: {}", why_not_written(&error)))
                .coded("cli::output")
                .help("the file is as it was: make it and its folder writable, then run `rhain fmt` again")
        })?;
        if options.format == Format::Table {
            setup.session.console.data(&name);
        }
    }
    tell(options, setup, &name, true);
    Ok(Outcome::Changed)
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut new = NewFile::create(file, None)?;
    match new.write(text.as_bytes()) {
        Ok(()) => new.keep(),
        Err(why) => {
            new.abandon();
            Err(why)
        }
    }
}

/// For a program, a line for each script.
fn tell(options: &Options, setup: &Setup, name: &str, changed: bool) {
    if options.format == Format::Json {
        let line = serde_json::json!({ "file": name, "changed": changed });
        setup.session.console.data(&line.to_string());
    }
}

/// The lines that would change, old and new.
fn show(options: &Options, setup: &Setup, name: &str, old: &str, new: &str) {
    let Some((span, instead)) = format::difference(old, new) else { return };
    if options.format == Format::Json {
        return;
    }
    let line = old.get(..span.start).map_or(0, |before| before.matches('\n').count()) + 1;
    let mut lines = vec![format!("{name}:{line}")];
    for (mark, text) in [("-", old.get(span).unwrap_or("")), ("+", instead)] {
        let all: Vec<&str> = text.lines().collect();
        lines.extend(all.iter().take(SHOWN).map(|line| format!("{mark} {}", line.trim_end_matches('\r'))));
        if all.len() > SHOWN {
            lines.push(format!("{mark} … {} more lines", all.len() - SHOWN));
        }
    }
    setup.session.console.data(&setup.clouds.hide(&lines.join("\n")));
}
