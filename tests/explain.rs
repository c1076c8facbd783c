//! The pages of `rhain explain`: of each, the failing example ends with exactly that code, and the mended one runs.
//!
//! A script runs on a world of its own where a server `web` is ACTIVE. A page with files or commands runs in a folder of
//! its own, as the program: `RHAIN_CLOUD=sim`, and a clouds.yaml of the page finds a served cloud at its `auth_url`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::{Program, Served, World};
use rhain::check;
use rhain::diag::{codes, from_cloud, from_script};
use rhain::manual::{Code, Look, MENDED, Piece, pieces, rendered};
use rhain_sim::FaultKind;
use std::process::Command;
use unicode_width::UnicodeWidthStr as _;

/// Codes that no example can show, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("language::cancelled", "a signal ends the run: tests/cli/ending.rs sends them"),
    ("language::failed", "what has no words of its own; no script is known that reaches it"),
    ("language::variable", "the engine, as it is set up, lets any name be declared again"),
    ("language::limit", "ten thousand variables or 256 modules reach it, and no script for a page does"),
    ("journal::folder", "a user without a home"),
    ("journal::held", "two processes: tests/journal/resume.rs runs them"),
    ("journal::damaged", "a journal that is damaged by hand: tests/journal/resume.rs does"),
    ("journal::exclusive", "two runs at once: tests/journal/exclusive.rs has them"),
    ("journal::differs", "a script that changes between two lives: tests/journal/resume.rs has them"),
    ("journal::cloud", "a cloud that moves between two lives: tests/journal/resume.rs has them"),
    ("journal::changed", "a folder that goes between two lives"),
    ("journal::undecided", "a run that is killed: tests/journal/resume.rs kills it"),
    ("plan::none", "a script that fails in a plan: tests/journal/plan.rs"),
    ("plan::unforeseen", "a plan that depends on what it meets: tests/journal/plan.rs"),
    ("plan::applied", "two applies of one plan: tests/journal/plan.rs"),
    ("plan::drifted", "a cloud that changes in between: tests/journal/plan.rs"),
    ("plan::unplanned", "a script that depends on what is only there in earnest: tests/journal/plan.rs"),
    ("parse::error", "what has no words of its own; no script is known that reaches it"),
];

fn status(code: u16) -> FaultKind {
    FaultKind::Status { code, body: None, retry_after: None }
}

/// What the simulated cloud does wrong, for the pages that tell of a cloud in trouble; the mended example meets it too.
fn trouble(code: &str, world: &World) {
    match code {
        "cloud::failed" => world.fault_always(
            "server.create",
            FaultKind::ErrorState { message: "No valid host was found.".to_string() },
        ),
        "cloud::protocol" => world.fault_always(
            "server.list",
            FaultKind::Status { code: 200, body: Some("<html>".to_string()), retry_after: None },
        ),
        "cloud::rate_limited" => world.fault_always("server.show", status(429)),
        "cloud::unavailable" => world.fault_always("server.list", status(503)),
        "cloud::conflict" => {
            world.fault_always("server.create", FaultKind::SlowStart(std::time::Duration::from_secs(5)))
        }
        _ => {}
    }
}

/// How a script ends: the code of its first error.
fn ends(code: &str, script: &str) -> Result<(), String> {
    let world = if script.contains("\"web") && !script.contains("boot(\"web\"") {
        World::web()
    } else {
        World::new()
    };
    trouble(code, &world);
    // Warnings are what the pages of checks are about; nothing else stops at one.
    let found = check::check(&world.setup.session, "test.rhai", script).into_iter();
    let mut found = found.filter(|one| code.starts_with("check::") || one.severity == check::Severity::Error);
    if let Some(finding) = found.next() {
        return Err(from_cloud::code(&finding.error).to_string());
    }
    match world.run(script) {
        Ok(_) => Ok(()),
        Err(failure) => match from_script::report(&failure, &world.setup.session.texts, &[]) {
            Some(report) => Err(report.code),
            None => Ok(()),
        },
    }
}

/// What a page's commands do in a folder with its files: exit code, and what was said.
fn shell(files: &[&Code], command: &str, served: &Served) -> (Option<i32>, String) {
    let program = Program::new();
    program.file("hello.rhai", "print(\"hello\");");
    for code in files {
        let text = code.text.replace("https://lab.example/v3", &served.sim.auth_url());
        match code.file {
            Some("clouds.yaml") => program.file("../home/.config/openstack/clouds.yaml", &text),
            Some(file) => program.file(file, &text),
            None => continue,
        };
    }
    // What is started beside the shell is ended when it has done its first work.
    let command = match command.trim_end().strip_suffix('&') {
        Some(_) => {
            format!("{}\nuntil [ -s clouds.yaml ]; do kill -0 $! || exit; done; kill $!", command.trim_end())
        }
        None => command.to_string(),
    };
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_rhain")).parent().unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &command]).current_dir(program.folder()).env_clear();
    shell.env("PATH", format!("{}:/usr/bin:/bin", path.display()));
    shell.env("HOME", program.folder().join("../home"));
    if !files.iter().any(|code| code.file == Some("clouds.yaml")) {
        shell.env("RHAIN_CLOUD", "sim");
    }
    let output = shell.output().expect("a shell");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// What is wrong with a page.
fn wrong(code: &str, page: &str, served: &Served) -> Vec<String> {
    let mut told = Vec::new();
    let (mut failing, mut mended): (Vec<Code>, Vec<Code>) = (Vec::new(), Vec::new());
    let mut mends = false;
    for piece in pieces(page) {
        match piece {
            Piece::Paragraph(words) if words == MENDED => mends = true,
            Piece::Code(code) if mends => mended.push(code),
            Piece::Code(code) => failing.push(code),
            _ => {}
        }
    }
    if !mends || mended.is_empty() || !failing.iter().any(|code| code.fails) {
        return vec![format!("{code}: lacks a failing or a mended example")];
    }
    if failing.iter().chain(&mended).all(|code| code.language == "rhai" && code.file.is_none()) {
        match ends(code, &failing[0].text) {
            Err(ended) if ended == code => {}
            other => told.push(format!("{code}: fails with {other:?}\n{}", failing[0].text)),
        }
        if let Err(ended) = ends(code, &mended[0].text) {
            told.push(format!("{code}: mended is {ended}\n{}", mended[0].text));
        }
        return told;
    }
    let command =
        |blocks: &[Code]| blocks.iter().rfind(|code| code.language == "sh").map(|code| code.text.clone());
    // What is the same for both is told once.
    let after = command(&mended).expect("a command");
    let before = command(&failing).unwrap_or(after.clone());
    let files: Vec<&Code> = failing.iter().collect();
    let (exit, said) = shell(&files, &before, served);
    if exit == Some(0) || !said.lines().any(|line| line == code) {
        told.push(format!("{code}: exit {exit:?}, says\n{said}"));
    }
    let files: Vec<&Code> = failing.iter().filter(|code| !code.fails).chain(&mended).collect();
    let (exit, said) = shell(&files, &after, served);
    if exit != Some(0) {
        told.push(format!("{code}: mended is {exit:?}, says\n{said}"));
    }
    told
}

#[test]
fn examples_fail_and_are_mended_as_their_pages_say() {
    let served = Served::new();
    let tried = codes::PAGES.iter().filter(|(code, _)| !WITHOUT.iter().any(|(without, _)| without == code));
    let told: Vec<String> = tried.flat_map(|(code, page)| wrong(code, page, &served)).collect();
    assert!(told.is_empty(), "{} differ\n{}", told.len(), told.join("\n\n"));
    for (code, why) in WITHOUT {
        assert!(codes::page(code).is_some() && !why.is_empty(), "{code} has no page");
    }
}

#[test]
fn pages_are_drawn_within_80_columns() {
    for (code, page) in codes::PAGES {
        let drawn = rendered(page, Look::Plain);
        assert!(drawn.starts_with(&format!("{code}\n\n  ")) && drawn.ends_with('\n'), "{drawn}");
        for line in drawn.lines() {
            assert!(line.width() <= 80, "{code}: {line}");
        }
        assert!(!drawn.contains("```") && !drawn.contains("\n# "), "{drawn}");
    }
}
