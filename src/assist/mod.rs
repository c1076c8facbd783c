//! What an editor offers at a place of a text: completions, signatures, explanations, colours, the other bracket; where a
//! name is declared and used, its renaming, the outline.
//!
//! Pure functions over a text, a byte and an [`Environment`]: the terminal's editor and the language server call the
//! same ones. A text that is being typed is most often wrong, so nothing here minds mistakes, and any byte will do: one
//! inside a character counts as the character's first. Only [`live`] asks a cloud, and only for lists.

pub mod definition;
pub mod environment;
pub mod highlight;
pub mod hover;
pub mod item;
pub mod live;
pub mod references;
pub mod rename;
pub mod signature;
pub mod symbols;

mod complete;
mod members;
mod place;
mod rank;
mod reader;
mod wanted;

pub use complete::complete;
pub use environment::{Environment, Function, Nothing, What};
pub use highlight::{Class, highlight, matching_bracket};
pub use hover::{Hover, hover};
pub use item::{Completion, Item, Kind};
pub use live::Live;
pub use signature::{Form, Hint, Signature, hint, signature};

/// The byte at or before `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
