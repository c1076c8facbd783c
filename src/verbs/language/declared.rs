//! What the declarations of the language's helpers have in common: they ask no cloud.

use crate::cloud::Ty;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// A helper of the language; what differs is set beside it.
pub(super) const fn verb(
    name: &'static str,
    summary: &'static str,
    forms: &'static [Form],
    returns: Ty,
    examples: &'static [Example],
    see: &'static [&'static str],
    run: Run,
) -> Verb {
    Verb {
        name,
        group: Group::Language,
        summary,
        forms,
        returns,
        effect: Effect::Nothing,
        examples,
        errors: &[],
        see,
        run,
    }
}
