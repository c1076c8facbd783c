//! What stands before every call of Heat: tokens and projects; and the way from a name to a stack.

use serde_json::json as v;

use super::refuse::{fault, flawed};
use super::{Answer, Call, Outcome, framed, json};
use crate::world::World;
use crate::world::stack::{Flaw, Side, Stack};

pub(super) fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    let operation = call.route.map_or("", |route| route.operation);
    if matches!(operation, "stack.versions" | "stack.signal") {
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_none() {
        let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
        let message = "The request you have made requires authentication.";
        let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
        return Err(json(401, &body).with("WWW-Authenticate", uri));
    }
    if call.cut.project.as_deref().is_some_and(|project| project != call.project()) {
        return Err(fault(403, "HTTPForbidden", "Access was denied to this resource."));
    }
    Ok(())
}

pub(super) fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/v1/", call.home());
    let version = v!({"id": "v1.0", "status": "CURRENT", "links": [{"rel": "self", "href": own}]});
    Ok(json(300, &v!({"versions": [version]})))
}

/// The address of a stack.
pub(super) fn address(call: &Call<'_>, stack: &Stack) -> String {
    format!("{}/v1/{}/stacks/{}/{}", call.home(), stack.project, stack.name, stack.id)
}

/// The live stack of a name, or the one of an id, whatever became of it.
fn meant<'a>(world: &'a World, call: &Call<'_>, text: &str) -> Result<&'a Stack, Answer> {
    let live = world.stack_named(Side::Heat, call.project(), text);
    let own = |stack: &&Stack| stack.side == Side::Heat && stack.project == call.project();
    let found = live.or_else(|| world.stack(text).filter(own));
    found.ok_or_else(|| flawed(&Flaw::Missing(text.to_owned())))
}

/// Sends the caller from a name to the stack.
fn sent(world: &World, call: &Call<'_>, below: &str) -> Outcome {
    let name = call.param(0);
    let name = name.rsplit_once("stacks/").map_or(name, |(_, name)| name);
    let stack = meant(world, call, name)?;
    let query = &call.request.raw_query;
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let url = format!("{}{below}{query}", address(call, stack));
    let message = format!(
        "The resource was found at <a href=\"{url}\">{url}</a>;\nyou should be redirected automatically.\n\n"
    );
    let mut answer = framed(302, &message).with("Location", url);
    if call.request.header("accept").unwrap_or_default().contains("json") {
        let body = v!({"message": message, "code": "302 Found", "title": "Found"});
        answer.body = body.to_string().into_bytes();
        answer.framed = None;
    }
    Ok(answer)
}

pub(super) fn find(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "")
}

pub(super) fn find_resources(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/resources")
}

pub(super) fn find_events(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/events")
}

pub(super) fn find_template(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/template")
}

pub(super) fn find_environment(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/environment")
}

pub(super) fn find_files(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/files")
}

pub(super) fn find_actions(world: &mut World, call: &Call<'_>) -> Outcome {
    sent(world, call, "/actions")
}

/// The stack that the path names by its name and its id, deleted or not.
pub(super) fn seen<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Stack, Answer> {
    let (name, id) = (call.param(0), call.param(1));
    let own =
        |stack: &&Stack| stack.side == Side::Heat && stack.project == call.project() && stack.name == name;
    world.stack(id).filter(own).ok_or_else(|| flawed(&Flaw::Missing(name.to_owned())))
}

/// The same, as long as it is there.
pub(super) fn live<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Stack, Answer> {
    let stack = seen(world, call)?;
    if stack.is_gone() { Err(flawed(&Flaw::Missing(call.param(0).to_owned()))) } else { Ok(stack) }
}
