//! Waiting for resources. The policy (when to look, what ends a wait) is the cloud room's; here an array is split
//! by cloud and noun, and what has taken effect is forgotten.

pub mod wait_active;
pub mod wait_deleted;
pub mod wait_port;
pub mod wait_ready;
pub mod wait_status;

use super::OPENSTACK_AND_AWS;
use super::argument::{AnyRef, Reference};
use super::call::Call;
use super::verb::Key;
use crate::cloud::wait::{self, Goal, Wanted};
use crate::cloud::{Error, Kind, Noun, Resource, Result, Server, Span, Value};
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
    let mut resources = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        resources.push(resolve(call, subject, &goal).await);
    }
    let mut results: Vec<Option<Result<Value>>> = Vec::with_capacity(resources.len());
    let mut servers: Vec<(usize, Arc<Server>)> = Vec::new();
    let mut others: Vec<(usize, Resource)> = Vec::new();
    for (index, resource) in resources.into_iter().enumerate() {
        results.push(match resource {
            Ok(None) => Some(Ok(Value::Unit)),
            Ok(Some(resource)) => match super::pretend::is_stand_in(call, &resource) {
                Some(stand_in) => Some(Ok(Value::Resource(stand_in))),
                None => match resource {
                    Resource::Server(server) => {
                        servers.push((index, server));
                        None
                    }
                    other => match nothing_to_wait_for(other.noun(), &goal) {
                        Some(error) => {
                            Some(Err(error.at(call.place(RESOURCE.name), "this never changes so")))
                        }
                        None => {
                            others.push((index, other));
                            None
                        }
                    },
                },
            },
            Err(error) => Some(Err(error)),
        });
    }
    for cloud in clouds_of(servers.iter().map(|(_, server)| &server.cloud)) {
        let (indices, wanted): (Vec<usize>, Vec<Wanted>) = servers
            .iter()
            .filter(|(_, server)| server.cloud == cloud)
            .map(|(index, server)| {
                let pending = call.host.pending(&cloud, &server.id);
                (*index, Wanted { server: server.clone(), pending })
            })
            .unzip();
        let handle = call.host.clouds.get(Some(&cloud))?;
        let work = wait::servers(&*handle, &*call.host.clock, &*call.host.progress, &wanted, &goal, timeout);
        let found = call.host.unless_cancelled(work).await?;
        for ((index, wanted), result) in indices.into_iter().zip(wanted).zip(found) {
            if result.is_ok() {
                call.host.settled(&cloud, &wanted.server.id);
            }
            results[index] = Some(result.map(Value::from));
        }
    }
    let mut kinds: Vec<(Arc<str>, Noun)> =
        others.iter().map(|(_, other)| (other.cloud().clone(), other.noun())).collect();
    kinds.sort();
    kinds.dedup();
    for (cloud, noun) in kinds {
        let (indices, wanted): (Vec<usize>, Vec<Resource>) = others
            .iter()
            .filter(|(_, other)| *other.cloud() == cloud && other.noun() == noun)
            .cloned()
            .unzip();
        let handle = call.host.clouds.get(Some(&cloud))?;
        let work =
            wait::resources(&*handle, &*call.host.clock, &*call.host.progress, &wanted, &goal, timeout);
        let found = call.host.unless_cancelled(work).await?;
        for (index, result) in indices.into_iter().zip(found) {
            results[index] = Some(result.map(Value::from));
        }
    }
    Ok(results.into_iter().map(|result| result.unwrap_or(Ok(Value::Unit))).collect())
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

/// The resource to wait for; nothing when it is to be gone and is.
async fn resolve(call: &Call, subject: &Value, goal: &Goal) -> Result<Option<Resource>> {
    match call.of(subject.clone()).get(&RESOURCE)?.0 {
        Reference::Object(resource) => Ok(Some(resource)),
        text => match call.resolve_server(&text, RESOURCE.name).await {
            Ok(server) => Ok(Some(Resource::Server(Arc::new(server)))),
            Err(error) if error.kind == Kind::NotFound && matches!(goal, Goal::Deleted) => Ok(None),
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
