//! Stacks as they were recorded on real services, asked again of the simulated ones.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, missing_docs, unreachable_pub)]

mod cfn_recorded;
mod client;
mod cloud;
mod heat_recorded;
mod lives;
