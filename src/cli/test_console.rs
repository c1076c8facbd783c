//! The console of a test: what is written there is kept, and shown where the test fails.

use crate::script::session::{Console, Tone};
use crate::testing::{Line, Stream};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A console that keeps what it is given.
#[derive(Default)]
pub struct Kept {
    lines: Mutex<Vec<Line>>,
    json: bool,
}

impl Kept {
    /// One that writes tables as JSON where `json`.
    pub fn new(json: bool) -> Kept {
        Kept { lines: Mutex::default(), json }
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, stream: Stream, text: &str) {
        self.locked().push(Line { stream, text: text.to_string() });
    }

    /// What it was given.
    pub fn lines(&self) -> Vec<Line> {
        self.locked().clone()
    }

    /// What it was given for standard output, each line ended.
    pub fn out(&self) -> String {
        let lines = self.locked();
        lines.iter().filter(|one| one.stream == Stream::Out).map(|one| format!("{}\n", one.text)).collect()
    }
}

impl Console for Kept {
    fn data(&self, text: &str) {
        self.add(Stream::Out, text);
    }
    fn talk(&self, text: &str) {
        self.add(Stream::Err, text);
    }
    fn say(&self, tone: Tone, text: &str) {
        match tone {
            Tone::Warning => self.talk(&format!("warning: {text}")),
            _ => self.talk(text),
        }
    }
    fn json(&self) -> bool {
        self.json
    }
    fn width(&self) -> usize {
        100
    }
}
