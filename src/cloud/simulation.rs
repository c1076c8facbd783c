//! What the helpers of tests may ask of the simulated cloud that a test runs in; the command line fulfils it, and nobody does where no
//! test runs.

use super::time::Time;
use super::{Error, Value};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::time::Duration;

/// The simulated cloud of a test, as what the test's helpers may ask of it.
#[async_trait]
pub trait Simulation: Send + Sync {
    /// Let requests go wrong from now on; or why there are none such, in a few words.
    fn fault(&self, fault: &SimFault) -> Result<(), String>;
    /// Set a limit of the project by its name in `limits()`, `None` for no limit; or why there is none of that name.
    fn quota(&self, name: &str, limit: Option<i64>) -> Result<(), String>;
    /// Let time pass.
    fn advance(&self, by: Duration);
    /// What was written, in order.
    fn journal(&self) -> Vec<SimWrite>;
    /// Add a flavor; or why it cannot be.
    fn flavor(&self, flavor: &SimFlavor) -> Result<(), String>;
    /// Add an image; or why it cannot be.
    fn image(&self, image: &SimImage) -> Result<(), String>;
    /// What a server's console shows; or why it cannot be.
    fn console(&self, server: &str, text: &str) -> Result<(), String>;
    /// What other hosts and programs answer from now on.
    fn reply(&self, reply: SimReply);
    /// What was asked of other hosts and programs, with what was sent, in order.
    fn asked(&self) -> Vec<(String, String)>;
    /// What the test has written so far, held to what is kept of it.
    fn snapshot(&self) -> Result<String, Error>;
    /// Run a runbook in the same cloud: what it wrote, and its exit code.
    async fn run_script(&self, file: &str, given: BTreeMap<String, Value>) -> Result<(String, i64), Error>;
}

/// How requests go wrong in a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimFault {
    /// The verb whose requests they are, or an operation of the simulated cloud.
    pub verb: String,
    /// The answer's HTTP status.
    pub status: Option<u16>,
    /// Whether what is made or changed ends in its state of failure.
    pub error_state: bool,
    /// How many requests.
    pub times: u32,
    /// How many pass before.
    pub after: u32,
    /// How long the answer takes.
    pub delay: Option<Duration>,
    /// Whether the connection breaks, and when.
    pub reset: Option<Reset>,
}

/// When a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// Before the request is carried out.
    Before,
    /// After that, and before the answer.
    After,
}

/// A write that the simulated cloud saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimWrite {
    /// The verb whose main request it is; empty for one that goes beside.
    pub verb: &'static str,
    /// The cloud's word.
    pub operation: String,
    /// The name of what was written.
    pub name: String,
    /// Its id.
    pub id: String,
    /// When.
    pub at: Time,
}

/// A flavor of the simulated cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimFlavor {
    /// Its name.
    pub name: String,
    /// Processors.
    pub vcpus: i64,
    /// MiB.
    pub ram: i64,
    /// GiB.
    pub disk: i64,
}

/// An image of the simulated cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimImage {
    /// Its name.
    pub name: String,
    /// GiB.
    pub min_disk: i64,
    /// MiB.
    pub min_ram: i64,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
}

/// What another host or a program answers in a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimReply {
    /// A glob over `METHOD url`, or over a program and its arguments.
    pub pattern: String,
    /// The status of a web server's answer.
    pub status: u16,
    /// Its body.
    pub body: String,
    /// A program's exit code.
    pub code: i64,
    /// What it writes.
    pub stdout: String,
    /// How often; always where not told.
    pub times: Option<u64>,
}
