//! The manual: pure functions over [`VERBS`](crate::verbs::VERBS), for `rhain doc` and whoever shows help.
//!
//! [`index`] lists everything, [`page`] tells of a verb, a noun or a word, [`runbook`] of a script;
//! [`markdown`] is all of it, which `docs/reference.md` keeps.

mod page;
mod rendered;
mod runbook;
mod words;

pub use page::{index, markdown, page, topics};
pub use rendered::{Code, Look, MENDED, Piece, json_of_page, listed, pieces, rendered, title};
pub use runbook::{Function, Parameter, runbook};
pub use words::ty as words_of;
