//! `wait_deleted`: any resource, until it is gone.

use super::{RESOURCE, TIMEOUT, WAIT_ERRORS, timeout, until};
use crate::cloud::Ty;
use crate::cloud::wait::Goal;
use crate::verbs::read::READS;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "wait_deleted",
    group: Group::Waits,
    summary: "Wait until a resource is gone; what is gone already is fine.",
    forms: &[Form::of(&[RESOURCE.param(), TIMEOUT.param()]).made_of(READS)],
    returns: Ty::Same,
    effect: Effect::Waits,
    examples: &[Example {
        code: r#"let s = server("web"); s.delete().wait_deleted(); s.status"#,
        gives: "DELETED",
    }],
    errors: WAIT_ERRORS,
    see: &["delete"],
    run: Run::Together(|call, subjects| {
        Box::pin(async move {
            let timeout = timeout(&call)?;
            until(&call, subjects, Goal::Deleted, timeout).await
        })
    }),
};
