//! The AWS driver: against a server that answers as told, against the simulated cloud and all that can go wrong there, against
//! what was recorded of a server of its kind, and against one that runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// The macro that makes a test of an async function blocks on it.
#![allow(clippy::disallowed_methods)]

mod flow;
mod launch;
mod lost;
mod matrix;
mod real;
mod recorded;
mod scripted;
