//! What is known around a text: the values of a session, files, other modules, a cloud's names.

use crate::cloud::{Noun, Providers};
use crate::infer::Type;
use std::sync::Arc;

/// A function that an earlier input or another file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of its parameters.
    pub params: Vec<String>,
    /// Its comment, without the slashes.
    pub comment: String,
}

/// What a cloud has names of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// Resources of a kind.
    Of(Noun),
    /// Availability zones.
    Zones,
    /// The clouds of the session; no cloud is asked for them.
    Clouds,
}

/// What is known around a text. All of it may be left out: what is not known is not offered.
pub trait Environment {
    /// The variables of the session, the last one set first.
    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
    /// What the value of such a variable is: [`Type::of_value`] tells it of a value.
    fn variable(&self, _name: &str) -> Option<Type> {
        None
    }
    /// The functions of earlier inputs.
    fn functions(&self) -> Vec<Function> {
        Vec::new()
    }
    /// The modules that earlier inputs import: their name there, and their path as `import` has it.
    fn modules(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// The text of a module, by its path as `import` has it.
    fn module(&self, _path: &str) -> Option<String> {
        None
    }
    /// What a folder holds, folders with `/` at their end; `""` is where the script is.
    fn files(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }
    /// What there is on a cloud (the session's where none is named), as far as it is known now. It must not wait for an
    /// answer: it is called while someone types.
    fn names(&self, _cloud: Option<&str>, _what: What) -> Arc<[String]> {
        Arc::new([])
    }
    /// The providers that the session may have clouds of.
    fn providers(&self) -> Providers {
        Providers::new([])
    }
}

/// Nothing around: a text alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Environment for Nothing {}
