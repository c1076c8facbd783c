//! `rhain check`: what is wrong with scripts, told without running them.

use super::args::{Format, Options};
use super::run::{draw, no_trace, read, refuse, written};
use super::script_files;
use super::setup::{Purpose, Setup, setup};
use crate::check::{self, Checked, Severity, touches};
use crate::cloud::Error;
use crate::config::Environment;
use crate::diag;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// 0 where no file has an error, 2 where one has.
pub(super) fn run(options: &Options, files: &[PathBuf]) -> u8 {
    let environment = Environment::of_process();
    let mut code = 0;
    for file in files.iter().flat_map(|file| script_files::below(file)) {
        let name = file.to_string_lossy();
        match one(options, &environment, &name) {
            Ok(clean) => code = if clean { code } else { 2 },
            Err(error) => code = refuse(options, &environment, &error, 2),
        }
    }
    code
}

/// Whether a file has no error; what it has is told.
fn one(options: &Options, environment: &Environment, name: &str) -> Result<bool, Error> {
    let text = read(name)?;
    let purpose = Purpose { script: Some((name.to_string(), BTreeMap::new())), simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let checked = check::all(&setup.session, name, &text);
    for (nth, source) in checked.iter().enumerate() {
        for finding in &source.findings {
            let report = diag::from_check::report(&checked, nth, finding);
            tell(options, &setup, &report);
        }
    }
    let count = |severity: Severity| {
        checked.iter().flat_map(|source| &source.findings).filter(|one| one.severity == severity).count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if options.format == Format::Table {
        setup.session.console.data(&summary(name, errors, warnings, &checked));
    }
    match written(options, environment, &setup.streams, 0) {
        0 => Ok(errors == 0),
        _ => Ok(false),
    }
}

/// Findings are what was asked for: for a program they are data.
fn tell(options: &Options, setup: &Setup, report: &diag::Report) {
    match options.format {
        Format::Json => {
            let json = setup.clouds.hide(&diag::to_json(report, &[]).to_string());
            setup.session.console.data(&json);
        }
        Format::Table => draw(options, &setup.environment, report, |text| setup.clouds.hide(text)),
    }
}

/// `site.rhai: 1 warning; it may create and change servers on the default cloud, nothing else`.
fn summary(name: &str, errors: usize, warnings: usize, checked: &[Checked]) -> String {
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let found = match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_string(),
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "error"),
        (errors, warnings) => format!("{} and {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("{name}: {found}; {}", touches::sentence(checked))
}
