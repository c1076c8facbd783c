//! The text of a script, read by ourselves: what the engine, which stops at the first mistake and knows no end of
//! anything, cannot tell. It imports nothing; the engine stays the judge of what is a script.
//!
//! [`lexer`] gives tokens with byte spans for any text at all; [`fn@parse`] a [`tree`] of any text, right or wrong; [`scope`]
//! which name means which declaration.

mod expression;
pub mod lexer;
mod literal;
mod parse;
pub mod scope;
pub mod tree;

pub use parse::parse;
