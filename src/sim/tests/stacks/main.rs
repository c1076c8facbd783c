//! Stacks as they were recorded on real services, asked again of the simulated ones.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod client;
mod heat_recorded;
