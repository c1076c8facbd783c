//! What several tests share: a [`World`] for each test, and servers that misbehave.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
#![allow(dead_code, unused_imports)] // each file uses a part of it

pub mod matrix;
pub mod program;
mod spawn;
pub mod stub;
pub mod toy;
mod world;

pub use spawn::{Ended, Program, Running, Served, normalised, of_tests};
pub use world::{Kept, STACK, World, told};

/// Hold every case to a check, and fail once with all that did not pass.
#[track_caller]
pub fn each<T>(cases: impl IntoIterator<Item = T>, mut check: impl FnMut(T)) {
    let mut failed = 0;
    let mut count = 0;
    for case in cases {
        count += 1;
        failed +=
            usize::from(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(case))).is_err());
    }
    assert!(failed == 0, "{failed} of {count} cases failed, each told above");
}
