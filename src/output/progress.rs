//! What a run says while it works, on standard error: steps with their time and outcome, and what is waited for.
//!
//! On a terminal the lines move; where there is none each step is a line when it ends, and a wait says nothing; with
//! `--format json` a step is an event when it begins and one when it ends.

use crate::base::visible;
use crate::cloud::StackEvent;
use crate::cloud::ports::{Progress, Step, StepEnd};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Lines that move, on a terminal.
    Live,
    /// A line for each step when it ends.
    Lines,
    /// Events as JSON.
    Events,
}

/// The lines that tell of a run.
pub struct Spinner {
    manner: Manner,
    /// Whether what is waited for is left out: each request is told anyway.
    verbose: bool,
    lines: MultiProgress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Option<ProgressBar>,
    open: Vec<Open>,
    /// Which stack the last event was of.
    stack: String,
}

/// A step that runs.
struct Open {
    step: Step,
    /// Whether a step inside it was told, and it was named above that.
    named: bool,
    bar: Option<ProgressBar>,
}

/// Where the times of steps begin, in columns.
const TIMES: usize = 60;

impl Spinner {
    /// One that has nothing to tell yet.
    pub fn new(verbose: bool, manner: Manner) -> Spinner {
        Spinner { manner, verbose, lines: MultiProgress::new(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self, indent: usize, message: String) -> ProgressBar {
        let bar = self.lines.add(ProgressBar::new_spinner());
        let template = format!("{}{{spinner}} {{msg}}", " ".repeat(indent));
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(visible::lines(&message).into_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Write a line above those that move.
    fn say(&self, text: &str) {
        let text = if self.manner == Manner::Events { visible::json(text) } else { visible::lines(text) };
        // Nobody may listen on standard error; that ends no run.
        self.lines.suspend(|| {
            let _ = writeln!(std::io::stderr(), "{text}");
        });
    }

    /// The line of a step that ended.
    fn line(&self, step: &Step, end: StepEnd, took: Duration) -> String {
        let (good, bad) = if self.manner == Manner::Live { ("✓", "✗") } else { ("+", "x") };
        let mark = if end == StepEnd::Done { good } else { bad };
        let start = format!("{}{mark} {}", " ".repeat(indent(step)), step.title);
        let time = format!("{:.1}s", took.as_secs_f64());
        let gap = TIMES.saturating_sub(crate::output::width::of(&start)).max(2);
        let line = format!("{start}{}{time:>7}", " ".repeat(gap));
        if end == StepEnd::Done { line } else { format!("{line}   {}", end.as_str()) }
    }
}

fn indent(step: &Step) -> usize {
    2 * step.within.len()
}

/// What happened in a stack: nested resources are moved in, and a reason stands where it says more than the status. Below lines of
/// another stack a resource says of which it is.
fn stack_line(stack: &str, event: &StackEvent, below_another: bool) -> String {
    let whole = event.is_of_stack() && event.path.is_empty();
    let name = match (whole, below_another) {
        (true, _) => stack.to_string(),
        (false, true) => format!("{stack}/{}", event.place()),
        (false, false) => event.resource.clone(),
    };
    let start = format!("{}{name}", "  ".repeat(event.path.len() + usize::from(!whole)));
    // A nested template is called by its file's name.
    let kind = event.kind.as_deref().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let usual = |reason: &&str| {
        !reason.is_empty()
            && *reason != "state changed"
            && !reason.starts_with("Stack ")
            && !event.status.ends_with("_IN_PROGRESS")
    };
    // A line each, whatever the reason is made of.
    let reason = event.reason.as_deref().filter(usual);
    let reason = reason.map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
    let reason = reason.map(|reason| format!("   {reason}")).unwrap_or_default();
    let line = format!("{start:<28} {kind:<28} {}{reason}", event.status);
    line.replace(['\n', '\r', '\t'], " ")
}

impl Progress for Spinner {
    fn waiting(&self, line: &str) {
        // The bar draws itself only where there is a terminal.
        if self.verbose || self.manner == Manner::Events {
            return;
        }
        let mut state = self.state();
        if state.waiting.is_none() {
            let within = state.open.last().map_or(0, |open| indent(&open.step) + 2);
            state.waiting = Some(self.bar(within, String::new()));
        }
        if let Some(bar) = &state.waiting {
            bar.set_message(visible::lines(line).into_owned());
        }
    }

    fn done(&self) {
        if let Some(bar) = self.state().waiting.take() {
            bar.finish_and_clear();
        }
    }

    fn warn(&self, text: &str) {
        match self.manner {
            Manner::Events => self.say(&json!({ "event": "warning", "text": text }).to_string()),
            _ => self.say(&format!("warning: {text}")),
        }
    }

    fn happened(&self, stack: &str, event: &StackEvent) {
        let time = event.time.map(|time| time.to_string());
        if self.manner == Manner::Events {
            let told = json!({
                "event": "stack_event", "stack": stack, "time": time, "resource": event.place(),
                "type": event.kind, "status": event.status, "reason": event.reason,
            });
            return self.say(&told.to_string());
        }
        let (within, below_another) = {
            let mut state = self.state();
            let before = std::mem::replace(&mut state.stack, stack.to_string());
            let within = state.open.last().map_or(0, |open| indent(&open.step) + 2);
            (within, !before.is_empty() && before != stack)
        };
        self.say(&format!("{}{}", " ".repeat(within), stack_line(stack, event, below_another)));
    }

    fn began(&self, step: &Step) {
        let mut state = self.state();
        if self.manner == Manner::Events {
            let event =
                json!({ "event": "step_began", "step": step.id, "within": step.within, "title": step.title });
            self.say(&event.to_string());
        }
        let live = self.manner == Manner::Live;
        let bar = live.then(|| self.bar(indent(step), step.title.clone()));
        state.open.push(Open { step: step.clone(), named: false, bar });
    }

    fn ended(&self, step: &Step, end: StepEnd, took: Duration) {
        let mut state = self.state();
        let at = state.open.iter().position(|open| open.step.id == step.id);
        if let Some(bar) = at.map(|at| state.open.remove(at)).and_then(|open| open.bar) {
            bar.finish_and_clear();
        }
        if self.manner == Manner::Events {
            let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let event = json!({
                "event": "step_ended", "step": step.id, "within": step.within, "title": step.title,
                "outcome": end.as_str(), "ms": took,
            });
            return self.say(&event.to_string());
        }
        // Without lines that move, the steps around it are named before the first inside them.
        if self.manner == Manner::Lines {
            for outer in state.open.iter_mut().filter(|open| step.within.contains(&open.step.id)) {
                if !std::mem::replace(&mut outer.named, true) {
                    self.say(&format!("{}> {}", " ".repeat(indent(&outer.step)), outer.step.title));
                }
            }
        }
        self.say(&self.line(step, end, took));
    }

    fn hold(&self, on: bool) {
        let _state = self.state();
        if on {
            // A terminal that is gone has no lines to clear.
            let _ = self.lines.clear();
            self.lines.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            self.lines.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn aside(&self, talk: &mut dyn FnMut()) {
        self.lines.suspend(talk);
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
