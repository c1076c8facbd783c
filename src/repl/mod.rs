//! The interactive session: a conversation, and the two ways to hold it.
//!
//! [`conversation`] takes one input or command after another and shows what it gives; it knows no terminal.
//! [`editor`] holds it on a terminal, the only user of rustyline; [`piped`] reads it from what is no terminal.
//! [`commands`] is the table of `:help` and its like. What only the program around can do is asked of [`Around`].

mod around;
pub mod commands;
pub mod conversation;
mod editor;
mod history;
mod notebook;
mod paint;
mod piped;
mod unfinished;
mod words;

use crate::cloud::Error;
use crate::script::failure::Failure;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::script::secret_literals::holds_secret;
pub use conversation::Conversation;
pub use editor::{Terminal, talk};
pub use notebook::Notebook;
pub use piped::read;
pub use unfinished::unfinished;

/// What a session asks of the program around it.
pub trait Around: Send + Sync {
    /// The name of the session's cloud.
    fn cloud(&self) -> String;
    /// The line that greets.
    fn greeting(&self) -> String;
    /// The clouds that were found, as a text.
    fn clouds(&self) -> String;
    /// The names of the clouds that were found.
    fn cloud_names(&self) -> Vec<String>;
    /// Work on another cloud from now on.
    ///
    /// # Errors
    /// When there is no such cloud, or its configuration lacks something.
    fn turn(&self, cloud: &str) -> Result<(), Error>;
    /// Say each request from now on, or no more.
    fn say_requests(&self, on: bool);
    /// How many requests were sent so far.
    fn requests(&self) -> u64;
    /// Something is evaluated from now on: Ctrl-C stops it.
    fn begin(&self);
    /// It has ended.
    fn end(&self);
    /// The time since the session began.
    fn elapsed(&self) -> Duration;
    /// Tell what ended an input; gives the exit code that it would end a run with.
    fn report(&self, failure: &Failure, exists: &[String]) -> u8;
    /// Tell an error that no input is to blame for.
    fn refuse(&self, error: &Error);
    /// A file as a person names it.
    fn path(&self, text: &str) -> PathBuf;
    /// Whether nobody reads standard output any more.
    fn unheard(&self) -> bool;
}

/// What comes after an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next one.
    Go,
    /// The next one, though this one failed; with the exit code where nobody is there to go on.
    Failed(u8),
    /// The end, with this exit code.
    Leave(u8),
}
