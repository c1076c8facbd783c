//! The command: what joins configuration, drivers and the language.

pub mod clouds;
