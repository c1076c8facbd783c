//! What a completion is made of.

use crate::cloud::Noun;

/// What may stand at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The byte where the word begins that an item replaces; it ends at the cursor.
    pub start: usize,
    /// The best first.
    pub items: Vec<Item>,
}

/// One thing that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is written in place of the word: `resize(`, `flavor: `, `web-1"`.
    pub text: String,
    /// What a list shows: `resize(flavor)`.
    pub label: String,
    /// One line of what it is; empty where the label tells all.
    pub detail: String,
    /// What kind of thing it is.
    pub kind: Kind,
}

/// Kinds of things that may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A variable or a constant.
    Variable,
    /// An imported module.
    Module,
    /// A function of a script.
    Function,
    /// A verb.
    Verb,
    /// A verb or a function, called on a value.
    Method,
    /// A field.
    Field,
    /// An option's key.
    Option,
    /// A map's key.
    Key,
    /// A word of a fixed set: `"hard"`.
    Value,
    /// What a cloud has, by its name.
    Name(Noun),
    /// An availability zone.
    Zone,
    /// A cloud.
    Cloud,
    /// A file or, with `/` at its end, a folder.
    File,
    /// A word of the language.
    Keyword,
}

impl Item {
    /// An item that is written as it is shown.
    pub fn plain(text: impl Into<String>, detail: impl Into<String>, kind: Kind) -> Item {
        let text = text.into();
        Item { label: text.clone(), text, detail: detail.into(), kind }
    }
}
