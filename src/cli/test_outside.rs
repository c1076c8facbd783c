//! What a test sees outside its cloud: files that it writes are seen by it alone, other hosts and programs answer what it
//! was told they answer, and a port answers where a server of its cloud runs.

use super::simulated::SimClock;
use crate::base::glob::fits as matches;
use crate::base::stream::Content;
use crate::cloud::overlay::OutsideOverlay;
use crate::cloud::ports::{FileSink, FileWrite, Outside, ProgramEnd, ProgramRun, WebAnswer, WebAsk};
use crate::cloud::simulation::SimReply;
use crate::cloud::{Error, Kind};
use async_trait::async_trait;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

/// What other hosts and programs answer, and what they were asked.
#[derive(Default)]
pub(super) struct Replies {
    replies: Mutex<Vec<SimReply>>,
    asked: Mutex<Vec<(String, String)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Replies {
    pub(super) fn add(&self, reply: SimReply) {
        lock(&self.replies).push(reply);
    }

    pub(super) fn asked(&self) -> Vec<(String, String)> {
        lock(&self.asked).clone()
    }

    /// The reply to this, the last one that fits, which is used up once more.
    fn find(&self, asked: &str, body: &[u8]) -> Option<SimReply> {
        lock(&self.asked).push((asked.to_string(), String::from_utf8_lossy(body).into_owned()));
        let mut replies = lock(&self.replies);
        let fits = |reply: &&mut SimReply| reply.times != Some(0) && matches(&reply.pattern, asked);
        let reply = replies.iter_mut().rev().find(fits)?;
        reply.times = reply.times.map(|times| times - 1);
        Some(reply.clone())
    }
}

/// The outside of a test.
pub(super) struct TestOutside {
    pub(super) files: OutsideOverlay,
    pub(super) real: Arc<dyn Outside>,
    pub(super) replies: Arc<Replies>,
    pub(super) simulated: Arc<SimClock>,
    /// Whether programs and hosts that the test says nothing of are reached: their permission was given.
    pub(super) runs: bool,
    pub(super) reaches: bool,
}

#[async_trait]
impl Outside for TestOutside {
    fn variable(&self, name: &str) -> Option<String> {
        self.real.variable(name)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        self.files.read_file(path)
    }

    fn write_file(&self, file: &FileWrite) -> Result<(), String> {
        self.files.write_file(file)
    }

    fn open_file(&self, path: &str) -> Result<Arc<dyn Content>, String> {
        self.files.open_file(path)
    }

    fn new_file(&self, path: &str) -> Result<Arc<dyn FileSink>, String> {
        self.files.new_file(path)
    }

    async fn run(&self, program: &ProgramRun) -> Result<ProgramEnd, String> {
        let words: Vec<&str> =
            std::iter::once(&program.program).chain(&program.args).map(String::as_str).collect();
        match self.replies.find(&words.join(" "), &program.stdin) {
            Some(reply) => {
                Ok(ProgramEnd { code: reply.code, stdout: reply.stdout.into_bytes(), stderr: Vec::new() })
            }
            None if self.runs => self.real.run(program).await,
            None => Err("no program runs in a test, unless --allow-exec allows it: say what it answers with `sim_reply`"
                .to_string()),
        }
    }

    async fn fetch(&self, ask: &WebAsk) -> Result<WebAnswer, Error> {
        let body = ask.body.as_ref().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
        let asked = format!("{} {}", ask.method, ask.url);
        match self.replies.find(&asked, body) {
            Some(reply) => {
                Ok(WebAnswer { status: reply.status, headers: Vec::new(), body: reply.body.into_bytes() })
            }
            None if self.reaches => self.real.fetch(ask).await,
            None => Err(Error::new(Kind::Network, format!("nothing answers `{asked}` in this test"))
                .coded("cloud::network")
                .help(format!(
                    "say what it answers: sim_reply(\"{asked}\", #{{ status: 200, body: \"…\" }})"
                ))),
        }
    }

    async fn answers(&self, host: &str, port: u16) -> bool {
        if let Some(reply) = self.replies.find(&format!("TCP {host}:{port}"), &[]) {
            return reply.status < 400;
        }
        let runs = |address: Ipv4Addr| self.simulated.with(|sim| sim.runs_at(address)).flatten();
        match host.parse().ok().and_then(runs) {
            Some(runs) => runs,
            None => self.reaches && self.real.answers(host, port).await,
        }
    }
}
