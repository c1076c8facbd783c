//! The engine's errors, and foreign habits in a script's text, as advice in the language's own words.
//!
//! Start at [`runtime`] for what happens while a script runs, at [`syntax`] for a text that does not parse. Nothing is
//! drawn here: `diag` draws what these give.

pub mod context;
pub mod engine_words;
pub mod foreign_names;
pub mod foreign_syntax;
pub mod foreign_words;
pub mod no_such_function;
pub mod runtime;
pub mod syntax;
pub mod tokens;
