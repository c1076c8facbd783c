//! `refresh`: any resource, read again.

use crate::cloud::{Kind, Ty};
use crate::verbs::argument::AnyRef;
use crate::verbs::read::READS;
use crate::verbs::run::reread;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const RESOURCE: Key<AnyRef> =
    Key::required("resource", "A resource or an array of them; text names a server.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "refresh",
    group: Group::Servers,
    summary: "Read a resource again, into the object itself, and give it.",
    forms: &[Form::of(&[RESOURCE.param()]).made_of(READS)],
    returns: Ty::Same,
    effect: Effect::Reads,
    examples: &[Example { code: r#"let s = server("web"); s.refresh(); s.status"#, gives: "ACTIVE" }],
    errors: &[Kind::NotFound],
    see: &["wait_status"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let resource = call.resource(&RESOURCE).await?;
            let cloud = call.host.clouds.get(Some(resource.cloud()))?;
            reread(&call, &cloud, resource, RESOURCE.name).await
        })
    }),
};
