//! `rhain test`: finds tests, spreads them over threads, and tells how they ended. The worlds that they run in are made by `cli`, which
//! alone may join a provider and a script.
//!
//! [`discover`] reads which tests a file has, and for which clouds, and `examples` makes tests of what stands in comments; [`suite`] runs them, many at a time, and gives what came of
//! each in an order that does not hang on time; [`report`], [`junit`] and [`json`] tell it; [`operations`] knows which requests a verb is made of.

pub mod chaos;
pub mod coverage;
pub mod difference;
pub mod discover;
mod examples;
pub mod json;
pub mod junit;
pub mod operations;
pub mod report;
pub mod suite;

pub use discover::{Test, TestCloud, TestFile};
pub use suite::{Case, Ended, Line, Stream};
