//! A function of the script that is named like a verb: with as many parameters it would be called in the verb's place.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::verbs::{Group, verb};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (name, params) in &facts.functions {
        // Helpers of arrays have names that scripts give to functions of their own.
        let Some(verb) = verb(&name.text).filter(|verb| verb.group != Group::Arrays) else { continue };
        let takes =
            |count: usize| verb.forms.iter().any(|form| form.fewest() <= count && count <= form.most());
        let error =
            Error::new(Kind::Script, format!("the function `{0}` is named like the verb `{0}`", name.text))
                .coded("check::shadowed_verb")
                .help("give the function a name of its own; a verb does not answer to its name any more");
        // A verb may be called on a cloud, which is one argument more.
        let hides = takes(*params) || params.checked_sub(1).is_some_and(takes);
        found.push(match hides && verb.group != Group::Language {
            true => {
                Finding::error(error.at(Place::Verb, "it is called in the verb's place"), name.span.clone())
            }
            false => {
                Finding::warning(error.at(Place::Verb, "a reader takes it for the verb"), name.span.clone())
            }
        });
    }
}
