//! Which groups the creates of this run were given, and which creates are under way: so that none takes for its own what
//! another made, where only name and age could tell them apart.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the creates of one cloud know of each other.
#[derive(Clone, Default)]
pub(super) struct Given(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The ids that creates gave to the script.
    ids: HashSet<String>,
    /// Name and description of what is being made, once for each create.
    under_way: Vec<(String, String)>,
}

impl Given {
    /// A create of this name and description begins; it is under way as long as what this gives is held.
    pub(super) fn begin(&self, name: &str, description: &str) -> UnderWay<'_> {
        let what = (name.to_string(), description.to_string());
        self.state().under_way.push(what.clone());
        UnderWay { given: self, what }
    }

    /// Whether a create gave this id to the script.
    pub(super) fn is_given(&self, id: &str) -> bool {
        self.state().ids.contains(id)
    }

    /// Whether this is what a call of this name and description gave or may still give to the script.
    pub(super) fn may_be_given(&self, id: &str, name: &str, description: &str) -> bool {
        let state = self.state();
        state.ids.contains(id)
            || state.under_way.iter().any(|(one, other)| one == name && other == description)
    }

    // Nothing is left half done under this lock, so what a panic left there is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A create that is under way.
pub(super) struct UnderWay<'a> {
    given: &'a Given,
    what: (String, String),
}

impl UnderWay<'_> {
    /// The answer says that this is what the create made.
    pub(super) fn give(&self, id: &str) {
        self.given.state().ids.insert(id.to_string());
    }

    /// This looks like what the create made. `false` where another create was given it, or may have made it and still waits
    /// for its answer.
    pub(super) fn give_found(&self, id: &str) -> bool {
        let mut state = self.given.state();
        let alike = state.under_way.iter().filter(|what| **what == self.what).count();
        alike == 1 && state.ids.insert(id.to_string())
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.given.state();
        if let Some(at) = state.under_way.iter().position(|what| *what == self.what) {
            state.under_way.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_create_has_or_may_have_made_is_not_given() {
        let given = Given::default();
        let (a, b) = (given.begin("web", ""), given.begin("web", ""));
        let other = given.begin("web", "of another");
        assert!(!b.give_found("1"), "`a` may have made it");
        a.give("1");
        drop(a);
        assert!(given.is_given("1") && !b.give_found("1"));
        assert!(b.give_found("2") && !other.give_found("2") && other.give_found("3"));
    }
}
