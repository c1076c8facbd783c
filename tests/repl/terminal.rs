//! The program on a terminal of its own: keys go in, what a person would see on the screen comes out.

use crate::support::Program;
use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// So tall that nothing is lost off its top.
const ROWS: u16 = 400;
const COLUMNS: u16 = 100;
/// A machine that is busy with other tests gets there; one where it takes this long does not work.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// How a character looks.
#[derive(Debug, PartialEq)]
pub struct Look {
    pub colour: vt100::Color,
    pub dim: bool,
    pub bold: bool,
    pub underlined: bool,
}

/// A terminal, and the program on it.
pub struct Terminal<'a> {
    /// Its folder must be there for as long as it runs.
    _program: &'a Program,
    pty: Arc<Pty>,
    screen: Arc<Mutex<vt100::Parser>>,
    child: Child,
}

impl<'a> Terminal<'a> {
    /// Start the program, without colours.
    pub fn start(program: &'a Program, words: &[&str]) -> Terminal<'a> {
        Terminal::with(program, words, &[("TERM", "xterm-256color"), ("NO_COLOR", "1")])
    }

    /// The same with these variables on top.
    pub fn with(program: &'a Program, words: &[&str], variables: &[(&str, &str)]) -> Terminal<'a> {
        let (pty, pts) = pty_process::blocking::open().expect("a terminal");
        pty.resize(Size::new(ROWS, COLUMNS)).expect("a size");
        let command = Command::new(env!("CARGO_BIN_EXE_rhain")).args(words).current_dir(program.folder());
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let command = command.env_clear().envs(program.environment()).envs(variables);
        let child = command.spawn(pts).expect("the program starts");
        let pty = Arc::new(pty);
        let screen = Arc::new(Mutex::new(parser()));
        let (from, to) = (pty.clone(), screen.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Its end is an error here: the other side is closed.
            while let Ok(count @ 1..) = (&*from).read(&mut bytes) {
                to.lock().expect("a screen").process(&bytes[..count]);
            }
        });
        Terminal { _program: program, pty, screen, child }
    }

    /// Press keys.
    pub fn send(&self, keys: &str) {
        self.send_bytes(keys.as_bytes());
    }

    /// Press keys that are no text.
    pub fn send_bytes(&self, keys: &[u8]) {
        (&*self.pty).write_all(keys).expect("the terminal takes keys");
    }

    /// What is on the screen, without the empty rows below.
    pub fn screen(&self) -> String {
        self.screen.lock().expect("a screen").screen().contents().trim_end().to_string()
    }

    /// How the first character of a text looks, where it stands last on the screen.
    pub fn look_of(&self, text: &str) -> Look {
        let rows = self.rows();
        let row = rows.iter().rposition(|row| row.contains(text)).expect("a row with this text");
        let at = rows[row].rfind(text).expect("a row with this text");
        let column = rows[row][..at].chars().count();
        let place = |count| u16::try_from(count).expect("a place on the screen");
        let screen = self.screen.lock().expect("a screen");
        let cell = screen.screen().cell(place(row), place(column)).expect("a cell");
        Look { colour: cell.fgcolor(), dim: cell.dim(), bold: cell.bold(), underlined: cell.underline() }
    }

    /// The rows of the screen.
    pub fn rows(&self) -> Vec<String> {
        self.screen().lines().map(|line| line.trim_end().to_string()).collect()
    }

    /// Wait until the screen is as wanted.
    #[track_caller]
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return;
            }
            assert!(start.elapsed() < TIME_LIMIT, "waited for {what}; the screen is\n{screen}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Wait until this text is on the screen.
    #[track_caller]
    pub fn see(&self, text: &str) {
        self.until(&format!("`{text}`"), |screen| screen.contains(text));
    }

    /// Press keys again and again, for where some are dropped, until this text is on the screen.
    #[track_caller]
    pub fn insist(&self, first: &str, keys: &str, text: &str) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(start.elapsed() < TIME_LIMIT, "waited for `{text}`; the screen is\n{}", self.screen());
            self.send(first);
            std::thread::sleep(Duration::from_millis(50));
            self.send(keys);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Take the line away by Ctrl-C, and wait for the next prompt.
    #[track_caller]
    pub fn cancel(&self) {
        let before = self.prompt_shown();
        self.send("\x03");
        self.until("a new prompt", |screen| Terminal::prompts(screen) > before);
    }

    /// How many prompts there are.
    fn prompts(screen: &str) -> usize {
        screen.lines().filter(|line| is_prompt(line)).count()
    }

    /// Wait for the first prompt.
    #[track_caller]
    pub fn ready(&self) {
        self.prompt_shown();
    }

    /// Wait until the last row is a prompt, and give how many there are then: a line is drawn again after a list of
    /// completions and after each key, and what is counted in between is one too few.
    #[track_caller]
    fn prompt_shown(&self) -> usize {
        let shown = std::cell::Cell::new(0);
        self.until("a prompt in the last row", |screen| {
            shown.set(Terminal::prompts(screen));
            screen.lines().last().is_some_and(is_prompt)
        });
        shown.get()
    }

    /// Type an input, wait for the next prompt; gives the rows in between.
    #[track_caller]
    pub fn ask(&self, input: &str) -> Vec<String> {
        let before = self.prompt_shown();
        self.send(&format!("{}\r", input.replace('\n', "\r")));
        self.until(&format!("the prompt after `{input}`"), |screen| {
            Terminal::prompts(screen) > before && screen.lines().last().is_some_and(is_bare)
        });
        let rows = self.rows();
        let prompts: Vec<usize> = (0..rows.len()).filter(|row| is_prompt(&rows[*row])).collect();
        rows[prompts[before - 1] + 1..rows.len() - 1].to_vec()
    }

    /// The same, as one text.
    #[track_caller]
    pub fn told(&self, input: &str) -> String {
        self.ask(input).join("\n")
    }

    /// Send the program a signal: `INT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill").arg(format!("-{name}")).arg(id).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Wait for its end; gives the exit code.
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }

    /// Leave by Ctrl-D; gives the exit code.
    pub fn leave(self) -> Option<i32> {
        self.send("\x04");
        self.end()
    }
}

fn parser() -> vt100::Parser {
    let size = |count| std::num::NonZero::new(count).expect("more than none");
    vt100::Parser::new(size(ROWS), size(COLUMNS), 0)
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        // It has ended already where a test waited for that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a row begins with a prompt: a cloud's name, perhaps what is unlike other sessions, and `>`.
fn is_prompt(row: &str) -> bool {
    let name = row.split("> ").next().unwrap_or("").trim_end_matches('>');
    let (name, marks) = name.split_once(" (").unwrap_or((name, ""));
    row.contains('>')
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == ':' || c == '-')
        && (marks.is_empty() || marks.ends_with(')'))
}

/// Whether a row is a prompt and nothing else.
fn is_bare(row: &str) -> bool {
    is_prompt(row) && row.trim_end().ends_with('>')
}
