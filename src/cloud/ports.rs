//! What a verb may ask of the program around it; the command line fulfils these traits.

use super::time::Time;
use super::{Cloud, Error, Provider, Providers, Secret, StackEvent};
use crate::base::stream::{Content, Sink};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Time: the wall's, or the simulated cloud's, where sleeping costs nothing.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> Time;
    /// Time since the run began; never goes back.
    fn elapsed(&self) -> Duration;
    /// Ready after `by`.
    async fn sleep(&self, by: Duration);
    /// Ready when `by` has passed of itself while something else was waited for; never where time moves only by sleeping.
    async fn lapse(&self, by: Duration);
    /// How far a pause strays, from 0 to 1: by chance, so that many clients do not come at once.
    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}

/// Talk about what is going on, to a person who watches; silent where nobody does.
pub trait Progress: Send + Sync {
    /// The line that tells what is waited for now; a later line replaces it.
    fn waiting(&self, line: &str);
    /// The wait is over: take the line away.
    fn done(&self);
    /// Something a person should know though nothing failed.
    fn warn(&self, text: &str);
    /// Something happened in a stack that is waited for.
    fn happened(&self, _stack: &str, _event: &StackEvent) {}
    /// A named step of the script began.
    fn began(&self, _step: &Step) {}
    /// It ended, after so much of the run's time.
    fn ended(&self, _step: &Step, _end: StepEnd, _took: Duration) {}
    /// Keep the lines that move off the terminal while a person is asked something there; `false` lets them back.
    fn hold(&self, _on: bool) {}
    /// Write something else where the lines that move do not tear it.
    fn aside(&self, talk: &mut dyn FnMut()) {
        talk();
    }
}

/// A named step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Counted from 1 in a run.
    pub id: u64,
    /// The steps that it is in, outermost first.
    pub within: Vec<u64>,
    /// What it is called.
    pub title: String,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEnd {
    /// Well.
    Done,
    /// With an error.
    Failed,
    /// By an interruption or the end of the script.
    Interrupted,
}

impl StepEnd {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            StepEnd::Done => "done",
            StepEnd::Failed => "failed",
            StepEnd::Interrupted => "interrupted",
        }
    }
}

/// A cloud that the user has, as `clouds()` lists it.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its name in this session.
    pub name: String,
    /// The provider's word, or `simulated`.
    pub provider: &'static str,
    /// What it speaks; `None` where nobody knows.
    pub speaks: Option<&'static Provider>,
    /// File and line, or `environment`, or `built in`.
    pub found: String,
    /// The regions that its configuration names, the default first.
    pub regions: Vec<String>,
    /// Whether it is the session's default.
    pub default: bool,
}

/// The clouds of the session.
#[async_trait]
pub trait Clouds: Send + Sync {
    /// The cloud of this name, or the session's default; an unknown one is `not_found` with the closest names.
    fn get(&self, name: Option<&str>) -> Result<Arc<dyn Cloud>, Error>;
    /// That cloud in one of its regions; the same as [`get`](Self::get) where the region is its default.
    fn in_region(&self, name: Option<&str>, region: &str) -> Result<Arc<dyn Cloud>, Error>;
    /// The clouds that the run has asked for so far.
    fn made(&self) -> Vec<Arc<dyn Cloud>>;
    /// Every cloud that was found.
    fn known(&self) -> Vec<Known>;
    /// The providers that the session may have clouds of.
    fn providers(&self) -> Providers;
    /// A secret of the script: from now on hidden in reports, traces and what clouds say back.
    fn mask_secret(&self, secret: &str);
    /// A text without the secrets that the session knows.
    fn hide(&self, text: &str) -> String;
}

/// What is outside the script and asks no cloud.
#[async_trait]
pub trait Outside: Send + Sync {
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// A file's bytes, from the working directory; or why it cannot be read, in a few words.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String>;
    /// Write a file, its path from the working directory; or why that cannot be, in a few words.
    fn write_file(&self, file: &FileWrite) -> Result<(), String>;
    /// A file's bytes, read when they are asked for, its path from the working directory; or why it cannot be read, in a few words.
    fn open_file(&self, path: &str) -> Result<Arc<dyn Content>, String>;
    /// A file that takes its place once it is whole, its path from the working directory; or why that cannot be, in a few words.
    fn new_file(&self, path: &str) -> Result<Arc<dyn FileSink>, String>;
    /// Run a program to its end; dropping it ends the program. Or why it does not start, in a few words.
    async fn run(&self, program: &ProgramRun) -> Result<ProgramEnd, String>;
    /// Ask a web server once; a redirect is an answer.
    async fn fetch(&self, ask: &WebAsk) -> Result<WebAnswer, Error>;
    /// Whether something answers at a TCP port, within a few seconds.
    async fn answers(&self, host: &str, port: u16) -> bool;
}

/// A file under way; one that is dropped before it is kept was never there.
pub trait FileSink: Sink {
    /// Let it take its place.
    ///
    /// # Errors
    /// Why it cannot, in a few words.
    fn keep(&self) -> Result<(), String>;
}

/// Which files a session may read, of those that no argument names: what a template leads to.
pub trait FileGate: Send + Sync {
    /// Whether this verb may read a file, its path from the working directory.
    ///
    /// # Errors
    /// `denied`, with the option that allows it.
    fn may_read(&self, verb: &str, path: &str) -> Result<(), Error>;
    /// The working directory.
    fn directory(&self) -> String;
}

/// A file that is to be written.
#[derive(Clone)]
pub struct FileWrite {
    /// From the working directory.
    pub path: String,
    /// What is written.
    pub bytes: Vec<u8>,
    /// Its permissions, also of a file that is there; what the system gives where not told.
    pub mode: Option<u32>,
    /// Whether it goes to the end of what is there.
    pub append: bool,
}

/// A program that is to be run.
#[derive(Clone)]
pub struct ProgramRun {
    /// Its name or path.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it reads.
    pub stdin: Vec<u8>,
    /// Variables beside those of this process.
    pub env: Vec<(String, Secret)>,
    /// The folder it runs in, from the working directory.
    pub dir: Option<String>,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramEnd {
    /// Its exit code; 128 and the signal's number where one ended it.
    pub code: i64,
    /// What it wrote.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: Vec<u8>,
}

/// What a web server is asked.
#[derive(Clone)]
pub struct WebAsk {
    /// One of GET, HEAD, POST, PUT, PATCH, DELETE.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, Secret)>,
    /// Content type and bytes.
    pub body: Option<(String, Vec<u8>)>,
    /// How long the answer may take; the session's own limit where not told.
    pub timeout: Option<Duration>,
    /// Whether any certificate will do.
    pub insecure: bool,
}

/// What a web server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAnswer {
    /// The status.
    pub status: u16,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}
