//! What several tests share: a [`World`] for each test, and servers that misbehave.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]
#![allow(dead_code, unused_imports)] // each file uses a part of it

pub mod stub;
mod world;

pub use world::{Kept, STACK, World};
