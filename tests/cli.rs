//! The program as a person meets it: spawned, with its exit codes, its streams and its files.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod aws;
#[cfg(unix)]
mod ending;
mod events;
#[cfg(unix)]
mod killed;
mod options;
#[cfg(unix)]
mod report;
mod secrets;
mod steps;
#[cfg(unix)]
mod terminal;
mod twelve;
