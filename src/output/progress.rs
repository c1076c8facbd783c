//! What a run says while it waits, on standard error: a line that moves on a terminal, nothing where there is none.

use crate::cloud::host::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The line that moves.
#[derive(Default)]
pub struct Spinner {
    bar: Mutex<Option<ProgressBar>>,
    quiet: bool,
}

impl Spinner {
    /// One that shows itself only where `shown`; warnings are always said, unless `quiet`.
    pub fn new(quiet: bool) -> Spinner {
        Spinner { bar: Mutex::default(), quiet }
    }
}

impl Progress for Spinner {
    fn waiting(&self, line: &str) {
        if self.quiet {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(line.to_string());
    }

    fn done(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn warn(&self, text: &str) {
        use std::io::Write as _;
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let say = || {
            // Nobody may listen on standard error; that ends no run.
            let _ = writeln!(std::io::stderr(), "warning: {text}");
        };
        match &*bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

/// No line and no warnings: for a run that nobody watches.
#[derive(Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn waiting(&self, _: &str) {}
    fn done(&self) {}
    fn warn(&self, _: &str) {}
}
