//! `delete`: any resource, or an array of them.

use super::OPENSTACK_AND_AWS;
use crate::cloud::wait::{Before, Goal, Pending};
use crate::cloud::{Error, Kind, Resource, Result, Span, Ty, Value};
use crate::verbs::argument::{AnyRef, Reference, TimeLimit};
use crate::verbs::call::Call;
use crate::verbs::run::one;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Members, Run, Verb};
use crate::verbs::wait::until;
use futures_util::StreamExt;
use futures_util::stream;

const RESOURCE: Key<AnyRef> =
    Key::required("resource", "A resource or an array of them; text names a server.");
const MISSING_OK: Key<bool> = Key::optional("missing_ok", "Whether what is gone already is no error.");
const FORCE: Key<bool> =
    Key::optional("force", "Delete at once what the cloud would keep for a while, in any state.");
const WAIT: Key<TimeLimit> = Key::optional("wait", "Wait until it is gone: a duration, or true for 10m.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "delete",
    group: Group::Servers,
    summary: "Delete a resource: a server, an image, a volume, a network and so on.",
    forms: &[Form::with(&[RESOURCE.param()], &[MISSING_OK.param(), FORCE.param(), WAIT.param()])],
    returns: Ty::Unit,
    effect: Effect::Destroys,
    on: OPENSTACK_AND_AWS,
    examples: &[Example {
        code: r#"delete("web", #{ wait: true }); find_server("web") == ()"#,
        gives: "true",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict, Kind::Forbidden, Kind::Timeout],
    see: &["wait_deleted", "servers"],
    run: Run::Together(|call, subjects| Box::pin(delete_all(call, subjects))),
};

/// Delete each, then wait for all of them together: a list call a look, however many they are.
async fn delete_all(call: Call, subjects: Vec<Value>) -> Result<Members> {
    let wait: Option<Span> = call.find(&WAIT)?.and_then(|patience| patience.0);
    let calls = subjects.into_iter().map(|subject| call.of(subject)).collect::<Vec<_>>();
    let deletions = stream::iter(calls).map(|call| one(call, |call| Box::pin(delete(call))));
    let mut results: Members = deletions.buffered(call.host.concurrency).collect().await;
    if let Some(timeout) = wait {
        let (places, going): (Vec<usize>, Vec<Value>) = results
            .iter()
            .enumerate()
            .filter_map(|(place, result)| result.as_ref().ok().map(|value| (place, value.clone())))
            .filter(|(_, value)| matches!(value, Value::Resource(_)))
            .unzip();
        if !going.is_empty() {
            let ends = match until(&call, going, Goal::Deleted, timeout.to_std()).await {
                Ok(ends) => ends,
                Err(error) => vec![Err(error); places.len()],
            };
            for (place, end) in places.into_iter().zip(ends) {
                results[place] = end.map_err(|mut error| {
                    error.accepted = true;
                    error
                });
            }
        }
    }
    Ok(results.into_iter().map(|result| result.map(|_| Value::Unit)).collect())
}

/// Delete one; gives what is going, nothing where it was gone already.
async fn delete(call: Call) -> Result<Value> {
    let missing_ok = call.find(&MISSING_OK)?.unwrap_or(false);
    let force = call.find(&FORCE)?.unwrap_or(false);
    let resource = match call.get(&RESOURCE)?.0 {
        Reference::Object(resource) => resource,
        text => match call.resolve_server(&text, RESOURCE.name).await {
            Ok(server) => Resource::Server(server.into()),
            Err(error) if error.kind == Kind::NotFound && missing_ok => return Ok(Value::Unit),
            Err(error) => return Err(error),
        },
    };
    let cloud = call.host.clouds.get(Some(resource.cloud()))?;
    let was_there = match &resource {
        Resource::Server(server) => {
            let at = call.host.clock.now();
            let was_there = cloud.delete_server(&server.id, force).await?;
            // A server that goes to ERROR while it is being deleted ends the wait for it.
            let before = Some(Before::from(&**server));
            let pending = Pending { verb: VERB.name, request_id: None, at, before };
            call.host.requested(cloud.name(), &server.id, pending);
            was_there
        }
        other => cloud.delete(other.noun(), other.id(), force).await?,
    };
    if !was_there && !missing_ok {
        return Err(Error::new(
            Kind::NotFound,
            format!("{} `{}` was gone already", resource.noun().as_str(), resource.name()),
        )
        .coded("cloud::not_found")
        .help("write `delete(x, #{ missing_ok: true })` where that is fine")
        .at(call.place(RESOURCE.name), "gone already"));
    }
    Ok(Value::Resource(resource))
}
