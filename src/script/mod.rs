//! The language: Rhai, the verbs bound into it, and what a failure looks like from outside.
//!
//! [`session`] is what natives share; [`bind`] registers the verbs; [`engine`] puts an engine together; [`run`] runs a
//! text; [`natives`] tells what can be told of one without running it; [`failure`] is what it ends with, in no terms of the engine. Values cross in [`value`], futures in [`bridge`].

pub mod bind;
pub mod bridge;
pub mod budget;
pub mod compare;
pub mod coverage;
pub mod deferred;
pub mod engine;
pub mod errors;
pub mod failure;
pub mod given;
mod guard;
mod helpers;
pub mod interactive;
mod map_keys;
pub mod memory;
pub mod modules;
mod narrowed;
pub mod natives;
pub mod own_chains;
pub mod parallel;
pub mod params;
mod pieces;
pub mod raise;
pub mod resources;
pub mod run;
pub mod secret_literals;
mod secret_text;
pub mod session;
mod stdlib;
mod symbols;
pub mod types;
pub mod value;
pub mod word_compare;
