//! `rhain audit`: what a script and all that it imports can touch, with where each comes from.

use super::args::{Format, Options};
use super::run::{draw, no_trace, read, refuse, written};
use super::setup::{Purpose, Setup, setup};
use crate::audit::{self, Touch};
use crate::check::{self, Checked, Severity};
use crate::cloud::Error;
use crate::config::Environment;
use crate::diag;
use serde_json::json;
use std::collections::BTreeMap;

/// How many files and lines of one thing a person is shown.
const PLACES: usize = 6;

/// 0 where it was listed, 2 where the script would not run.
pub(super) fn run(options: &Options, file: &str) -> u8 {
    let environment = Environment::of_process();
    match list(options, &environment, file) {
        Ok(code) => code,
        Err(error) => refuse(options, &environment, &error, 2),
    }
}

fn list(options: &Options, environment: &Environment, file: &str) -> Result<u8, Error> {
    let text = read(file)?;
    let purpose = Purpose { script: Some((file.to_string(), BTreeMap::new())), simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let checked = check::all(&setup.session, file, &text);
    if refused(options, &setup, &checked) {
        return Ok(2);
    }
    let touches = audit::audit(&checked);
    let console = &setup.session.console;
    match options.format {
        Format::Json => {
            let sources: Vec<&str> = checked.iter().map(|source| source.name.as_str()).collect();
            let touches: Vec<_> = touches.iter().map(touch_json).collect();
            let all = json!({ "file": file, "sources": sources, "touches": touches });
            console.data(&all.to_string());
        }
        Format::Table => console.data(&setup.clouds.hide(&lines(file, &checked, &touches).join("\n"))),
    }
    Ok(written(options, environment, &setup.streams, 0))
}

/// Whether the script would not run; why is told. What is wrong with a text leaves open what it touches.
pub(super) fn refused(options: &Options, setup: &Setup, checked: &[Checked]) -> bool {
    let mut refused = false;
    for (nth, source) in checked.iter().enumerate() {
        for finding in source.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            refused = true;
            let report = diag::from_check::report(checked, nth, finding);
            draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
        }
    }
    refused
}

/// A touch as programs read it.
pub(super) fn touch_json(touch: &Touch) -> serde_json::Value {
    let places = touch.places.iter().map(|(file, line)| json!({ "file": file, "line": line }));
    json!({ "does": touch.does.word(), "what": touch.what, "places": places.collect::<Vec<_>>() })
}

fn lines(file: &str, checked: &[Checked], touches: &[Touch]) -> Vec<String> {
    let modules = match checked.len() - 1 {
        0 => String::new(),
        1 => format!(" and the module {}", checked[1].name),
        count => format!(" and {count} modules"),
    };
    if touches.is_empty() {
        return vec![format!("{file}{modules} can touch nothing outside of itself")];
    }
    let mut lines = vec![format!("{file}{modules} can touch, and nothing else:")];
    let wide = |width: fn(&Touch) -> usize| touches.iter().map(width).max().unwrap_or(0);
    let first = wide(|touch| touch.does.words().chars().count());
    let second = wide(|touch| touch.what.chars().count()).min(40);
    for touch in touches {
        let (does, what) = (touch.does.words(), &touch.what);
        lines.push(format!("  {does:first$}  {what:second$}  {}", places(touch)));
    }
    lines
}

/// `site.rhai:3,7 lib/web.rhai:2`
pub(super) fn places(touch: &Touch) -> String {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (file, line) in &touch.places {
        by_file.entry(file).or_default().push(*line);
    }
    let told = by_file.iter().map(|(file, lines)| {
        let shown: Vec<String> = lines.iter().take(PLACES).map(usize::to_string).collect();
        let more = if lines.len() > PLACES { ",…" } else { "" };
        format!("{file}:{}{more}", shown.join(","))
    });
    told.collect::<Vec<_>>().join(" ")
}
