//! The language: Rhai, the verbs bound into it, and what a failure looks like from outside.
//!
//! [`session`] is what natives share; [`bind`] registers the verbs; [`engine`] puts an engine together; [`run`] runs a
//! text; [`reader`] tells what can be told of one without running it; [`failure`] is what it ends with, in no terms of the engine. Values cross in [`value`], futures in [`bridge`].

mod assigning;
pub mod bind;
pub mod bridge;
pub mod budget;
mod calls;
mod carried;
pub mod compare;
mod elsewhere;
pub mod ending;
pub mod engine;
pub mod failure;
pub mod fault;
mod habits;
mod helpers;
mod idioms;
pub mod interactive;
mod known;
mod mistakes;
pub mod modules;
pub mod parallel;
pub mod params;
mod people;
pub mod plain;
pub mod raise;
pub mod reader;
mod reading;
pub mod run;
pub mod session;
pub mod types;
pub mod value;
pub use people::BUILT_IN;
