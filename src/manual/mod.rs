//! The manual: pure functions over [`VERBS`](crate::verbs::VERBS), for `rhain doc` and whoever shows help.
//!
//! [`index`] lists everything, [`page`] tells of a verb, a noun or a word, [`search`] finds what mentions words,
//! [`runbook`] tells of a script, [`rendered`] draws a page that is written in Markdown; [`markdown`] is all of it,
//! which `docs/reference.md` keeps, and what ends in `json` is for programs. Pages have 80 columns.

mod built_in;
mod json;
mod markdown;
mod noun;
mod page;
mod rendered;
mod runbook;
mod search;
pub mod site;
mod values;
mod verb;
mod words;

pub use json::{index_json, page_json, runbook_json};
pub use markdown::markdown;
pub use page::{exactly, index, index_with, page, topics};
pub use rendered::{Code, Look, MENDED, Piece, json_of_page, listed, pieces, rendered, title};
pub use runbook::{Function, Parameter, runbook};
pub use search::search;
pub use words::ty as words_of;
