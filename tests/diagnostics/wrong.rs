//! Scripts with one mistake each, in `wrong/*.txt`, run by the real engine on a simulated cloud: what is said of
//! each is written at the lines that cause it.
//!
//! A case begins with `====`, and what it is about where that does not show. Below a line of its script stand the places that the report points out there:
//! carets under the characters (`>` before a place between two), then the label. Behind the script stand
//! `~ code: message` and one line for each other thing that a reader is told. With `RHAIN_WRITE=1` all but the
//! scripts is written anew, to be read before it is kept.

use super::foreign;
use crate::support::{World, of_tests};
use rhain::diag::{Report, Style, draw, from_script};
use std::collections::{BTreeMap, BTreeSet};

/// One case of a file.
pub struct Case {
    name: String,
    pub script: String,
    written: String,
}

fn is_annotation(line: &str) -> bool {
    line.starts_with("~ ") || line.trim_start().starts_with(['^', '>'])
}

pub fn cases(text: &str) -> Vec<Case> {
    let parts = text.split("====").skip(1);
    parts
        .map(|part| {
            let (name, body) = part.split_once('\n').expect("a case has a name and a script");
            let script: Vec<&str> = body.lines().filter(|line| !is_annotation(line)).collect();
            let script = format!("{}\n", script.join("\n").trim_end());
            Case { name: name.trim().to_string(), script, written: format!("===={part}") }
        })
        .collect()
}

const SCRIPT: &str = "test.rhai";

/// What a report says, in the form of the files.
fn told(case: &Case, report: &Report) -> String {
    let mut below: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut apart = Vec::new();
    for section in &report.sections {
        for mark in &section.marks {
            let (line, column) = rhain::syntax::lexer::position(&section.text, mark.span.start);
            let label = if mark.label.is_empty() { String::new() } else { format!(" {}", mark.label) };
            if section.source != SCRIPT {
                apart.push(format!("~ {}:{line}:{column}{label}", section.source));
                continue;
            }
            let marked = section.text.get(mark.span.clone()).expect("a span is on character boundaries");
            let first = marked.lines().next().unwrap_or("").trim_end();
            let sign = if first.is_empty() { ">".to_string() } else { "^".repeat(first.chars().count()) };
            below.entry(line).or_default().push(format!("{}{sign}{label}", " ".repeat(column - 1)));
        }
    }
    let mut out = format!("==== {}", case.name).trim_end().to_string() + "\n";
    for (nth, line) in case.script.lines().enumerate() {
        out += &format!("{line}\n");
        for below in below.remove(&(nth + 1)).unwrap_or_default() {
            out += &format!("{below}\n");
        }
    }
    for below in below.into_values().flatten() {
        out += &format!("{below}\n");
    }
    out += &format!("~ {}: {}\n", if report.code.is_empty() { "-" } else { &report.code }, report.title);
    for line in apart {
        out += &format!("{line}\n");
    }
    let facts = report.facts.iter().map(|(name, text)| (name.as_str(), text));
    for (name, text) in facts.chain(report.help.iter().map(|help| ("help", help))) {
        let text = crate::support::normalised(text);
        out += &format!("~ {name}: {}\n", text.trim_end().replace('\n', "\n~   "));
    }
    out
}

/// Run the cases of a file, each in this world.
fn check(file: &str, world: &World) {
    let path = of_tests("diagnostics/wrong").join(file);
    let text = std::fs::read_to_string(&path).expect("a file of cases");
    let mut said = String::new();
    let mut scripts = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in cases(&text) {
        assert!(scripts.insert(case.script.clone()), "{file} has this twice:\n{}", case.script);
        let Err(failure) = world.run_as(SCRIPT, &case.script) else {
            wrong.push(format!("no error in:\n{}", case.script));
            said += &format!("==== NO ERROR\n{}\n", case.script);
            continue;
        };
        let report =
            from_script::report(&failure, &world.setup.session.texts, &[]).expect("an error has a report");
        let now = told(&case, &report);
        if now.trim_end() != case.written.trim_end() {
            wrong.push(format!("now:\n{now}\nwritten:\n{}", case.written));
        }
        said += &format!("{}\n\n", now.trim_end());
        for style in [Style::PLAIN, Style { unicode: true, color: false, width: 80 }] {
            let drawn = draw(&report, style, &[]);
            // A cloud's own words are shown as they are.
            let answers: Vec<&str> = report.facts.iter().map(|(_, text)| text.as_str()).collect();
            foreign(&format!("{}{}", case.script, answers.join("\n")), &drawn.replace(&report.code, ""));
            for line in drawn.lines() {
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(width <= 80, "{width} columns:\n{drawn}");
            }
        }
    }
    #[allow(clippy::disallowed_methods)] // the test runner's own environment
    if std::env::var_os("RHAIN_WRITE").is_some() {
        std::fs::write(&path, said.trim_end().to_string() + "\n").expect("the file is written");
        return;
    }
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

#[test]
fn python() {
    check("python.txt", &World::new());
}

#[test]
fn javascript() {
    check("javascript.txt", &World::new());
}

#[test]
fn shell() {
    check("shell.txt", &World::new());
}

#[test]
fn hcl() {
    check("hcl.txt", &World::new());
}

#[test]
fn elsewhere() {
    check("elsewhere.txt", &World::new());
}

#[test]
fn syntax() {
    check("syntax.txt", &World::new());
}

#[test]
fn calls() {
    check("calls.txt", &World::new());
}

#[test]
fn running() {
    check("running.txt", &World::web());
}

#[test]
fn cloud() {
    check("cloud.txt", &World::web());
}

#[test]
fn imports() {
    check("imports.txt", &World::web());
}
