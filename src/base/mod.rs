//! Words that every room uses and that know none of them: the mask, placeholders of secrets, text made safe
//! for a terminal, bytes that are not held in memory, the guard before YAML, files that are read whole.

pub mod file;
pub mod glob;
pub mod placeholder;
pub mod stream;
pub mod visible;
pub mod yaml;
pub mod yaml_tree;

/// What a secret shows as.
pub const MASK: &str = "••••••";
