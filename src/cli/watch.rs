//! What a person or a file is told of each request: `-v`, `--trace FILE`, a dry run, `--stats`.

use crate::wire::{Exchange, Request, Trace};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Watches the requests of a run.
pub struct Watch {
    verbose: AtomicBool,
    bodies: bool,
    file: Option<Mutex<File>>,
    slowest: Mutex<Option<(Duration, String)>>,
}

impl Watch {
    /// A watch; `trace` is made anew.
    ///
    /// # Errors
    /// When the trace file cannot be made.
    pub fn new(verbose: u8, trace: Option<&Path>) -> std::io::Result<Watch> {
        let file = trace.map(private_file).transpose()?;
        Ok(Watch {
            verbose: AtomicBool::new(verbose > 0),
            bodies: verbose > 1,
            file: file.map(Mutex::new),
            slowest: Mutex::default(),
        })
    }

    /// Say each request from now on, or no more.
    pub fn say_requests(&self, on: bool) {
        self.verbose.store(on, Ordering::Relaxed);
    }

    /// The slowest request so far.
    pub fn slowest(&self) -> Option<(Duration, String)> {
        self.slowest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file that only its owner reads: traces hold names and addresses.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = options.mode(0o600).open(path)?;
        // One that was there keeps its mode; a device or a pipe is not ours to close.
        if file.metadata()?.is_file() {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

fn say(text: &str) {
    // Nobody may listen on standard error; that ends no run.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Trace for Watch {
    fn exchange(&self, exchange: &Exchange<'_>) {
        let outcome = match (exchange.status, exchange.error) {
            (Some(status), _) => status.to_string(),
            (None, error) => error.unwrap_or("no answer").to_string(),
        };
        if self.verbose.load(Ordering::Relaxed) {
            let id = exchange.request_id.map(|id| format!(", {id}")).unwrap_or_default();
            let attempt =
                if exchange.attempt > 1 { format!(", attempt {}", exchange.attempt) } else { String::new() };
            let wait =
                exchange.wait.map(|wait| format!(", again in {} ms", millis(wait))).unwrap_or_default();
            let (method, url, took) = (exchange.method, exchange.url, millis(exchange.elapsed));
            say(&format!("{method} {url} -> {outcome} in {took} ms{id}{attempt}{wait}"));
        }
        if self.bodies {
            exchange.request_body().iter().for_each(|body| say(&format!("  > {body}")));
            exchange.answer_body().iter().for_each(|body| say(&format!("  < {body}")));
        }
        if let Some(file) = &self.file {
            let line = json!({
                "operation": exchange.operation,
                "method": exchange.method,
                "url": exchange.url,
                "status": exchange.status,
                "error": exchange.error,
                "ms": millis(exchange.elapsed),
                "request_id": exchange.request_id,
                "attempt": exchange.attempt,
                "wait_ms": exchange.wait.map(millis),
                "request_headers": exchange.request_headers(),
                "request_body": exchange.request_body(),
                "answer_headers": exchange.answer_headers(),
                "answer_body": exchange.answer_body(),
            });
            // A full disk must not end a run that is changing a cloud.
            let _ = writeln!(file.lock().unwrap_or_else(PoisonError::into_inner), "{line}");
        }
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if slowest.as_ref().is_none_or(|(took, _)| *took < exchange.elapsed) {
            *slowest = Some((exchange.elapsed, format!("{} {}", exchange.method, exchange.url)));
        }
    }

    fn pretended(&self, request: &Request) {
        let body = match &request.body {
            crate::wire::Body::Empty => String::new(),
            crate::wire::Body::Json(json) => format!(" {json}"),
            crate::wire::Body::Form(fields) => format!(" {fields:?}"),
            crate::wire::Body::Bytes(kind, bytes) => format!(" ({} bytes of {kind})", bytes.len()),
        };
        say(&format!("dry run: {} {}{body}", request.method.as_str(), request.url));
    }
}
