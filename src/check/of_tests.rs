//! What tests are written with, in a script that is no test: it fails where it is reached.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::verbs::{Group, verb};

/// The end of the names of files that hold tests.
const TEST: &str = "_test.rhai";

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    // A module may hold what several tests share.
    if facts.module || facts.name.ends_with(TEST) || !facts.name.ends_with(".rhai") {
        return;
    }
    for call in &facts.calls {
        let name = call.name.text.as_str();
        let of_tests = verb(name).is_some_and(|verb| verb.group == Group::Tests);
        if !of_tests || !call.modules.is_empty() || call.receiver.is_some() || facts.is_own(name) {
            continue;
        }
        let error = Error::new(Kind::Unsupported, format!("`{name}` works in tests only"))
            .coded("cloud::unsupported")
            .at(Place::Verb, "fails under `rhain run`")
            .help(format!(
                "put it into a function `test_…` of a file `…{TEST}`, and run that with `rhain test`"
            ));
        found.push(Finding::warning(error, call.name.span.clone()));
    }
}
