//! Heat: stacks. Each file builds the calls of one thing and decodes its answers; nothing here sends. [`files`] collects the files
//! that a template names, [`environment`] merges environments, so that no hidden value is uploaded as a file.

pub mod action;
pub mod environment;
pub mod event;
pub mod files;
pub mod limits;
pub mod resource;
pub mod stack;
pub mod template;

use super::call::segment;

/// A stack as Heat addresses it: by name and id, so that no other of that name is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
}

impl Identity {
    /// The path of the stack, and of something below it.
    pub fn path(&self, below: &str) -> String {
        format!("/stacks/{}/{}{below}", segment(&self.name), segment(&self.id))
    }
}
