//! What an editor offers at a place of a text: pure functions over the text and a byte of it.
//!
//! [`mod@definition`] finds where a name is declared, [`mod@references`] every place of it, [`mod@rename`] gives it another name;
//! [`mod@symbols`] is the outline.

pub mod definition;
pub mod references;
pub mod rename;
pub mod symbols;
