//! Runs a prepared call: once, for each member of an array, or for all of them together; and gathers what failed.

use super::argument::ServerRef;
use super::arguments::ON_ERROR;
use super::call::Call;
use super::each_name;
use super::members;
use super::resolve;
use super::verb::{Effect, Group, Outcome, Run, Verb};
use crate::cloud::wait::{Before, Pending};
use crate::cloud::{
    Accepted, Action, Cloud, Error, Filter, Handle, Kind, Noun, Resource, Result, Server, Ty, Value,
};
use futures_util::StreamExt;
use futures_util::stream;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;

/// How old a description may be to say how a server was before a request.
const FRESH: std::time::Duration = std::time::Duration::from_secs(10);

/// Run a call. An interruption is error `cancelled`; whether it cuts in at once depends on the effect: a write that
/// has left is waited for, so that what exists is known.
pub async fn run(call: Call) -> Result<Value> {
    let effect = call.effect();
    let host = call.host.clone();
    let (called, verb) = (call.verb, call.verb.name);
    let asked = call.clone();
    let work = run_all(call);
    let result = if effect.changes_cloud() { work.await } else { host.unless_cancelled(work).await? };
    result.map_err(|mut error| {
        error.verb.get_or_insert(verb);
        if error.kind == Kind::Conflict && error.help.is_none() {
            error.help = way_out(called, error.answer.as_deref());
        }
        if error.kind == Kind::Unsupported && error.help.is_none() {
            let lacks = asked.cloud().is_ok_and(|cloud| !called.is_on(cloud.provider()));
            let ask =
                format!("ask `cloud().supports(\"{verb}\")` first where a script runs on several clouds");
            error.help = lacks.then_some(ask);
        }
        error
    })
}

/// What to do about a conflict of which the cloud says no more than its words; nothing where they say it themselves.
fn way_out(verb: &Verb, answer: Option<&str>) -> Option<String> {
    let answer = answer?.to_lowercase();
    let passes = [
        "vm_state",
        "task_state",
        "while it is in",
        "incorrectinstancestate",
        "in progress",
        "not in a state",
    ];
    if verb.group == Group::Servers && passes.iter().any(|words| answer.contains(words)) {
        return Some(rest_first(verb.name, &answer));
    }
    match (verb.effect, verb.returns) {
        (Effect::Creates, Ty::Of(noun)) => Some(format!(
            "look whether it is there already, `find_{0}(name)`, and use that, or choose another name",
            noun.word()
        )),
        (Effect::Destroys, _) if answer.contains("volume status must be") => Some(
            "where a server has it, `detach(server, volume)` first; else wait until what is done to it is over: \
             `wait_ready(volume)`"
                .to_string(),
        ),
        (Effect::Destroys, _) if answer.contains("status must be") => Some(
            "wait until what is done to it is over: `wait_ready(x)`, after a deletion `wait_deleted(x)`"
                .to_string(),
        ),
        (Effect::Destroys, _) => Some("delete first what uses it or is made from it".to_string()),
        _ => None,
    }
}

/// What comes between the decision and the beginning of a call: its names become resources, so that decision, record and plan
/// see ids. A read has no beginning of its own, and looks its names up itself.
///
/// # Errors
/// What its cloud cannot do; that the run was interrupted.
pub async fn resolve(call: Call) -> Result<Call> {
    let none = matches!(call.subject(), Some(Value::Array(members)) if members.is_empty());
    if none || !call.effect().changes_cloud() {
        return Ok(call);
    }
    supported(&call)?;
    let host = call.host.clone();
    host.unless_cancelled(call.with_names_looked_up()).await
}

/// What to wait for before an action that the cloud refuses in the present state.
fn rest_first(verb: &str, answer: &str) -> String {
    // What is to be started is not ready before.
    match verb {
        _ if answer.contains("vm_state resized") => format!(
            "end its resize before `{verb}`: `confirm_resize(x)` keeps the new flavor, `revert_resize(x)` goes back; where \
             that was asked for, `wait_active(x)`"
        ),
        "start" => "wait until it has stopped before `start`: `wait_status(x, \"SHUTOFF\")`".to_string(),
        _ => format!(
            "look at its `.status` and `.task`; where a request is under way, wait for its end before `{verb}`, \
             `wait_status(x, …)`"
        ),
    }
}

async fn run_all(call: Call) -> Result<Value> {
    let subject = match call.subject().cloned() {
        Some(Value::Array(members)) => Some(Value::Array(named(&call, members).await)),
        other => other,
    };
    match (call.verb.run, subject) {
        (Run::Language, _) => {
            Err(Error::new(Kind::Script, format!("`{}` is run by the language itself", call.verb.name)))
        }
        (Run::Once(body), _) => one(call, body).await,
        (Run::Each(body), Some(Value::Array(members))) => {
            let (asked, places) = distinct(&members);
            if asked.len() > 1 {
                each_name::check(&call)?;
            }
            let call = if asked.len() < MANY { call } else { call.among_many() };
            let calls = asked.into_iter().map(|member| call.of(member)).collect::<Vec<_>>();
            let results = each(&call, &calls, |call| one(call, body)).await;
            gather(&call, for_each_member(&call, members, &places, &results))
        }
        (Run::Each(body), _) => one(call, body).await,
        (Run::Together(body), Some(Value::Array(members))) => {
            if members.is_empty() {
                return Ok(Value::Array(Vec::new()));
            }
            let (asked, places) = distinct(&members);
            let results = members::together(&call, asked, body).await?;
            gather(&call, for_each_member(&call, members, &places, &results))
        }
        (Run::Together(body), Some(subject)) => {
            let mut results = body(call.clone(), vec![subject]).await?;
            results.pop().unwrap_or(Ok(Value::Unit))
        }
        (Run::Together(_), None) => Ok(Value::Unit),
    }
}

/// The members of an array of objects and texts, with the objects that the texts name: a text may name one of the objects,
/// which is asked for once. A text that names nothing stays, and is told by the call itself.
async fn named(call: &Call, mut members: Vec<Value>) -> Vec<Value> {
    let objects = members.iter().filter(|member| matches!(member, Value::Resource(_))).count();
    let mixed = objects > 0 && objects < members.len() && call.verb.returns == Ty::Same;
    // A text may be an id, which is nobody's name.
    if !mixed && !each_name::is_asked(call) {
        return members;
    }
    let noun = match call.form.params.first().map(|first| first.ty) {
        Some(Ty::Ref(noun)) => noun,
        _ => Noun::Server,
    };
    let Ok(cloud) = call.host.clouds.get(call.named_cloud().map(|name| &**name)) else { return members };
    for member in &mut members {
        if let Value::Text(text) = member
            && let Ok(Some(found)) = resolve::find(&call.host, &cloud, noun, text).await
        {
            *member = Value::from(found);
        }
    }
    members
}

/// The members of an array, each resource once; and for each member which of them it is.
fn distinct(members: &[Value]) -> (Vec<Value>, Vec<usize>) {
    let mut by_id: HashMap<(&str, &str, Noun), usize> = HashMap::new();
    let mut by_text: HashMap<&str, usize> = HashMap::new();
    let mut asked: Vec<Value> = Vec::with_capacity(members.len());
    let mut places = Vec::with_capacity(members.len());
    for member in members {
        let next = asked.len();
        let place = match member {
            Value::Resource(object) => {
                *by_id.entry((&**object.cloud(), object.id(), object.noun())).or_insert(next)
            }
            Value::Text(text) => *by_text.entry(text).or_insert(next),
            _ => next,
        };
        if place == next {
            asked.push(member.clone());
        }
        places.push(place);
    }
    (asked, places)
}

/// A result for each member; an object that is given twice is updated in both places.
fn for_each_member(
    call: &Call,
    members: Vec<Value>,
    places: &[usize],
    results: &[Result<Value>],
) -> Vec<Result<Value>> {
    let of_member = members.into_iter().zip(places);
    of_member
        .map(|(member, place)| match results.get(*place) {
            Some(Ok(value)) => Ok(same_object(call, Some(&member), value.clone())),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(Value::Unit),
        })
        .collect()
}

/// What a verb gives: of one that gives the resource it was called on, the very object, which shows the change.
fn same_object(call: &Call, subject: Option<&Value>, result: Value) -> Value {
    match (call.verb.returns, subject, result) {
        (Ty::Same, Some(Value::Resource(object)), Value::Resource(now)) if *object == now => {
            if !object.is_same_object(&now) {
                object.take_over(&now);
            }
            Value::Resource(object.clone())
        }
        (_, _, result) => result,
    }
}

/// Run each of many, as many at a time as the run allows, and tell the end of each once it was read again.
pub async fn each<F: Future<Output = Result<Value>>>(
    call: &Call,
    calls: &[Call],
    body: impl Fn(Call) -> F,
) -> Vec<Result<Value>> {
    let run = |(index, one): (usize, &Call)| members::run(call, index, one.clone(), &body);
    let mut ran: Vec<members::Ran> =
        stream::iter(calls.iter().enumerate()).map(run).buffered(call.host.concurrency).collect().await;
    let results = ran.iter().map(|ran| ran.result.clone()).collect();
    for (ran, result) in ran.iter_mut().zip(read_together(call, results).await) {
        ran.result = result;
    }
    let ended = ran.into_iter().zip(calls).enumerate();
    ended.map(|(index, (ran, one))| members::end(call, index, one, ran)).collect()
}

/// From so many members on, what each would read again at its end is read for all of them by a list.
const MANY: usize = 10;

/// The descriptions that members left to be read: one list for each cloud.
async fn read_together(call: &Call, mut results: Vec<Result<Value>>) -> Vec<Result<Value>> {
    let mut unread: BTreeMap<Arc<str>, Vec<(usize, Handle)>> = BTreeMap::new();
    for (place, result) in results.iter().enumerate() {
        if let Ok(Value::Resource(object)) = result
            && call.is_unread(object.id())
        {
            unread.entry(object.cloud().clone()).or_default().push((place, object.clone()));
        }
    }
    for (name, objects) in unread {
        let read = match call.host.clouds.get(Some(&name)) {
            Ok(cloud) => all_again(&cloud, &objects).await,
            Err(error) => Err(error),
        };
        // What was asked for was accepted; only its description is not there.
        if let Err(error) = read {
            objects.into_iter().for_each(|(place, _)| results[place] = Err(error.clone()));
        }
    }
    results
}

/// One call. None begins once the run is stopped, and one that has begun comes to its end.
pub async fn one(call: Call, body: fn(Call) -> Outcome<Value>) -> Result<Value> {
    supported(&call)?;
    if call.host.is_stopping() {
        return Err(Error::new(Kind::Cancelled, "interrupted"));
    }
    let result = match call.subject() {
        // Each of many has its own end.
        Some(Value::Array(_)) => body(call.clone()).await,
        _ => call.host.to_its_end(body(call.clone())).await,
    };
    match result {
        Ok(value) => {
            let named = call.resolved_subject();
            Ok(same_object(&call, named.as_ref().or(call.subject()), value))
        }
        Err(error) => {
            if error.kind == Kind::NotFound && error.status.is_some() {
                find_missing(&call).await;
            }
            Err(error)
        }
    }
}

/// The cloud did not find something that a call was about: look which of its objects are gone.
async fn find_missing(call: &Call) {
    for object in call.objects() {
        let Ok(cloud) = call.host.clouds.get(Some(object.cloud())) else { continue };
        match cloud.one(object.noun(), object.id()).await {
            Ok(Some(now)) => object.update(now),
            Ok(None) => object.set_gone(),
            // The call's own error is told; this one says no more.
            Err(_) => {}
        }
    }
}

/// What a provider has nothing like is refused before anything is looked up for it.
fn supported(call: &Call) -> Result<()> {
    let operations = call.verb.operations(call.form);
    if operations.is_empty() {
        return Ok(());
    }
    let cloud = call.cloud()?;
    if cloud.provider().has_any(operations) {
        return Ok(());
    }
    let error = cloud.unsupported(call.verb.name);
    let other = call.verb.forms.iter().find(|form| cloud.provider().has_any(call.verb.operations(form)));
    Err(match other {
        Some(form) => error.help(format!("on this cloud it is `{}`", call.verb.signature(form))),
        None => error,
    })
}

/// The results of an array's members: all of them, or one error of the first failure's kind.
pub fn gather(call: &Call, results: Vec<Result<Value>>) -> Result<Value> {
    let collect = call.find(&ON_ERROR)?.is_some_and(|on_error| on_error.collect);
    let failed = results.iter().filter(|result| result.is_err()).count();
    let total = results.len();
    let first = results.iter().find_map(|result| result.as_ref().err()).cloned();
    // Not caught and not collected, whatever failed before it.
    let stopped = results.iter().filter_map(|result| result.as_ref().err());
    let stopped =
        stopped.filter(|error| error.kind == Kind::Cancelled).max_by_key(|error| error.maybe).cloned();
    let collect = collect && stopped.is_none();
    let made = matches!(call.effect(), Effect::Creates);
    let mut exists = Vec::new();
    let values: Vec<Value> = results
        .into_iter()
        .map(|result| match result {
            Ok(value) => {
                if made {
                    exists.push(value.clone());
                }
                value
            }
            Err(error) => {
                exists.extend(error.exists.iter().cloned());
                Value::Error(error)
            }
        })
        .collect();
    match stopped.or(first) {
        Some(mut error) if !collect => {
            if total > 1 {
                error.message = format!("{} ({failed} of {total} failed)", error.message);
            }
            error.results = values;
            error.exists = exists;
            Err(error)
        }
        _ => Ok(Value::Array(values)),
    }
}

/// Ask for an action on the server this call is about, and give the server as the cloud then describes it.
pub async fn act(call: &Call, server: Server, action: Action) -> Result<Value> {
    let cloud = call.host.clouds.get(Some(&server.cloud))?;
    let accepted = accepted(call, &cloud, &server, &action).await?;
    let read = again(call, &cloud, server, accepted).await;
    read.map(Value::from).map_err(|mut error| {
        error.accepted = true;
        error
    })
}

/// The server that a verb's first parameter names.
pub async fn subject(call: &Call, key: &super::verb::Key<ServerRef>) -> Result<Server> {
    call.server(key).await
}

/// Ask for an action and remember that it was asked, so that the next wait waits for it.
pub async fn accepted(
    call: &Call,
    cloud: &Arc<dyn Cloud>,
    server: &Server,
    action: &Action,
) -> Result<Accepted> {
    let at = call.host.clock.now();
    let accepted = cloud.act(&server.id, action).await.map_err(|error| about(error, server, action))?;
    if action.is_waited_for() {
        // What an object says that was read long ago is no account of how the server was before the request.
        let fresh = at.since(server.read).to_std() <= FRESH;
        let pending = Pending {
            verb: action.verb(),
            request_id: accepted.request_id.clone(),
            at,
            before: fresh.then(|| Before::from(server)),
        };
        call.host.requested(cloud.name(), &server.id, pending);
    }
    Ok(accepted)
}

/// An error of an action, with the server's name where the cloud told only its id.
fn about(mut error: Error, server: &Server, action: &Action) -> Error {
    if error.kind == Kind::NotFound && error.answer.as_ref().is_some_and(|answer| answer.contains(&server.id))
    {
        error.message = format!("the server `{}` is gone", server.name);
        error.help = Some(format!(
            "look with `find_server(\"{}\")`; a deleted server cannot be called back",
            server.name
        ));
    }
    if error.kind == Kind::Conflict && error.help.is_none() {
        error.help = Some(rest_first(action.verb(), error.answer.as_deref().unwrap_or_default()));
    }
    error
}

/// The server as the cloud describes it now, with the password that the answer held.
pub async fn again(call: &Call, cloud: &Arc<dyn Cloud>, old: Server, accepted: Accepted) -> Result<Server> {
    let now = match call.reads_later(&old.id) {
        true => None,
        false => cloud.server(&old.id).await?,
    };
    let now = now.unwrap_or(old);
    Ok(Server { admin_pass: accepted.admin_pass.or(now.admin_pass), ..now })
}

/// A server that was changed by what goes on for a while: one alone is read when a field of it is read, which is later, and may
/// be never; many are read together now.
pub async fn changed(call: &Call, cloud: &Arc<dyn Cloud>, server: Server) -> Result<Value> {
    if call.is_among_many() {
        return again(call, cloud, server, Accepted::default()).await.map(Value::from);
    }
    let given =
        call.objects().into_iter().find(|object| object.noun() == Noun::Server && object.id() == server.id);
    let object = given.cloned().unwrap_or_else(|| Handle::new(server.into()));
    object.set_stale();
    Ok(Value::Resource(object))
}

/// A resource that was changed and not read: its object, which is read when a field of it is read.
pub fn stale(call: &Call, resource: Resource) -> Value {
    let given = call.objects().into_iter().find(|object| object.latest() == resource);
    let object = given.cloned().unwrap_or_else(|| Handle::new(resource));
    object.set_stale();
    Value::Resource(object)
}

/// The resource as the cloud describes it now; `name` is the argument that gave it.
pub async fn reread(call: &Call, cloud: &Arc<dyn Cloud>, old: Resource, name: &str) -> Result<Value> {
    match cloud.one(old.noun(), old.id()).await? {
        Some(now) => Ok(Value::from(now)),
        None => Err(call.gone_of(old, name)),
    }
}

/// Read servers again into their objects: one list for many, one look for one.
async fn all_again(cloud: &Arc<dyn Cloud>, objects: &[(usize, Handle)]) -> Result<()> {
    let mut by_id: HashMap<String, Server> = HashMap::new();
    if objects.len() > 1 {
        let listed = cloud.servers(&Filter::default()).await?;
        by_id = listed.into_iter().map(|server| (server.id.clone(), server)).collect();
    }
    for (_, object) in objects {
        let now = match by_id.remove(object.id()) {
            Some(now) => Some(now),
            None => cloud.server(object.id()).await?,
        };
        match now {
            Some(now) => object.update(now.into()),
            None => object.set_gone(),
        }
    }
    Ok(())
}
