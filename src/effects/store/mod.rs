//! Where the records of runs are kept: a home for lines that knows nothing of their meaning. [`mod@file`] is the user's state folder.

pub mod file;

pub use file::{RunFile, StateFolder};
