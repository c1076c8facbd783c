//! The session on a terminal: the only user of rustyline. Editing, history, colours, completion and hints while typing.

use super::around::Surroundings;
use super::commands::{COMMANDS, Takes, find};
use super::unfinished::unfinished;
use super::{Conversation, Next, history, paint};
use crate::assist;
use crate::manual;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How many lines are remembered.
const REMEMBERED: usize = 10_000;
/// How often in a row what cannot be read is passed over.
const TIME_LIMIT: usize = 100;

/// How a session is held on a terminal.
pub struct Terminal {
    /// Whether colours may be used.
    pub colour: bool,
    /// The file that remembers lines; `None` where none is to.
    pub history: Option<PathBuf>,
}

/// Hold a session on the terminal until the person leaves; gives the exit code.
///
/// # Errors
/// When the terminal cannot be read.
pub fn talk(conversation: Conversation, terminal: Terminal) -> std::io::Result<u8> {
    let conversation = Rc::new(RefCell::new(conversation));
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .auto_add_history(false)
        .color_mode(if terminal.colour { ColorMode::Enabled } else { ColorMode::Disabled })
        .max_history_size(REMEMBERED)
        .and_then(|builder| builder.history_ignore_dups(true))
        .map_err(io)?
        .build();
    let mut editor: Editor<Typing, FileHistory> = Editor::with_config(config).map_err(io)?;
    editor.set_helper(Some(Typing {
        conversation: conversation.clone(),
        colour: terminal.colour,
        files: FilenameCompleter::new(),
    }));
    let remembered = terminal.history.as_deref().filter(|file| private(file).is_ok());
    if let Some(file) = remembered {
        // One that cannot be read is one that begins anew.
        let _ = editor.load_history(file);
    }
    let mut unread = 0;
    loop {
        let prompt = conversation.borrow().prompt();
        let line = match editor.readline(&(prompt.as_str(), paint::bold(&prompt).as_str())) {
            Ok(line) => line,
            Err(ReadlineError::Eof) => return Ok(conversation.borrow_mut().finish(0)),
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => continue,
            Err(error) => {
                unread += 1;
                if unread > TIME_LIMIT {
                    return Err(io(error));
                }
                continue;
            }
        };
        unread = 0;
        if history::is_kept(&line) && editor.add_history_entry(line.as_str()).unwrap_or(false) {
            // A full disk forgets; it stops nothing.
            remembered.iter().for_each(|file| drop(editor.append_history(file)));
        }
        let next = conversation.borrow_mut().take(&line);
        if let Next::Leave(code) = next {
            return Ok(conversation.borrow_mut().finish(code));
        }
    }
}

fn io(error: ReadlineError) -> std::io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => std::io::Error::other(other.to_string()),
    }
}

/// A file that only its owner reads, in a folder that is there.
fn private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = options.mode(0o600).open(file)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(file).map(drop)
}

/// What helps while an input is typed.
struct Typing {
    conversation: Rc<RefCell<Conversation>>,
    colour: bool,
    files: FilenameCompleter,
}

impl Helper for Typing {}

impl Validator for Typing {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let command = text.trim_start().starts_with(':');
        Ok(match !command && unfinished(text) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

impl Highlighter for Typing {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        if !self.colour || line.len() > paint::MOST || line.starts_with(':') {
            return Cow::Borrowed(line);
        }
        Cow::Owned(paint::painted(line, cursor))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.colour { Cow::Owned(paint::dim(hint)) } else { Cow::Borrowed(hint) }
    }

    fn highlight_char(&self, line: &str, _: usize, _: CmdKind) -> bool {
        self.colour && line.len() <= paint::MOST
    }
}

impl Hinter for Typing {
    type Hint = String;

    fn hint(&self, line: &str, cursor: usize, _: &Context<'_>) -> Option<String> {
        // Without colours a hint would look like what was typed.
        if !self.colour || cursor < line.len() || line.len() > paint::MOST {
            return None;
        }
        if let Some(name) = line.strip_prefix(':') {
            let command = find(name.strip_suffix(' ')?)?;
            return (!command.arguments.is_empty()).then(|| command.arguments.to_string());
        }
        let conversation = self.conversation.borrow();
        let hint = assist::hint(line, cursor, &Surroundings(&conversation))?;
        (!hint.rest.is_empty()).then_some(hint.rest)
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..cursor).unwrap_or("");
        if let Some(command) = before.strip_prefix(':') {
            return self.command(command, line, cursor, context);
        }
        Ok(self.word(line, 0, cursor))
    }
}

fn pairs(names: impl IntoIterator<Item = String>, typed: &str) -> Vec<Pair> {
    let found = names.into_iter().filter(|name| name.starts_with(typed));
    let mut found: Vec<Pair> = found.map(|name| Pair { display: name.clone(), replacement: name }).collect();
    found.sort_by(|a, b| a.display.cmp(&b.display));
    found.dedup_by(|a, b| a.display == b.display);
    found
}

impl Typing {
    /// The end of a command's name, or what it takes.
    fn command(
        &self,
        command: &str,
        line: &str,
        cursor: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let Some((name, typed)) = command.split_once(' ') else {
            let names = COMMANDS.iter().map(|command| command.name.to_string());
            return Ok((1, pairs(names, command)));
        };
        let start = cursor - typed.len();
        let texts = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let names = match find(name).map(|command| command.takes) {
            Some(Takes::Topic) => manual::topics().map(str::to_string).collect(),
            Some(Takes::Cloud) => self.conversation.borrow().around().cloud_names(),
            Some(Takes::Switch) => texts(&["on", "off"]),
            Some(Takes::All) => texts(&["all"]),
            Some(Takes::File) => return self.files.complete(line, cursor, context),
            Some(Takes::Expression) => return Ok(self.word(line, start, cursor)),
            Some(Takes::Nothing) | None => Vec::new(),
        };
        Ok((start, pairs(names, typed)))
    }

    /// What may stand before the cursor, in a text of the language that begins at this byte of the line.
    fn word(&self, line: &str, start: usize, cursor: usize) -> (usize, Vec<Pair>) {
        let text = line.get(start..).unwrap_or("");
        let conversation = self.conversation.borrow();
        let found = assist::complete(text, cursor - start, &Surroundings(&conversation));
        // What begins as it was typed is ended by a Tab; only where nothing does, the rest is offered.
        let typed = text.get(found.start..cursor - start).unwrap_or("");
        let begins = |item: &assist::Item| item.text.starts_with(typed);
        let strict = found.items.iter().any(begins);
        let items = found.items.into_iter().filter(|item| !strict || begins(item));
        let pairs = items.map(|item| Pair { display: item.label, replacement: item.text });
        (start + found.start, pairs.collect())
    }
}
