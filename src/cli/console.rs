//! Standard output and standard error of the program: what a script writes, and how reports are drawn.

use crate::base::visible;
use crate::cloud::ports::Progress;
use crate::diag::Style;
use crate::manual::Look;
use crate::output::width::columns;
use crate::script::session::{Answer, Console, Tone};
use serde_json::json;
use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// What stops a run.
type Stop = Box<dyn Fn() + Send + Sync>;

/// The program's own streams.
pub struct Streams {
    json: bool,
    quiet: bool,
    broken: AtomicBool,
    stop: OnceLock<Stop>,
    lost: OnceLock<String>,
    progress: OnceLock<Arc<dyn Progress>>,
    /// Where talk goes in place of standard error.
    kept: Option<Arc<dyn Console>>,
}

impl Streams {
    /// Streams that write tables as JSON where `json`.
    pub fn new(json: bool, quiet: bool) -> Streams {
        let (stop, lost, progress) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Streams { json, quiet, broken: AtomicBool::new(false), stop, lost, progress, kept: None }
    }

    /// Streams whose talk another console is given.
    pub fn onto(console: Arc<dyn Console>, json: bool) -> Streams {
        Streams { kept: Some(console), ..Streams::new(json, true) }
    }

    /// The lines that move on the same terminal; what is written goes between them.
    pub fn beside(&self, progress: Arc<dyn Progress>) {
        // One run a process; a second would share its lines.
        let _ = self.progress.set(progress);
    }

    fn aside(&self, mut write: impl FnMut()) {
        match self.progress.get() {
            Some(progress) => progress.aside(&mut write),
            None => write(),
        }
    }

    /// What stops the run when the reader of standard output has gone.
    pub fn stops(&self, stop: impl Fn() + Send + Sync + 'static) {
        // One run a process; a second would share its end.
        let _ = self.stop.set(Box::new(stop));
    }

    /// Why data was lost, where it was for another reason than a reader that has gone.
    pub fn lost(&self) -> Option<&str> {
        self.lost.get().map(String::as_str)
    }

    /// Whether the reader of standard output has gone: what is written is lost, and that is no error.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }
}

impl Console for Streams {
    fn data(&self, text: &str) {
        // A name that a cloud gave must not steer the terminal; a pipe gets it as it is.
        let text = if io::stdout().is_terminal() { visible::lines(text) } else { Cow::Borrowed(text) };
        self.aside(|| self.page(&text));
    }

    fn talk(&self, text: &str) {
        self.say(Tone::Note, text);
    }

    fn say(&self, tone: Tone, text: &str) {
        if let Some(console) = &self.kept {
            return console.say(tone, text);
        }
        match (self.json, tone) {
            (true, _) => self.line(&json!({ "event": tone.as_str(), "text": text }).to_string()),
            (false, Tone::Warning) => self.line(&format!("warning: {text}")),
            (false, _) => self.line(text),
        }
    }

    fn json(&self) -> bool {
        self.json
    }

    fn ask(&self, question: &str, hidden: bool) -> Option<Answer> {
        super::terminal::ask(&visible::lines(question), hidden)
    }

    fn width(&self) -> usize {
        // A pipe has no edge to wrap at.
        if io::stdout().is_terminal() { columns() } else { 500 }
    }
}

impl Streams {
    /// A line on standard error: for programs, an event.
    pub fn line(&self, text: &str) {
        let text = if self.json { visible::json(text) } else { visible::lines(text) };
        self.aside(|| {
            // Nobody may listen on standard error; that ends no run.
            let _ = writeln!(io::stderr(), "{text}");
        });
    }

    /// What is written as it stands: a page of the manual, with the colours it has.
    pub fn page(&self, text: &str) {
        let mut out = io::stdout().lock();
        if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
            if error.kind() != io::ErrorKind::BrokenPipe {
                // A full disk has lost data: the first reason is told at the end.
                let _ = self.lost.set(error.to_string());
            }
            self.broken.store(true, Ordering::Relaxed);
            self.stop.get().iter().for_each(|stop| stop());
        }
    }

    /// A note about the run itself, left out with `-q`.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }
}

/// How pages of the manual look on standard output.
pub fn look(no_color: bool, variable: impl Fn(&str) -> Option<String>) -> Look {
    if !io::stdout().is_terminal() || plain(no_color, variable) { Look::Plain } else { Look::Styled }
}

/// How reports are drawn on standard error.
pub fn style(no_color: bool, variable: impl Fn(&str) -> Option<String>) -> Style {
    if !io::stderr().is_terminal() || plain(no_color, variable) {
        return Style { width: if io::stderr().is_terminal() { columns() } else { 80 }, ..Style::PLAIN };
    }
    Style { unicode: true, color: true, width: columns() }
}

/// Whether a person asked for no colours, or the terminal has none.
pub fn plain(no_color: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    no_color || variable("NO_COLOR").is_some_and(|value| !value.is_empty()) || dumb
}
