//! What must never happen: secrets that leave, processes that die, answers that lie, lists without an end, terminals that
//! obey strangers, exit codes that say well what went ill.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod catching;
mod clouds;
#[cfg(unix)]
mod pipes;
#[cfg(target_os = "linux")]
mod process;
mod secrets;
#[cfg(unix)]
mod streams;
