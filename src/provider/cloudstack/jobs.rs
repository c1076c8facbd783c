//! Jobs: what an asynchronous command begins. Its answer has the job's id; what became of it is asked by that id, or shown by the list
//! of machines while it is under way.
//!
//! A failed job comes in an answer of status 200. Trouble on the way to an answer ends no wait.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, text, truth};
use super::fault;
use super::memory::End;
use super::server;
use crate::cloud::wait::Policy;
use crate::cloud::{Error, Kind, RequestState, Result};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How long a job that a verb itself waits for may take.
const LONGEST: Duration = Duration::from_secs(600);

/// How often it is looked at.
const LOOKS: Policy =
    Policy { first: Duration::from_secs(1), growth: 1.4, cap: Duration::from_secs(10), jitter: 0.15 };

/// From so many jobs on that are waited for at once, one list says which of them go on.
const MANY: usize = 3;

/// How old such a list may be.
const FRESH: Duration = Duration::from_millis(500);

/// The jobs that are waited for at once, and the list that says which of them go on.
#[derive(Debug, Default)]
pub(super) struct Running {
    waiting: AtomicUsize,
    listed: tokio::sync::Mutex<Option<Listed>>,
    /// Whether this cloud gives no such list.
    untold: AtomicBool,
}

#[derive(Debug)]
struct Listed {
    at: Duration,
    jobs: HashSet<String>,
}

/// Counts one that waits, for as long as it does.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(running: &'a Running) -> Waiting<'a> {
        running.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(&running.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What an asynchronous command answered.
pub(super) struct Begun {
    /// The job; `None` where the command was done at once.
    pub(super) job: Option<String>,
    /// The id of what it makes, where it makes something.
    pub(super) id: Option<String>,
    /// The whole answer.
    pub(super) body: Json,
}

/// What is known of a job.
pub(super) enum State {
    Running,
    /// Its result.
    Done(Json),
    Failed(Error),
    /// The cloud does not know it (any more).
    Unknown,
}

impl CloudStack {
    /// Send a command; its job goes on.
    pub(super) async fn begin(&self, call: &Call) -> Result<Begun> {
        Ok(begun(self.ask(call).await?))
    }

    /// Send a command and wait for its job; gives the job's result, or the answer of a command that was done at once.
    pub(super) async fn run(&self, call: &Call) -> Result<Json> {
        let begun = self.begin(call).await?;
        match &begun.job {
            Some(job) => self.finish(call, job).await,
            None => Ok(begun.body),
        }
    }

    /// Wait for a job; gives its result.
    pub(super) async fn finish(&self, call: &Call, job: &str) -> Result<Json> {
        let until = self.clock.elapsed().saturating_add(LONGEST);
        let _waiting = Waiting::of(&self.running);
        let mut look = 0;
        loop {
            look += 1;
            // Where the list shows it as going on, there is nothing to ask about it.
            if self.is_listed(job).await && self.clock.elapsed() < until {
                self.clock.sleep(LOOKS.pause(look, self.clock.chance())).await;
                continue;
            }
            let trouble = match self.job_state(call, job).await {
                Ok(State::Done(result)) => return Ok(result),
                Ok(State::Failed(error)) => return Err(error),
                Ok(State::Unknown) => return Err(self.forgotten(call, job)),
                Ok(State::Running) => None,
                Err(error) if passes(&error) => Some(error),
                Err(error) => return Err(error),
            };
            let left = until.saturating_sub(self.clock.elapsed());
            if left.is_zero() {
                return Err(self.unfinished(call, job, trouble));
            }
            self.clock.sleep(LOOKS.pause(look, self.clock.chance()).min(left)).await;
        }
    }

    /// The job of a command about a thing, or about any, among those that are under way.
    pub(super) async fn job_on(&self, id: Option<&str>, call: &Call) -> Result<Option<String>> {
        // `startVirtualMachine` is `StartVMCmd`, `detachVolume` is `DetachVolumeCmd`.
        let word = call.command.trim_end_matches("VirtualMachine").to_ascii_lowercase();
        let listed = self.every(&Call::read("job.list", "listAsyncJobs").anywhere(), "asyncjobs").await?;
        let own = listed.iter().find(|job| {
            let class = text(job, "cmd").unwrap_or_default().to_ascii_lowercase();
            let class = class.rsplit('.').next().unwrap_or_default().to_string();
            let is_about = id.is_none() || text(job, "jobinstanceid").as_deref() == id;
            is_about && class.starts_with(&word)
        });
        Ok(own.and_then(|job| text(job, "jobid")))
    }

    /// Whether the list of jobs under way has this one, where several are waited for.
    async fn is_listed(&self, job: &str) -> bool {
        let running = &self.running;
        if running.waiting.load(Ordering::Relaxed) < MANY || running.untold.load(Ordering::Relaxed) {
            return false;
        }
        let mut listed = running.listed.lock().await;
        let now = self.clock.elapsed();
        if listed.as_ref().is_none_or(|listed| now.saturating_sub(listed.at) > FRESH) {
            let call = Call::read("job.list", "listAsyncJobs").anywhere();
            match self.every(&call, "asyncjobs").await {
                Ok(rows) => {
                    let going = |row: &&Json| int(row, "jobstatus").unwrap_or(0) == 0;
                    let jobs = rows.iter().filter(going).filter_map(|row| text(row, "jobid")).collect();
                    *listed = Some(Listed { at: now, jobs });
                }
                Err(error) => {
                    *listed = None;
                    running.untold.store(!passes(&error), Ordering::Relaxed);
                }
            }
        }
        listed.as_ref().is_some_and(|listed| listed.jobs.contains(job))
    }

    /// What is known of a job now.
    pub(super) async fn job_state(&self, call: &Call, job: &str) -> Result<State> {
        let ask = Call::read("job.show", "queryAsyncJobResult").with("jobid", job).anywhere();
        let body = match self.session.ask(&ask).await {
            Ok(body) => body,
            Err(error) if error.kind == Kind::NotFound => return Ok(State::Unknown),
            Err(error) => return Err(error),
        };
        let result = body.get("jobresult").cloned().unwrap_or_default();
        let state = match int(&body, "jobstatus") {
            Some(0) => State::Running,
            Some(1) if truth(&result, "success") != Some(false) => State::Done(result),
            Some(1 | 2) => State::Failed(fault::of_job(&self.session, call, job, &body)),
            _ => {
                let message = format!("the answer about job {job} does not say how it stands");
                return Err(self.session.error(Kind::Protocol, message));
            }
        };
        match &state {
            State::Done(result) => {
                self.keep_password(result);
                self.memory.ended(job, &End::Done);
            }
            State::Failed(error) => {
                let words = error.answer.clone().unwrap_or_else(|| error.message.clone());
                self.memory.ended(job, &End::Failed { code: error.status.unwrap_or(530), words });
            }
            State::Running | State::Unknown => {}
        }
        Ok(state)
    }

    /// What became of a job that the cloud no longer knows: the machine's state tells.
    pub(super) async fn after_forgotten(&self, id: &str, job: &str, command: &str) -> Result<RequestState> {
        let Some(row) = self.machine(id).await? else { return Ok(RequestState::Finished) };
        if server::has_job(&row) {
            return Ok(RequestState::Running);
        }
        let state = server::state(&row);
        let wanted: &[&str] = match command {
            "startVirtualMachine" | "deployVirtualMachine" | "rebootVirtualMachine" => &["Running"],
            "stopVirtualMachine" => &["Stopped"],
            "destroyVirtualMachine" => &["Destroyed", "Expunging"],
            _ => return Ok(RequestState::Unknown),
        };
        if wanted.contains(&state.as_str()) {
            self.memory.ended(job, &End::Done);
            return Ok(RequestState::Finished);
        }
        let name = self.session.name();
        let words = format!("{name} no longer knows job {job} (`{command}`), and the server is {state}");
        self.memory.ended(job, &End::Failed { code: 431, words: words.clone() });
        Ok(RequestState::Failed(words))
    }

    /// A password is told in a job's result and nowhere else.
    fn keep_password(&self, result: &Json) {
        let Some(machine) = result.get("virtualmachine") else { return };
        if let (Some(id), Some(password)) = (text(machine, "id"), text(machine, "password")) {
            self.session.mask_secret(&password);
            self.memory.password(&id, &password);
        }
    }

    fn forgotten(&self, call: &Call, job: &str) -> Error {
        let message = format!("{} no longer knows job {job} (`{}`)", self.session.name(), call.command);
        let mut error = self.session.error(Kind::Failed, message).help(fault::LOOK_FIRST);
        error.maybe = true;
        error
    }

    fn unfinished(&self, call: &Call, job: &str, trouble: Option<Error>) -> Error {
        let minutes = LONGEST.as_secs() / 60;
        let message = format!("job {job} (`{}`) is not done after {minutes}m; it goes on", call.command);
        let ask = format!("api(\"cloudstack\", \"queryAsyncJobResult\", #{{ jobid: \"{job}\" }})");
        let mut error = self.session.error(Kind::Timeout, message).help(format!("look at it with `{ask}`"));
        error.maybe = true;
        match trouble {
            Some(trouble) => error.fact("trouble", format!("the last look was not answered: {trouble}")),
            None => error,
        }
    }
}

/// An answer with the ids in it; a job's id may be a number.
fn begun(body: Json) -> Begun {
    Begun { job: text(&body, "jobid"), id: text(&body, "id"), body }
}

/// Whether trouble with one look says nothing of the next.
pub(super) fn passes(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::Unavailable | Kind::Network | Kind::RateLimited | Kind::Timeout | Kind::Protocol
    )
}
