//! A panic inside a native is an error of the script: what it put off until its end still runs.

use super::raise::{Outcome, raise_at};
use crate::cloud::{Error, Kind};
use rhai::NativeCallContext;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the work gives, or the error that its panic is.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(|said| said.to_string());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        match said.contains("capacity overflow") {
            true => super::memory::exceeded(),
            false => Error::new(Kind::Script, "this call broke off; that is a mistake in rhain")
                .coded("language::failed")
                .answer(said),
        }
    })
}

/// The same for a native: the error is raised where it was called, and a script can catch it.
pub(super) fn native<T>(context: &NativeCallContext, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    caught(work).unwrap_or_else(|error| Err(raise_at(error, context)))
}
