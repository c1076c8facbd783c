//! `delete`: any resource, or an array of them.

use crate::cloud::wait::{Before, Goal, Pending};
use crate::cloud::{Cloud, Error, Handle, Kind, Resource, Result, Server, Span, Ty, Value};
use crate::verbs::argument::{AnyRef, Reference, TimeLimit};
use crate::verbs::call::Call;
use crate::verbs::public_ip::release_ip::release;
use crate::verbs::resolve::is_of_another_noun;
use crate::verbs::run::one;
use crate::verbs::stack::delete as stack;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Members, Run, Verb};
use crate::verbs::wait::until;
use futures_util::StreamExt;
use futures_util::stream;
use std::sync::Arc;

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
    forms: &[Form::with(
        &[RESOURCE.param()],
        &[MISSING_OK.param(), FORCE.param(), WAIT.param(), stack::RETAIN.param()],
    )],
    returns: Ty::Same,
    effect: Effect::Destroys,
    examples: &[Example {
        code: r#"let s = server("web"); s.delete(#{ wait: true }); s.status"#,
        gives: "DELETED",
    }],
    errors: &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict, Kind::Forbidden, Kind::Timeout],
    see: &["wait_deleted", "servers"],
    run: Run::Together(|call, subjects| Box::pin(delete_all(call, subjects))),
};

/// Delete each, then wait for all of them together: a list call a look, however many they are.
async fn delete_all(call: Call, subjects: Vec<Value>) -> Result<Members> {
    let wait: Option<Span> = call.find(&WAIT)?.and_then(|limit| limit.0);
    let calls = subjects.into_iter().map(|subject| call.of(subject)).enumerate().collect::<Vec<_>>();
    let deletions = stream::iter(calls)
        .map(|(nth, member)| call.within_member(nth, one(member, |member| Box::pin(delete(member)))));
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
    Ok(results)
}

/// Delete one; gives what is going, nothing where a text named what was gone already.
async fn delete(call: Call) -> Result<Value> {
    let missing_ok = call.find(&MISSING_OK)?.unwrap_or(false);
    let force = call.find(&FORCE)?.unwrap_or(false);
    let object = match call.get(&RESOURCE)?.0 {
        Reference::Object(object) => object,
        text => match call.resolve_server(&text, RESOURCE.name).await {
            Ok(server) => Handle::new(server.into()),
            Err(error) if error.kind == Kind::NotFound && missing_ok && !is_of_another_noun(&error) => {
                return Ok(Value::Unit);
            }
            Err(error) => return Err(error),
        },
    };
    stack::only_of_stacks(&call, &object)?;
    let cloud = call.host.clouds.get(Some(object.cloud()))?;
    let was_there = !object.is_gone() && ask(&call, &cloud, &object, force).await?;
    if was_there {
        return Ok(Value::Resource(object));
    }
    object.set_gone();
    if missing_ok {
        return Ok(Value::Resource(object));
    }
    let words = format!("{} `{}` was gone already", object.noun().as_str(), object.name());
    Err(Error::new(Kind::NotFound, words)
        .coded("cloud::not_found")
        .help("write `delete(x, #{ missing_ok: true })` where that is fine")
        .at(call.place(RESOURCE.name), "gone already"))
}

/// Ask for one deletion; whether it was there.
async fn ask(call: &Call, cloud: &Arc<dyn Cloud>, object: &Handle, force: bool) -> Result<bool> {
    if let Resource::PublicIp(ip) = object.latest() {
        return release(call, cloud, &ip, force, RESOURCE.name).await;
    }
    if let Resource::Stack(_) = object.latest() {
        return stack::ask(call, cloud, object, force).await;
    }
    let Resource::Server(server) = object.latest() else {
        let was_there = cloud.delete(object.noun(), object.id(), force).await?;
        object.set_stale();
        return Ok(was_there);
    };
    let at = call.host.clock.now();
    let was_there = cloud.delete_server(&server.id, force).await?;
    // A server that goes to ERROR while it is being deleted ends the wait for it.
    let pending = Pending { verb: VERB.name, request_id: None, at, before: Some(Before::from(&*server)) };
    call.host.requested(cloud.name(), &server.id, pending);
    object.update(Resource::from(Server {
        task: Some("deleting".to_string()),
        ..Arc::unwrap_or_clone(server)
    }));
    Ok(was_there)
}
