//! The stage that every call passes: what watches it, what it lets through, and the values that a record of it keeps.

mod lives;
mod roles;
mod values;
