//! The manual: pure functions over [`VERBS`](crate::verbs::VERBS), for `rhain doc` and whoever shows help.
//!
//! [`index`] lists everything, [`page`] tells of a verb, a noun or a word, [`runbook`] of a script.

mod page;
mod runbook;
mod words;

pub use page::{index, page, topics};
pub use runbook::{Function, Parameter, runbook};
