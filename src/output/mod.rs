//! Values as people see them: tables, cards, the same rows as JSON, and what a run says while it waits.

pub mod page;
pub mod progress;
pub mod show;
pub mod table;
pub mod width;
