//! The language: Rhai, the verbs bound into it, and what a failure looks like from outside.

mod calls;
pub mod failure;
pub mod fault;
mod habits;
pub mod lexer;
pub mod nearest;
mod people;
mod syntax;
