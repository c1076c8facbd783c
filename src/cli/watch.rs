//! What a person or a file is told of each request: `-v`, `--trace FILE`, a dry run, `--stats`.

use super::new_file::NewFile;
use crate::base::visible;
use crate::cloud::{Time, call_scope, ports};
use crate::wire::send::seconds;
use crate::wire::{Counters, Exchange, Request, Trace};
use async_trait::async_trait;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Watches the requests of a run.
pub struct Watch {
    verbose: AtomicBool,
    bodies: bool,
    /// Whether what is said is an event for programs.
    events: bool,
    /// Whether the changes of a dry run are not told one by one.
    silent: AtomicBool,
    file: Option<Mutex<NewFile>>,
    /// Why a line of the trace was not written; the first reason.
    lost: OnceLock<String>,
    slowest: Mutex<Vec<Slow>>,
    waits: AtomicU64,
    waited: AtomicU64,
}

/// A request that took long.
struct Slow {
    took: Duration,
    what: String,
    id: Option<String>,
}

/// How many of the slowest requests are told.
const SLOWEST: usize = 3;

impl Watch {
    /// A watch, which says what it says as `events` for programs or in lines; `trace` is made anew.
    ///
    /// # Errors
    /// When the trace file cannot be made.
    pub fn new(verbose: u8, events: bool, trace: Option<&Path>) -> std::io::Result<Watch> {
        let file = trace.map(|path| NewFile::create(path, Some(0o600))).transpose()?;
        Ok(Watch {
            verbose: AtomicBool::new(verbose > 0),
            bodies: verbose > 1,
            events,
            silent: AtomicBool::new(false),
            file: file.map(Mutex::new),
            lost: OnceLock::new(),
            slowest: Mutex::default(),
            waits: AtomicU64::new(0),
            waited: AtomicU64::new(0),
        })
    }

    fn say(&self, text: &str) {
        let text = if self.events { visible::json(text) } else { visible::lines(text) };
        // Nobody may listen on standard error; that ends no run.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Why lines of the trace are missing, where some are.
    pub fn lost(&self) -> Option<&str> {
        // Also a trace of nothing takes its file's place.
        if let Some(file) = &self.file
            && let Err(why) = file.lock().unwrap_or_else(PoisonError::into_inner).keep()
        {
            let _ = self.lost.set(why.to_string());
        }
        self.lost.get().map(String::as_str)
    }

    /// Say each request from now on, or no more.
    pub fn say_requests(&self, on: bool) {
        self.verbose.store(on, Ordering::Relaxed);
    }

    /// From now on the changes of a dry run are not told one by one: a plan shows them all.
    pub fn keep_silent(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }

    /// Tell of a change that a dry run keeps to itself.
    pub fn kept(&self, change: &str) {
        if self.silent.load(Ordering::Relaxed) {
            return;
        }
        let text = format!("dry run: {change}");
        match self.events {
            true => self.say(&json!({"event": "dry_run", "text": text}).to_string()),
            false => self.say(&text),
        }
    }

    /// What was asked, repeated and waited for, and what took longest: lines for people.
    pub fn summary(&self, counters: &BTreeMap<String, Counters>) -> Vec<String> {
        let mut lines: Vec<String> = counters
            .iter()
            .map(|(cloud, counters)| {
                let (requests, retries) = (counters.requests, counters.retries);
                let after = match retries {
                    0 => String::new(),
                    _ => format!(" after {}", seconds(counters.waited)),
                };
                format!("{cloud}: {requests} requests, {retries} of them repeated{after}")
            })
            .collect();
        let waits = self.waits.load(Ordering::Relaxed);
        if waits > 0 {
            let waited = Duration::from_millis(self.waited.load(Ordering::Relaxed));
            lines.push(format!("waits: {waits}, {} in all", seconds(waited)));
        }
        for slow in &*self.slowest.lock().unwrap_or_else(PoisonError::into_inner) {
            let id = slow.id.as_ref().map(|id| format!(", {id}")).unwrap_or_default();
            lines.push(format!("slowest: {}, {} ms{id}", slow.what, millis(slow.took)));
        }
        lines
    }

    /// The same for programs.
    pub fn summary_json(&self, counters: &BTreeMap<String, Counters>) -> Json {
        let clouds: BTreeMap<&String, Json> = counters
            .iter()
            .map(|(cloud, counters)| {
                let (requests, retries) = (counters.requests, counters.retries);
                (cloud, json!({"requests": requests, "retries": retries, "retry_wait_ms": millis(counters.waited)}))
            })
            .collect();
        let slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        let slow =
            |slow: &Slow| json!({"request": slow.what, "ms": millis(slow.took), "request_id": slow.id});
        json!({
            "event": "stats",
            "clouds": clouds,
            "waits": self.waits.load(Ordering::Relaxed),
            "wait_ms": self.waited.load(Ordering::Relaxed),
            "slowest": slowest.iter().map(slow).collect::<Vec<_>>(),
        })
    }
}

/// A clock whose sleeps are counted: what a script waits for between its looks, and sleeps.
pub struct CountedClock {
    /// The clock.
    pub clock: Arc<dyn ports::Clock>,
    /// Who counts.
    pub watch: Arc<Watch>,
}

#[async_trait]
impl ports::Clock for CountedClock {
    fn now(&self) -> Time {
        self.clock.now()
    }

    fn chance(&self) -> f64 {
        self.clock.chance()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    async fn sleep(&self, by: Duration) {
        let start = self.clock.elapsed();
        self.clock.sleep(by).await;
        self.watch.waits.fetch_add(1, Ordering::Relaxed);
        let slept = self.clock.elapsed().saturating_sub(start);
        self.watch.waited.fetch_add(millis(slept), Ordering::Relaxed);
    }

    async fn lapse(&self, by: Duration) {
        self.clock.lapse(by).await;
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An exchange for programs; `whole` with its headers and bodies, which are masked.
fn told(exchange: &Exchange<'_>, whole: bool) -> Json {
    let mut line = json!({
        "event": "request",
        "time": Time::from_system(exchange.at).to_string(),
        "operation": exchange.operation,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "error": exchange.error,
        "ms": millis(exchange.elapsed),
        "request_id": exchange.request_id,
        "attempt": exchange.attempt,
        "wait_ms": exchange.wait.map(millis),
    });
    if whole {
        line["request_headers"] = json!(exchange.request_headers());
        line["request_body"] = json!(exchange.request_body());
        line["answer_headers"] = json!(exchange.answer_headers());
        line["answer_body"] = json!(exchange.answer_body());
    }
    line
}

impl Trace for Watch {
    fn exchange(&self, exchange: &Exchange<'_>) {
        exchange.request_id.into_iter().for_each(call_scope::requested);
        let outcome = match (exchange.status, exchange.error) {
            (Some(status), _) => status.to_string(),
            (None, error) => error.unwrap_or("no answer").to_string(),
        };
        let verbose = self.verbose.load(Ordering::Relaxed);
        if verbose && self.events {
            self.say(&told(exchange, self.bodies).to_string());
        } else if verbose {
            let id = exchange.request_id.map(|id| format!(", {id}")).unwrap_or_default();
            let attempt =
                if exchange.attempt > 1 { format!(", attempt {}", exchange.attempt) } else { String::new() };
            let wait =
                exchange.wait.map(|wait| format!(", again in {} ms", millis(wait))).unwrap_or_default();
            let (method, url, took) = (exchange.method, exchange.place(), millis(exchange.elapsed));
            self.say(&format!("{method} {url} -> {outcome} in {took} ms{id}{attempt}{wait}"));
        }
        if self.bodies && !self.events {
            exchange.request_body().iter().for_each(|body| self.say(&format!("  > {body}")));
            exchange.answer_body().iter().for_each(|body| self.say(&format!("  < {body}")));
        }
        if let Some(file) = &self.file {
            let line = told(exchange, true);
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let written = file.write(format!("{line}\n").as_bytes()).and_then(|()| file.keep());
            // A full disk must not end a run that is changing a cloud: it is told at the end.
            if let Err(why) = written {
                let _ = self.lost.set(why.to_string());
            }
        }
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        let place = slowest.partition_point(|slow| slow.took >= exchange.elapsed);
        if place < SLOWEST {
            slowest.insert(
                place,
                Slow {
                    took: exchange.elapsed,
                    what: format!("{} {}", exchange.method, exchange.place()),
                    id: exchange.request_id.map(str::to_string),
                },
            );
            slowest.truncate(SLOWEST);
        }
    }

    fn pretended(&self, request: &Request) {
        if self.silent.load(Ordering::Relaxed) {
            return;
        }
        let body = match &request.body {
            crate::wire::Body::Empty => String::new(),
            crate::wire::Body::Json(json) => format!(" {json}"),
            crate::wire::Body::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), json!(value)));
                format!(" {}", serde_json::Value::Object(fields.collect()))
            }
            crate::wire::Body::Bytes(kind, bytes) => format!(" ({} bytes of {kind})", bytes.len()),
            crate::wire::Body::Stream(kind, content) => format!(" ({} bytes of {kind})", content.size()),
        };
        self.kept(&format!("{} {}{body}", request.method.as_str(), request.url));
    }
}
