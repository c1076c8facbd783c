//! Where the records of runs are kept: a home for lines that knows nothing of their meaning. [`mod@file`] is the user's state folder,
//! [`locks`] the names that a run has to itself.

pub mod file;
pub mod locks;

pub use file::{RunFile, StateFolder};
pub use locks::{Holder, Locks, Taken};
