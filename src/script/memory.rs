//! How much memory the program holds, counted where it is taken; and what a run may hold of it.
//!
//! The engine's own bounds would measure a whole text or array at every change of it. Here the allocator counts, the run
//! looks at the count at every step, and helpers that make something large ask before they do.

use crate::cloud::{Error, Kind};
use cap::Cap;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The bytes that the program holds now.
pub fn held() -> usize {
    ALLOCATOR.allocated()
}

/// The error of a run that would hold more than it may.
pub fn exceeded() -> Error {
    Error::new(Kind::Script, "the script takes more memory than it may")
        .coded("language::limit")
        .help("work through less at a time, or raise `--max-memory`")
}
