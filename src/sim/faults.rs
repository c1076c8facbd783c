//! What can be made to go wrong, by operation. A fault is a plan: which operation, from which call on, how often, what.
//! Operations are named as in the journal: `server.create`, `token.issue`, `ec2.RunInstances`; `server.*` and `*` match many.
//! [`super::fault_file`] reads such plans from a file.

use std::time::Duration;

/// Something that goes wrong in an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The operation, such as `server.create`; a `*` at the end matches every name that begins so, and `|` parts several.
    pub operation: String,
    /// How many calls it spoils.
    pub times: u32,
    /// How many matching calls pass unharmed first.
    pub after: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// The ways in which an operation can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The operation is not done and this status is answered, with this body or the service's own error body.
    Status {
        /// The HTTP status.
        code: u16,
        /// The body as it stands; without one, an error body of the service's shape.
        body: Option<String>,
        /// The value of `Retry-After`, if one is sent.
        retry_after: Option<String>,
    },
    /// The operation is not done, and refused in the words of a protocol whose refusals have codes (EC2's).
    Coded {
        /// The HTTP status.
        status: u16,
        /// Such as `RequestLimitExceeded`.
        code: String,
    },
    /// The answer is held back for this long (real time); the operation is done first.
    Delay(Duration),
    /// The operation is done, and the world's time moves on by this much before its answer: virtual time only.
    Takes(Duration),
    /// The request lies there for this long (the world's time) and is done then, whoever still waits for an answer: a service
    /// that was stopped and goes on.
    Late(Duration),
    /// The cloud goes away: this and every other connection is closed, nothing is done, and connections are refused for this
    /// long (the world's time).
    Refuse(Duration),
    /// The connection is closed before anything is done.
    ResetBefore,
    /// The operation is done, then the connection is closed without an answer.
    ResetAfter,
    /// The operation is done and half of the answer's body is sent.
    Truncate,
    /// The operation is done and its answer is whole, but no JSON: the second half of the body is missing.
    Malformed,
    /// The operation is done and answered with its own status and nothing at all.
    Empty,
    /// The operation is done and answered with its own status and a page of HTML, as a portal on the way would.
    WrongType,
    /// A proxy's 502 with an HTML body; the operation is not done.
    Html,
    /// The operation is accepted and ends with the server in ERROR, with this message.
    ErrorState {
        /// The text of the server's fault.
        message: String,
    },
    /// The server never leaves the first step of what was asked.
    Stuck,
    /// What was accepted shows no trace for this long, and then runs.
    SlowStart(Duration),
    /// What was accepted takes this many times as long as usual.
    Slow(u32),
    /// From this call on the cloud's clock stands this many seconds before the caller's, or behind it.
    Skew(i64),
    /// The caller's token stops being known just before the call.
    RevokeToken,
    /// The caller's token comes to its end just before the call, whatever its `expires_at` said.
    ExpireToken,
    /// A token that is issued lasts this long only, and says so.
    TokenLife(Duration),
}

/// The plans that are still to strike.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn plan(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The faults that strike this call; counts it for every plan that matches.
    pub(crate) fn strike(&mut self, operation: &str) -> Vec<FaultKind> {
        let mut struck = Vec::new();
        for fault in self.0.iter_mut().filter(|fault| matches(&fault.operation, operation)) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                struck.push(fault.kind.clone());
            }
        }
        self.0.retain(|fault| fault.times > 0);
        struck
    }
}

fn matches(pattern: &str, operation: &str) -> bool {
    pattern.split('|').any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => operation.starts_with(start),
        None => pattern == operation,
    })
}
