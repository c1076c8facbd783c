//! Values as people see them: tables, and the same rows as JSON.

pub mod table;
