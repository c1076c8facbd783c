//! A session, one input after another: evaluates, shows what came of it, keeps what can be saved. Knows no terminal.

use super::commands;
use super::notebook::Notebook;
use super::{Around, Next};
use crate::assist::Live;
use crate::cloud::{Handle, Noun, Value};
use crate::output::{page, show};
use crate::script::failure::{Cause, Failure};
use crate::script::interactive::{Interactive, RESULT};
use crate::script::session::Session;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// How many rows or lines of a value are shown at once.
pub const PAGE: usize = 50;

/// A value that was shown in part, and where the rest begins.
pub(super) struct Rest {
    value: Value,
    from: usize,
}

/// A session, and what it remembers for its commands.
pub struct Conversation {
    pub(super) session: Arc<Session>,
    pub(super) around: Arc<dyn Around>,
    pub(super) interactive: Interactive,
    pub(super) notebook: Notebook,
    /// The files that this session saved, which it may write again.
    pub(super) saved: HashSet<PathBuf>,
    live: Live,
    rest: Option<Rest>,
    most: usize,
}

impl Conversation {
    /// One that nothing was said in yet; long values are shown in parts.
    pub fn new(session: Arc<Session>, around: Arc<dyn Around>) -> Conversation {
        let interactive = Interactive::new(&session);
        let live = Live::new(session.clone());
        Conversation {
            session,
            around,
            interactive,
            notebook: Notebook::default(),
            saved: HashSet::new(),
            live,
            rest: None,
            most: PAGE,
        }
    }

    /// Show values whole, however long they are.
    pub fn unpaged(mut self) -> Conversation {
        self.most = usize::MAX;
        self
    }

    /// What stands before an input: the cloud, and what is unlike other sessions.
    pub fn prompt(&self) -> String {
        let cloud = self.around.cloud();
        let mut said = Vec::new();
        if commands::is_read_only(&self.session) {
            said.push("read-only");
        }
        if self.session.policy.dry_run {
            said.push("dry run");
        }
        if said.is_empty() { format!("{cloud}> ") } else { format!("{cloud} ({})> ", said.join(", ")) }
    }

    /// The session's variables, functions and modules, for completion.
    pub fn interactive(&self) -> &Interactive {
        &self.interactive
    }

    /// The names that clouds have, for completion.
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// What the program around can tell, for completion.
    pub fn around(&self) -> &dyn Around {
        &*self.around
    }

    /// Take an input or a command.
    pub fn take(&mut self, text: &str) -> Next {
        let line = text.trim();
        if let Some(command) = line.strip_prefix(':') {
            return commands::run(self, command);
        }
        // What people type to leave, or to be helped, in other places.
        let known = |name| self.interactive.variable(name).is_some();
        match line.trim_end_matches(';') {
            "" => Next::Go,
            "exit" | "quit" if !known("exit") && !known("quit") => Next::Leave(0),
            "help" | "?" if !known("help") => commands::run(self, "help"),
            // As the help of an error writes it, for a shell.
            shell if shell.starts_with("rhain doc") || shell.starts_with("rhain explain") => {
                commands::run(self, shell.trim_start_matches("rhain "))
            }
            _ => self.evaluate(text, None),
        }
    }

    /// End the session: what was put off is done. Gives the exit code, this one unless that fails.
    pub fn finish(&mut self, code: u8) -> u8 {
        self.around.begin();
        let ended = self.interactive.finish(code);
        self.session.host.progress.done();
        let code = match ended {
            Ok(_) => code,
            Err(Failure { cause: Cause::Exit(_), .. }) => code,
            Err(failure) => self.around.report(&failure, &[]),
        };
        for failure in self.session.endings.failures() {
            self.around.report(&failure, &[]);
        }
        self.around.end();
        code
    }

    /// Take the statement or command that stands in these bytes of standard input.
    pub(super) fn take_part(&mut self, whole: &str, part: std::ops::Range<usize>) -> Next {
        let text = whole.get(part.clone()).unwrap_or("");
        match text.trim().strip_prefix(':') {
            Some(command) => commands::run(self, command),
            None => self.evaluated(text, |interactive| interactive.evaluate_part(whole, part)),
        }
    }

    /// Evaluate a text; `source` is its name where it has one.
    pub(super) fn evaluate(&mut self, text: &str, source: Option<&str>) -> Next {
        self.evaluated(text, |interactive| match source {
            Some(source) => interactive.evaluate_as(source, text),
            None => interactive.evaluate(text),
        })
    }

    /// Evaluate something of the session and show what it gives.
    pub(super) fn evaluated(
        &mut self,
        text: &str,
        evaluate: impl FnOnce(&mut Interactive) -> Result<Value, Failure>,
    ) -> Next {
        let done = self.session.ledger.len();
        let known = self.resources();
        self.rest = None;
        self.around.begin();
        let result = evaluate(&mut self.interactive);
        self.session.host.progress.done();
        let next = match result {
            Ok(value) => {
                self.notebook.add(text, value != Value::Unit);
                self.show(value, &known, self.session.ledger.len() > done);
                Next::Go
            }
            Err(failure) => {
                let exists = self.session.ledger.exists_since(done);
                let code = self.around.report(&failure, &exists);
                match failure.cause {
                    Cause::Exit(_) | Cause::Interrupted { terminated: true } => Next::Leave(code),
                    _ => Next::Failed(code),
                }
            }
        };
        self.around.end();
        if self.session.ledger.len() > done {
            self.live.changed();
        }
        if self.session.signal.load(std::sync::atomic::Ordering::Relaxed) {
            // SIGTERM came while the value was shown.
            return Next::Leave(143);
        }
        if self.around.unheard() { Next::Leave(0) } else { next }
    }

    /// The resources that variables and the last result hold.
    fn resources(&self) -> Vec<Handle> {
        let last = self.interactive.variable(RESULT);
        let held = self.interactive.variables().into_iter().map(|variable| variable.value).chain(last);
        held.filter_map(|value| match value {
            // Another object, so that it stays as it is now.
            Value::Resource(resource) => Some(Handle::new(resource.latest())),
            _ => None,
        })
        .collect()
    }

    fn show(&mut self, value: Value, known: &[Handle], changed: bool) {
        if !self.session.console.json()
            && let Value::Resource(new) = &value
            && let Some(old) = known.iter().rev().find(|old| *old == new)
        {
            let line = show::changed(old, new, &|resource, field| self.read(resource, field));
            if changed || line.contains("(was ") {
                return self.session.console.data(&line);
            }
        }
        self.show_from(value, 0, self.most);
    }

    /// The part of a value that begins here; what is left is for `:more`.
    fn show_from(&mut self, value: Value, from: usize, most: usize) {
        let console = &self.session.console;
        if console.json() {
            let name_of = |noun: Noun, id: &str| {
                let name = self.session.name_of(&self.around.cloud(), noun, id);
                name.unwrap_or_else(|_| Value::text(id))
            };
            self.session.freshen(&value);
            if value != Value::Unit {
                console.data(&value.to_json(&name_of).to_string());
            }
            return;
        }
        let read = |resource: &Handle, field: &str| self.read(resource, field);
        let width = console.width();
        let Some(page) = page::page(&value, &read, width, from, most, "`:more` shows the next") else {
            return;
        };
        console.data(&page.text);
        self.rest = page.next.map(|from| Rest { value, from });
    }

    fn read(&self, resource: &Handle, field: &str) -> Value {
        self.session.field(resource, field).ok().flatten().unwrap_or(Value::Unit)
    }

    /// Show the next part of the value that was shown last, or all of it that is left.
    pub(super) fn more(&mut self, all: bool) -> bool {
        let Some(Rest { value, from }) = self.rest.take() else { return false };
        self.around.begin();
        self.show_from(value, from, if all { usize::MAX } else { self.most });
        self.around.end();
        true
    }

    /// Forget what is left to show.
    pub(super) fn forget(&mut self) {
        self.rest = None;
    }
}
