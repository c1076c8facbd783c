//! The language as a runbook meets it, sentence by sentence of its contract, on a simulated cloud a test.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod table;
