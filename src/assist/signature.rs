//! The signature of the call that is being typed.

use super::environment::Environment;
use std::ops::Range;

/// The ways of making the call that a cursor is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What the function does; empty where nothing tells.
    pub summary: String,
    /// Its forms; one at least.
    pub forms: Vec<Form>,
    /// The form that fits what is typed so far, by its index.
    pub form: usize,
    /// The parameter that the cursor is in, by its index in that form; `None` behind the last one.
    pub param: Option<usize>,
}

/// One way of making a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// `resize(server, flavor)`; without the first parameter where it is called as a method.
    pub label: String,
    /// Each parameter: its bytes in the label, and what it is.
    pub params: Vec<(Range<usize>, String)>,
}

/// What stands dim behind the cursor while a call is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The form: `resize(flavor)`; inside an options map, the keys that are not there yet.
    pub form: String,
    /// The bytes of the form where the cursor is.
    pub active: Option<Range<usize>>,
    /// What is still to be typed: `flavor)`; empty in the middle of an argument.
    pub rest: String,
}

/// The signature of the innermost call around a byte.
pub fn signature(_text: &str, _at: usize, _environment: &dyn Environment) -> Option<Signature> {
    None
}

/// What stands dim behind a cursor at this byte.
pub fn hint(_text: &str, _at: usize, _environment: &dyn Environment) -> Option<Hint> {
    None
}
