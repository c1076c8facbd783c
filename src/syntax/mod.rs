//! The text of a script, read by ourselves: what the engine, which stops at the first mistake and knows no end of
//! anything, cannot tell. It imports nothing; the engine stays the judge of what is a script.
//!
//! [`lexer`] gives tokens with byte spans for any text at all; [`source`] where its lines are; [`fn@parse`] a [`tree`] of any text, right or wrong; [`scope`]
//! which name means which declaration.

mod expression;
pub mod lexer;
mod literal;
mod parse;
pub mod scope;
pub mod source;
pub mod tree;

pub use parse::parse;

thread_local! {
    static VISITED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Count a node, a declaration or a token that is looked at.
pub(crate) fn visit() {
    VISITED.with(|visited| visited.set(visited.get().wrapping_add(1)));
}

/// How many nodes and declarations this thread has looked at: what reading costs, whatever the machine.
pub fn visited() -> u64 {
    VISITED.with(std::cell::Cell::get)
}
