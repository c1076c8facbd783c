//! What the word at a place is, told at length.

use super::environment::Environment;
use std::ops::Range;

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word's bytes.
    pub span: Range<usize>,
    /// What it is, as Markdown.
    pub markdown: String,
}

/// What the word at a byte is.
pub fn hover(_text: &str, _at: usize, _environment: &dyn Environment) -> Option<Hover> {
    None
}
