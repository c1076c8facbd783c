//! The program with a real terminal: questions, their answers, steps that are watched, Ctrl-C as it is typed.

use crate::support::Program;
use std::io::{Read as _, Write as _};
use std::process::Child;

/// A program that runs in a terminal of its own.
pub(super) struct Terminal {
    pty: pty_process::blocking::Pty,
    child: Child,
    /// Everything it has shown.
    seen: String,
    /// How much of it was waited for.
    from: usize,
}

impl Terminal {
    pub(super) fn start(program: &Program, words: &[&str]) -> Terminal {
        let (pty, pts) = pty_process::blocking::open().expect("a terminal");
        pty.resize(pty_process::Size::new(24, 100)).expect("a size");
        let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_rhain"))
            .args(words)
            .current_dir(program.folder())
            .env_clear()
            .env("HOME", program.folder().join("../home"))
            .env("TERM", "xterm");
        let child = command.spawn(pts).expect("the program starts");
        Terminal { pty, child, seen: String::new(), from: 0 }
    }

    /// Read until it has shown this, after what was asked for before.
    pub(super) fn shows(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen[self.from..].find(text) {
                self.from += at + text.len();
                return;
            }
            assert!(self.read(), "it ended before it showed {text:?}: {}", self.seen);
        }
    }

    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.pty.read(&mut bytes) {
            Ok(count) if count > 0 => {
                self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
                true
            }
            _ => false,
        }
    }

    pub(super) fn types(&mut self, text: &str) {
        self.pty.write_all(text.as_bytes()).expect("it can be typed");
    }

    /// Send it a signal: `TERM`.
    pub(super) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Its exit code, and everything it has shown.
    pub(super) fn end(mut self) -> (Option<i32>, String) {
        while self.read() {}
        (self.child.wait().expect("it ends").code(), self.seen)
    }
}

/// What is left of a line after what is drawn over it, and no colours.
pub(super) fn plain(seen: &str) -> String {
    let size = |count: u16| count.try_into().expect("more than none");
    let mut screen = vt100::Parser::new(size(24), size(100), 100);
    screen.process(seen.as_bytes());
    screen.screen().contents()
}

#[test]
fn a_question_is_answered_at_the_terminal() {
    let program = Program::new();
    program
        .file("book.rhai", r#"let name = ask("Your name?"); print(`hello ${name}, ${confirm("Sure?")}`);"#);
    for (typed, last) in
        [("y\n", "hello Ada, true"), ("\n", "hello Ada, false"), ("No\n", "hello Ada, false")]
    {
        let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
        terminal.shows("Your name? ");
        terminal.types("Ada\n");
        terminal.shows("Sure? [y/N] ");
        terminal.types(typed);
        let (code, seen) = terminal.end();
        assert_eq!(code, Some(0), "{seen}");
        assert!(plain(&seen).trim_end().ends_with(last), "{seen}");
    }
}

#[test]
fn an_answer_that_is_neither_is_asked_again() {
    let program = Program::new();
    program.file("book.rhai", r#"print(confirm("Sure?"));"#);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("Sure? [y/N] ");
    terminal.types("perhaps\n");
    terminal.shows("answer with y or n");
    terminal.shows("Sure? [y/N] ");
    terminal.types("YES\n");
    let (code, seen) = terminal.end();
    assert_eq!((code, plain(&seen).lines().last()), (Some(0), Some("true")), "{seen}");
}

#[test]
fn a_secret_is_typed_unseen_and_never_printed() {
    let program = Program::new();
    program.file(
        "book.rhai",
        r#"let s = ask_secret("Password?"); print(`${s} ${reveal(s).len}`); ask("Next?");"#,
    );
    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("Password? ");
    terminal.types("hunter2\n");
    // What is typed after it shows again.
    terminal.shows("Next? ");
    terminal.types("visible\n");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("•••••• 7") && seen.contains("visible"), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
}

#[test]
fn a_question_can_be_interrupted_and_the_end_of_input_is_no_answer() {
    let program = Program::new();
    program.file("book.rhai", r#"ask_secret("Password?"); print("went on");"#);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("Password? ");
    terminal.types("\u{3}");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(130), "{seen}");
    let shown = plain(&seen);
    let lines: Vec<&str> = shown.lines().take(2).collect();
    assert_eq!(
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>(),
        ["Password?", "  × the run was interrupted"],
        "{seen}"
    );
    assert!(!shown.contains("\nwent on"), "{seen}");

    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("Password? ");
    terminal.types("\u{4}");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(1), "{seen}");
    assert!(seen.contains("`ask_secret` got no answer: the input ended"), "{seen}");
}

#[test]
fn steps_on_a_terminal_end_as_lines_and_do_not_tear_what_is_printed() {
    let program = Program::new();
    program.file(
        "book.rhai",
        r#"step("Outer", || { print("first"); step("Inner", || info("said")); print("second"); }); step("No", || fail("no"));"#,
    );
    let (code, seen) = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]).end();
    assert_eq!(code, Some(1), "{seen}");
    let shown = plain(&seen);
    let lines: Vec<String> =
        shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let until = lines.iter().position(|line| line.contains("script::failed")).expect("a report");
    assert_eq!(
        lines[..until],
        ["first", "said", "✓ Inner 0.0s", "second", "✓ Outer 0.0s", "✗ No 0.0s failed"]
    );
}

/// What a header asks for is shown with all that it means, and given for this run alone.
#[test]
fn a_header_is_asked_for_on_a_terminal() {
    let program = Program::new();
    program.file("notes.txt", "water\n");
    program
        .file("book.rhai", "//! allow: read=notes.txt, clouds=sim:read\nprint(read_file(\"notes.txt\"));\n");
    let words = ["run", "--cloud", "sim", "book.rhai"];
    let mut terminal = Terminal::start(&program, &words);
    terminal.shows("book.rhai asks to");
    terminal.shows("read `notes.txt`");
    terminal.shows("read the cloud sim and change nothing on it");
    terminal.shows("allow this? [y/N]");
    terminal.types("y\n");
    terminal.shows("water");
    assert_eq!(terminal.end().0, Some(0));
    let mut terminal = Terminal::start(&program, &words);
    terminal.shows("allow this? [y/N]");
    terminal.types("\n");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(2), "{seen}");
    assert!(seen.contains("the answer was no") && !seen.contains("water"), "{seen}");
}
