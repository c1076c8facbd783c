//! The manual: pure functions over [`VERBS`](crate::verbs::VERBS), for `rhain doc` and whoever shows help.
//!
//! [`index`] lists everything, [`page`] tells of a verb, a noun or a word, [`runbook`] of a script;
//! [`markdown`] is all of it, which `docs/reference.md` keeps.

mod page;
mod runbook;
mod words;

pub use page::{index, markdown, page, topics};
pub use runbook::{Function, Parameter, runbook};
pub use words::ty as words_of;
