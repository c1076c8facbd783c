//! The language server: an editor's questions over two pipes, answered from the text alone. Nothing runs, no cloud is
//! asked, and nothing but the protocol is written.
//!
//! [`frame`] reads and writes messages; [`server`] is what happens to each, a machine without pipes; [`documents`] are the
//! open texts, [`place`] counts as editors do; [`problems`] are diagnostics and quick fixes; [`typing`] helps
//! while something is typed; [`colours`] tells what to paint how; [`answers`] the rest.

mod answers;
mod colours;
mod documents;
mod frame;
mod place;
mod problems;
mod server;
mod typing;

use crate::script::session::Session;
use frame::Incoming;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How long nothing must come before open texts are checked: a burst of changes is checked once, as it ends.
const QUIET: Duration = Duration::from_millis(60);

/// Serve until the client leaves; the exit code: 0 after `shutdown`, 1 otherwise.
///
/// # Errors
/// When the client no longer reads.
pub fn serve(
    session: Arc<Session>,
    mut input: impl BufRead + Send + 'static,
    output: &mut impl Write,
) -> io::Result<u8> {
    let (send, messages) = channel();
    // Reading goes on while an answer is made: so a cancelled request is known of before its turn, and no client that
    // writes without reading waits for ever.
    std::thread::Builder::new().name("lsp-input".to_string()).spawn(move || {
        while let Ok(Some(message)) = frame::read(&mut input) {
            if send.send(message).is_err() {
                break;
            }
        }
    })?;
    let mut server = server::Server::new(session);
    let mut waiting = VecDeque::new();
    loop {
        gather(&messages, &mut waiting);
        let next = match waiting.pop_front() {
            Some(message) => Some(message),
            None if server.is_behind() => match messages.recv_timeout(QUIET) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => {
                    server.catch_up();
                    None
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(server.code_at_end()),
            },
            None => match messages.recv() {
                Ok(message) => Some(message),
                Err(_) => return Ok(server.code_at_end()),
            },
        };
        if let Some(message) = next {
            server.take(message);
        }
        for message in server.told() {
            frame::write(output, &message)?;
        }
        if let Some(code) = server.ended() {
            return Ok(code);
        }
    }
}

/// Take what has come; what its client cancelled and nobody began is marked so.
fn gather(messages: &Receiver<Incoming>, waiting: &mut VecDeque<Incoming>) {
    while let Ok(message) = messages.try_recv() {
        if let Incoming::Notification { method, params } = &message
            && method == "$/cancelRequest"
        {
            cancel(waiting, params.get("id").unwrap_or(&Value::Null));
            continue;
        }
        waiting.push_back(message);
    }
}

fn cancel(waiting: &mut VecDeque<Incoming>, cancelled: &Value) {
    for message in waiting {
        if let Incoming::Request { id, method, .. } = message
            && id == cancelled
            && !matches!(method.as_str(), "initialize" | "shutdown")
        {
            *message = Incoming::Broken {
                id: cancelled.clone(),
                code: frame::code::CANCELLED,
                message: "cancelled by the client".to_string(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_that_was_not_begun_can_be_cancelled() {
        let (send, messages) = channel();
        let request = |id: Value| Incoming::Request { id, method: "m".into(), params: Value::Null };
        let cancels = |id: Value| Incoming::Notification {
            method: "$/cancelRequest".into(),
            params: json!({ "id": id }),
        };
        for message in [request(json!(1)), request(json!("a")), cancels(json!("a")), cancels(json!(7))] {
            assert!(send.send(message).is_ok());
        }
        let mut waiting = VecDeque::new();
        gather(&messages, &mut waiting);
        let cancelled = Incoming::Broken {
            id: json!("a"),
            code: frame::code::CANCELLED,
            message: "cancelled by the client".into(),
        };
        assert_eq!(waiting, [request(json!(1)), cancelled]);
    }
}
