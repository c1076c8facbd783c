//! Waiting for resources. The policy (when to look, what ends a wait) is the cloud room's; here an array is split
//! by cloud and noun, and what has taken effect is forgotten.

pub mod wait_active;
pub mod wait_deleted;
pub mod wait_port;
pub mod wait_ready;
pub mod wait_status;

use super::argument::{AnyRef, Reference};
use super::call::Call;
use super::verb::Key;
use crate::cloud::wait::{self, Goal, Wanted, WantedStack};
use crate::cloud::{Error, Handle, Kind, Noun, Result, Span, Value};
use crate::verbs::resolve::is_of_another_noun;
use std::sync::Arc;
use std::time::Duration;

/// What is waited for.
pub const RESOURCE: Key<AnyRef> =
    Key::required("resource", "A resource or an array of them; text names a server.");

/// How long.
pub const TIMEOUT: Key<Span> = Key::optional("timeout", "How long to wait; 10m.");

/// What a wait can meet.
pub const WAIT_ERRORS: &[Kind] = &[Kind::Failed, Kind::Timeout, Kind::NotFound];

/// The timeout of a call.
pub fn timeout(call: &Call) -> Result<Duration> {
    Ok(call.find(&TIMEOUT)?.map_or(wait::DEFAULT_TIMEOUT, Span::to_std))
}

/// Wait for all of these; a result for each, in order.
pub async fn until(
    call: &Call,
    subjects: Vec<Value>,
    goal: Goal,
    timeout: Duration,
) -> Result<Vec<Result<Value>>> {
    let mut objects = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        objects.push(resolve(call, subject, &goal).await);
    }
    let mut results: Vec<Option<Result<Value>>> = Vec::with_capacity(objects.len());
    let mut servers: Vec<(usize, Handle)> = Vec::new();
    let mut others: Vec<(usize, Handle)> = Vec::new();
    for (index, object) in objects.into_iter().enumerate() {
        results.push(match object {
            Ok(None) => Some(Ok(Value::Unit)),
            // What is to be gone and is needs no look.
            Ok(Some(object)) if object.is_gone() => Some(Ok(Value::Resource(object))),
            Ok(Some(object)) if object.noun() == Noun::Server => {
                servers.push((index, object));
                None
            }
            Ok(Some(other)) => match nothing_to_wait_for(other.noun(), &goal) {
                Some(error) => Some(Err(error.at(call.place(RESOURCE.name), "this never changes so"))),
                None => {
                    others.push((index, other));
                    None
                }
            },
            Err(error) => Some(Err(error)),
        });
    }
    for cloud in clouds_of(servers.iter().map(|(_, server)| server.cloud())) {
        let (indices, wanted): (Vec<usize>, Vec<Wanted>) = servers
            .iter()
            .filter(|(_, server)| *server.cloud() == cloud)
            .map(|(index, server)| {
                let pending = call.host.pending(&cloud, server.id());
                (*index, Wanted { object: server.clone(), pending })
            })
            .unzip();
        let provider = call.host.clouds.get(Some(&cloud))?;
        let work =
            wait::servers(&*provider, &*call.host.clock, &*call.host.progress, &wanted, &goal, timeout);
        let found = call.host.unless_cancelled(work).await?;
        for ((index, wanted), result) in indices.into_iter().zip(wanted).zip(found) {
            if result.is_ok() {
                call.host.settled(&cloud, wanted.object.id());
            }
            results[index] = Some(result.map(|_| Value::Resource(wanted.object)));
        }
    }
    let mut kinds: Vec<(Arc<str>, Noun)> =
        others.iter().map(|(_, other)| (other.cloud().clone(), other.noun())).collect();
    kinds.sort();
    kinds.dedup();
    for (cloud, noun) in kinds {
        let (indices, wanted): (Vec<usize>, Vec<Handle>) = others
            .iter()
            .filter(|(_, other)| *other.cloud() == cloud && other.noun() == noun)
            .cloned()
            .unzip();
        let found = resting(call, &cloud, noun, &wanted, &goal, timeout).await?;
        for (index, result) in indices.into_iter().zip(found) {
            results[index] = Some(result);
        }
    }
    Ok(results.into_iter().map(|result| result.unwrap_or(Ok(Value::Unit))).collect())
}

/// Wait for resources of one noun that is no server.
async fn resting(
    call: &Call,
    cloud: &Arc<str>,
    noun: Noun,
    wanted: &[Handle],
    goal: &Goal,
    timeout: Duration,
) -> Result<Vec<Result<Value>>> {
    let provider = call.host.clouds.get(Some(cloud))?;
    let (clock, progress) = (&*call.host.clock, &*call.host.progress);
    if noun == Noun::Stack {
        let stacks = wanted.iter().map(|object| WantedStack {
            object: object.clone(),
            pending: call.host.pending(cloud, object.id()),
        });
        let stacks: Vec<WantedStack> = stacks.collect();
        let work = wait::stacks(&*provider, clock, progress, &stacks, goal, timeout);
        let found = call.host.unless_cancelled(work).await?;
        let ended = found.into_iter().zip(wanted).map(|(result, object)| {
            if result.is_ok() {
                call.host.settled(cloud, object.id());
            }
            result.map(|_| Value::Resource(object.clone()))
        });
        return Ok(ended.collect());
    }
    let work = wait::resources(&*provider, clock, progress, wanted, goal, timeout);
    let found = call.host.unless_cancelled(work).await?;
    let ended = found.into_iter().zip(wanted);
    Ok(ended.map(|(result, object)| result.map(|_| Value::Resource(object.clone()))).collect())
}

/// A wait that could never end: for a status of what has none, or for ACTIVE of what is never called so.
fn nothing_to_wait_for(noun: Noun, goal: &Goal) -> Option<Error> {
    let good = wait::resting::good(noun);
    let never = match goal {
        Goal::Deleted | Goal::Ready => false,
        Goal::Active => !good.contains(&"ACTIVE"),
        Goal::Status(_) => good.is_empty(),
    };
    never.then(|| {
        let message = match good.is_empty() {
            true => format!("{} has no status to wait for", noun.with_article()),
            false => format!("{} is never ACTIVE; at rest it is {}", noun.with_article(), good.join(" or ")),
        };
        Error::new(Kind::InvalidArgument, message)
            .help("write `wait_ready(x)`: it waits for any resource to be at rest in its good state")
    })
}

/// The object to wait for; nothing when what a text names is to be gone and is.
async fn resolve(call: &Call, subject: &Value, goal: &Goal) -> Result<Option<Handle>> {
    let reference = call.of(subject.clone()).get(&RESOURCE)?.0;
    match &reference {
        Reference::Object(object) if object.is_gone() && *goal != Goal::Deleted => {
            Err(call.gone(object, RESOURCE.name))
        }
        Reference::Object(object) => Ok(Some(object.clone())),
        text => match call.resolve_server(text, RESOURCE.name).await {
            Ok(server) => Ok(Some(Handle::new(server.into()))),
            Err(error)
                if error.kind == Kind::NotFound
                    && matches!(goal, Goal::Deleted)
                    && !is_of_another_noun(&error) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        },
    }
}

fn clouds_of<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Vec<Arc<str>> {
    let mut clouds: Vec<Arc<str>> = names.cloned().collect();
    clouds.sort();
    clouds.dedup();
    clouds
}
