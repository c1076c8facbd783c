//! Imports: beside the importing file, from the standard library, out of a bundle, or from elsewhere as the lock holds it. A
//! cycle is an error with its path, for the engine itself would overflow its stack; what lies outside the main script's
//! folder is refused. A module runs once, whoever imports it.
//!
//! [`address`] is where remote modules are, [`remote`] who gives their texts, [`bundle`] a script and its modules in one text.

pub mod address;
pub mod bundle;
mod checking;
mod loading;
pub mod remote;
mod resolver;

pub use super::stdlib::STDLIB;
pub use address::{Address, is_address};
pub use checking::check;
pub use remote::{NoRemote, Remote};
pub use resolver::{INPUT, Resolver, find};

use crate::cloud::{Error, Kind};

/// The error of a remote module that the lock does not hold.
pub fn unlocked(address: &str) -> Error {
    Error::new(Kind::Script, format!("the module `{address}` is not in rhain.lock"))
        .coded("import::lock")
        .help(format!("look at what it can touch and pin it: rhain add {address}"))
}

/// The error of a module that imports itself, by way of the others in `cycle`.
pub fn circular(name: &str, cycle: &[String]) -> Error {
    Error::new(Kind::Script, format!("`{name}` imports itself: {}", cycle.join(" → ")))
        .coded("import::cycle")
        .help("move what both need into a third module")
}
