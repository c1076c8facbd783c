//! `wait_ready`: any resource, until it is at rest in its good state.

use super::{RESOURCE, TIMEOUT, WAIT_ERRORS, timeout, until};
use crate::cloud::Ty;
use crate::cloud::wait::Goal;
use crate::verbs::read::READS;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "wait_ready",
    group: Group::Waits,
    summary: "Wait until a resource is at rest in its good state: ACTIVE, after a resize VERIFY_RESIZE.",
    forms: &[Form::of(&[RESOURCE.param(), TIMEOUT.param()]).made_of(READS)],
    returns: Ty::Same,
    effect: Effect::Waits,
    examples: &[Example {
        code: r#"stop("web").wait_status("SHUTOFF").start().wait_ready().status"#,
        gives: "ACTIVE",
    }],
    errors: WAIT_ERRORS,
    see: &["wait_active", "wait_status"],
    run: Run::Together(|call, subjects| {
        Box::pin(async move {
            let timeout = timeout(&call)?;
            until(&call, subjects, Goal::Ready, timeout).await
        })
    }),
};
