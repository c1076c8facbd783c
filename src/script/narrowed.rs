//! What modules may touch of what the script may: by their own headers, and by the headers of those who import them.

use crate::cloud::Error;
use crate::effects::{Decision, Grants, Policy, decide};
use crate::verbs::Call;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The grants of each module, by its name as a source and by who says so.
#[derive(Debug, Default)]
pub struct Narrowed(Mutex<BTreeMap<String, BTreeMap<String, Grants>>>);

impl Narrowed {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, Grants>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A module may touch no more than this, as `by` says: itself, or a source that imports it.
    pub(super) fn add(&self, module: &str, by: &str, grants: Grants) {
        self.lock().entry(module.to_string()).or_default().insert(by.to_string(), grants);
    }

    /// Why a call that stands in a source may not be made, where a header says so.
    pub(super) fn refused(&self, call: &Call, policy: &Policy, source: Option<&str>) -> Option<Error> {
        let module = source?;
        let all = self.lock().get(module)?.clone();
        all.into_iter().find_map(|(by, grants)| match decide(call, &policy.within(&grants)) {
            Decision::Deny(mut error) => {
                let header = match by == module {
                    true => format!("the header of the module `{module}`"),
                    false => format!("the header of `{by}`, which imports the module `{module}`,"),
                };
                error.label = Some("the module may not".into());
                error.verb = Some(call.verb.name);
                Some(error.help(format!("{header} names all that the module may touch: add this there")))
            }
            _ => None,
        })
    }
}
