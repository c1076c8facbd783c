//! The program as a person meets it: spawned, with its exit codes, its streams and its files.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod aws;
#[cfg(unix)]
mod ending;
mod events;
#[cfg(unix)]
mod killed;
mod options;
#[cfg(unix)]
mod report;
mod secrets;
mod steps;
#[cfg(unix)]
mod terminal;
mod twelve;

use crate::support::Program;

/// A status that only the run knows is compared with a word: one that can never be is told, once, and its line.
#[test]
fn a_word_that_can_never_be_is_told_when_it_is_met() {
    let program = Program::new();
    program.file(
        "wait.rhai",
        r#"let want = param("want", "RUNNING");
let s = boot("w", #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
for n in 0..3 { print(s.status == want); }
print(want != s.status);
print(s.name == want);
try { server("none") } catch (e) { print(e.kind == want.to_lower()); }
"#,
    );
    let ended = program.run(&["run", "wait.rhai", "--cloud", "sim"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, "false\nfalse\nfalse\ntrue\nfalse\nfalse\n");
    let said: Vec<&str> = ended.err.lines().filter(|line| line.contains("never one of the words")).collect();
    let word = |line: u8, word: &str, help: &str| {
        format!("warning: wait.rhai:{line}: `{word}` is never one of the words that this can be; {help}")
    };
    assert_eq!(said.len(), 3, "{}", ended.err);
    assert_eq!(
        said[..2],
        [word(3, "RUNNING", "did you mean `ACTIVE`?"), word(4, "RUNNING", "did you mean `ACTIVE`?")]
    );
    assert!(said[2].starts_with(&word(6, "running", "it is one of: ")), "{}", said[2]);

    let right = program.run(&["run", "wait.rhai", "--cloud", "sim", "--want", "ACTIVE"]);
    let said = right.err.lines().filter(|line| line.contains("never one of the words")).count();
    assert_eq!((right.out.as_str(), said), ("true\ntrue\ntrue\nfalse\nfalse\nfalse\n", 1), "{}", right.err);
}
