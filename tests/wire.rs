//! The wire against a server that misbehaves, and a session against a small Keystone.

// `tokio::test` waits for its own future.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod cloudstack;
mod pace;
mod proxy;
mod real;
mod repeat;
mod send;
mod session;
mod sign;
mod sigv2;
mod sigv4;
mod tls;
