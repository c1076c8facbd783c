//! The program as a person meets it: spawned, with its exit codes, its streams and its files.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod aws;
#[cfg(unix)]
mod ending;
mod events;
#[cfg(unix)]
mod killed;
#[cfg(unix)]
mod login;
mod migrate;
mod options;
mod parameters;
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
let last = "none at all";
if s.status != last { last = s.status; }
print(last == "ACTIVE");
"#,
    );
    let ended = program.run(&["run", "wait.rhai", "--cloud", "sim"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, "false\nfalse\nfalse\ntrue\nfalse\ntrue\n");
    let said: Vec<&str> = ended.err.lines().filter(|line| line.contains("never one of the words")).collect();
    let told = |line: u8| {
        format!(
            "warning: wait.rhai:{line}: `RUNNING` is never one of the words that this can be; did you mean `ACTIVE`?"
        )
    };
    assert_eq!(said, [told(3), told(4)], "{}", ended.err);

    let right = program.run(&["run", "wait.rhai", "--cloud", "sim", "--want", "ACTIVE"]);
    let said = right.err.lines().filter(|line| line.contains("never one of the words")).count();
    assert_eq!((right.out.as_str(), said), ("true\ntrue\ntrue\nfalse\nfalse\ntrue\n", 0), "{}", right.err);
}
