//! rhain: cloud runbooks in Rhai. A library that knows clouds, and a thin program over it.
//!
//! The path of one call, and so the reading order of the rooms:
//!
//! - [`base`] is words that every room uses: the mask, placeholders of secrets, the guard before YAML.
//! - [`script`] turns Rhai values into checked arguments; alone names `rhai`, alone blocks on a future.
//! - [`syntax`] reads a script's text with the place of every byte, for underlines, checks and editors.
//! - [`mod@format`] lays a script's text out anew, every token kept.
//! - [`effects`] decides on every effect before it happens, and keeps the record of a run: by it a run goes on, and is taken back.
//! - [`verbs`] is what the language can do: one file a verb, one table of them.
//! - [`cloud`] is the neutral nouns, their errors, and the trait with one method an operation. A dry run is a cloud that wraps a
//!   cloud: [`cloud::overlay`].
//! - [`provider`] is one folder a driver: it turns operations into request values and answers into nouns.
//! - [`wire`] sends a request value: deadlines, retries, pacing, tracing. It knows no cloud.
//! - [`config`] finds which clouds the user has.
//! - [`infer`] tells what a value is before it is there: one lattice of types, and two questions.
//! - [`check`] finds what is wrong before a script runs: one file a rule, over our own tree of the text.
//! - [`audit`] lists what a script can touch, never less than what a run does.
//! - [`assist`] is what an editor offers at a place of a text: completions, signatures, colours, definitions, renaming.
//! - [`lsp`] is the language server: an editor's questions over two pipes, answered by `check` and `assist`.
//! - [`diag`] alone draws errors; [`manual`] and [`output`] are pure functions over verbs and values.
//! - [`repl`] is the session line by line, on a terminal or from a pipe.
//! - [`testing`] finds the tests of scripts, runs them many at a time, and tells how they ended.
//! - `rhain_sim`, a crate of its own in src/sim, is the simulated cloud: one world, a face for each protocol, served on loopback.
//! - [`cli`] joins all of it, and is the only room that may.

pub mod assist;
pub mod audit;
pub mod base;
pub mod check;
pub mod cli;
pub mod cloud;
pub mod config;
pub mod diag;
pub mod effects;
pub mod format;
pub mod infer;
pub mod lsp;
pub mod manual;
pub mod output;
pub mod provider;
pub mod repl;
pub mod script;
pub mod syntax;
pub mod testing;
pub mod verbs;
pub mod wire;
