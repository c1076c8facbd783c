//! The README's blocks, and the reference page. A `console` block is run line by line and shows what was printed; an
//! `sh` block is one of the two commands that everything begins with; a `text` block is for the reader alone.
//! `RHAIN_WRITE=1 cargo test --test all readme::` writes the outputs and `docs/reference.md` anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::scripts::held;
use crate::support::program::{home, root};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// What a shell prints for a command, both streams in their order.
fn shell(line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_rhain"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec 2>&1; {line}")]).current_dir(root());
    command.env_clear().env("PATH", path).env("HOME", home()).env("NO_COLOR", "1");
    let output = command.output().expect("a shell");
    String::from_utf8(output.stdout).expect("text")
}

/// Each block's word and lines, and what stands between.
fn blocks(text: &str) -> Vec<(Option<&str>, Vec<&str>)> {
    let mut found = vec![(None, Vec::new())];
    for line in text.lines() {
        let inside = found.last().is_some_and(|(word, _)| word.is_some());
        match line.strip_prefix("```") {
            Some(word) if !inside => found.push((Some(word), Vec::new())),
            Some(_) => found.push((None, Vec::new())),
            None => found.last_mut().unwrap().1.push(line),
        }
    }
    found
}

#[test]
fn the_readme_tells_what_is_so() {
    let file = root().join("README.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut now = String::new();
    let (mut ran, mut begun) = (0, Vec::new());
    for (word, lines) in blocks(&text) {
        let Some(word) = word else {
            lines.iter().for_each(|line| writeln!(now, "{line}").unwrap());
            continue;
        };
        writeln!(now, "```{word}").unwrap();
        match word {
            "console" => {
                for line in lines.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    let printed = shell(line);
                    write!(now, "$ {line}\n{printed}").unwrap();
                    ran += 1;
                }
            }
            _ => {
                assert!(["sh", "text"].contains(&word), "no test runs a block of `{word}`");
                lines.iter().for_each(|line| writeln!(now, "{line}").unwrap());
                if word == "sh" {
                    begun.extend(lines);
                }
            }
        }
        writeln!(now, "```").unwrap();
    }
    assert!(ran >= 8, "{ran}");
    held("README.md", &now, &file);
    // The first command builds and runs a runbook, the second runs these very tests.
    assert_eq!(begun, ["cargo run -- run scripts/01-hello.rhai --cloud sim", "cargo test --workspace"]);
    let printed = shell(&begun[0].replace("cargo run --", "rhain"));
    assert!(printed.ends_with("hello: gone\n"), "{printed}");
}

#[test]
fn the_readme_points_to_files_that_are_there() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut seen = 0;
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.starts_with("http") {
            assert!(root().join(link).exists(), "{link}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn the_reference_is_current() {
    held("the manual", &rhain::cli::reference::markdown(), &root().join("docs/reference.md"));
}

#[test]
fn the_man_page_is_current() {
    held("the man page", &rhain::cli::man::page(), &root().join("docs/rhain.1"));
}
