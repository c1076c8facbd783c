//! The interactive session: what stays from input to input, what is printed, and the terminal itself.

#![allow(clippy::disallowed_methods)] // a terminal is waited for by the clock of the wall
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod commands;
mod interactive;
mod terminal;
mod tour;
mod typed;
