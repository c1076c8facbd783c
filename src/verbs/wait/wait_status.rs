//! `wait_status`: a status, or one of several.

use super::{RESOURCE, TIMEOUT, WAIT_ERRORS, timeout, until};
use crate::cloud::wait::Goal;
use crate::cloud::{Noun, Ty, Value};
use crate::verbs::filter::Statuses;
use crate::verbs::read::READS;
use crate::verbs::server::servers::check_statuses;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const STATUS: Key<Statuses> = Key::required("status", "A status, or an array of them; case does not matter.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "wait_status",
    group: Group::Waits,
    summary: "Wait until a resource has a status, or one of several.",
    forms: &[Form::of(&[RESOURCE.param(), STATUS.param(), TIMEOUT.param()]).made_of(READS)],
    returns: Ty::Same,
    effect: Effect::Waits,
    examples: &[Example {
        code: r#"stop("web").wait_status(["shutoff", "error"], "2m").status"#,
        gives: "SHUTOFF",
    }],
    errors: WAIT_ERRORS,
    see: &["wait_active", "wait_ready"],
    run: Run::Together(|call, subjects| {
        Box::pin(async move {
            let timeout = timeout(&call)?;
            let statuses = call.get(&STATUS)?.0;
            let servers = subjects.iter().all(|subject| match subject {
                Value::Resource(resource) => resource.noun() == Noun::Server,
                _ => true,
            });
            if servers {
                check_statuses(&call, STATUS.name, &statuses)?;
            }
            until(&call, subjects, Goal::Status(statuses), timeout).await
        })
    }),
};
