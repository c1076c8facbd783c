//! `wait_active`: a server or an image, until it is ACTIVE.

use super::{RESOURCE, TIMEOUT, WAIT_ERRORS, timeout, until};
use crate::cloud::Ty;
use crate::cloud::wait::Goal;
use crate::verbs::read::READS;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "wait_active",
    group: Group::Waits,
    summary: "Wait until a server or an image is ACTIVE and no task runs.",
    forms: &[Form::of(&[RESOURCE.param(), TIMEOUT.param()]).made_of(READS)],
    returns: Ty::Same,
    effect: Effect::Waits,
    examples: &[Example { code: r#"reboot("web").wait_active("5m").status"#, gives: "ACTIVE" }],
    errors: WAIT_ERRORS,
    see: &["wait_ready", "wait_status"],
    run: Run::Together(|call, subjects| {
        Box::pin(async move {
            let timeout = timeout(&call)?;
            until(&call, subjects, Goal::Active, timeout).await
        })
    }),
};
