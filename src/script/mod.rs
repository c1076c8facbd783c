//! The language: Rhai, the verbs bound into it, and what a failure looks like from outside.

pub mod failure;
pub mod lexer;
pub mod nearest;
