//! Providers as values: what a kind of cloud is called and what it can do. A driver declares one in its folder; the
//! command line hands over the list of them. From it follow `supports`, what is refused before anything is looked up,
//! the checker's rule, the manual's list of clouds and the table of coverage.

use super::traits::OPERATIONS;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// Which kind of API a cloud speaks, and what it can do through it.
pub struct Provider {
    /// The word in scripts.
    pub name: &'static str,
    /// The operations that it has, by their words (see [`OPERATIONS`]); any other is `unsupported`.
    pub operations: &'static [&'static str],
}

impl Provider {
    /// The word in scripts.
    pub fn as_str(&self) -> &'static str {
        self.name
    }

    /// Whether it has one of these operations.
    pub fn has_any(&self, operations: &[&str]) -> bool {
        operations.iter().any(|operation| self.operations.contains(operation))
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Provider) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The providers of a session, in the order in which they are listed.
#[derive(Debug, Clone)]
pub struct Providers(Arc<[&'static Provider]>);

impl Providers {
    /// These.
    pub fn new(list: impl IntoIterator<Item = &'static Provider>) -> Providers {
        Providers(list.into_iter().collect())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static Provider> + '_ {
        self.0.iter().copied()
    }
}

/// The operations by the word in front of their brackets.
static BY_WORD: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut all: HashMap<&str, Vec<&str>> = HashMap::new();
    for operation in OPERATIONS.iter().flat_map(|(_, list)| list.iter().copied()) {
        let word = operation.split('(').next().unwrap_or(operation);
        all.entry(word).or_default().push(operation);
    }
    all
});

/// Every operation of a word, with its forms and options: `snapshot` has `snapshot(volume)` too. None for other words.
pub fn operations_of(word: &str) -> &'static [&'static str] {
    BY_WORD.get(word).map_or(&[], Vec::as_slice)
}
