//! Stacks: what is made together from a template. What one is made from is in [`spec`]; each verb in a file of its own.

pub mod cancel_update;
pub mod check_stack;
pub mod create_stack;
pub mod delete;
pub mod ec2_credentials;
pub mod preview_stack;
pub mod restore_stack;
pub mod rollback_stack;
pub mod spec;
pub mod stack_drift;
pub mod stack_events;
pub mod stack_resources;
pub mod stack_template;
pub mod stacks;
pub mod update_stack;
pub mod validate_template;

use super::argument::{Argument, Mismatch, Ref, Reference, one_of};
use super::call::Call;
use super::verb::Key;
use crate::cloud::wait::Pending;
use crate::cloud::wait::pending::NOTHING;
use crate::cloud::{Handle, Kind, Noun, Resource, Result, Stack, StackAccepted, StackAction, Ty, Value};

/// The stack that a verb is about.
pub const STACK: Key<Ref<Stack>> =
    Key::required("stack", "A stack, its id or unique name, or an array of them.");

/// What an operation on a stack can meet.
pub const STACK_ERRORS: &[Kind] =
    &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict, Kind::InvalidArgument, Kind::Unsupported];

/// A server or a stack; text names a server.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerOrStack(pub Reference);

impl ServerOrStack {
    const NOUNS: &'static [Noun] = &[Noun::Server, Noun::Stack];
}

impl Argument for ServerOrStack {
    const TY: Ty = Ty::AnyRef(ServerOrStack::NOUNS);
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const WHAT: &str =
            "a server, its id or its name, or a stack (text names a server: write stack(\"…\"))";
        one_of(value, ServerOrStack::NOUNS, WHAT).map(ServerOrStack)
    }
}

/// A server, or a stack.
pub const SERVER_OR_STACK: Key<ServerOrStack> = Key::required(
    "server",
    "A server, its id or unique name, a stack, or an array of them; text names a server.",
);

/// Ask for an action on the stack that a call is about.
pub async fn act(call: &Call, action: StackAction) -> Result<Value> {
    let stack = call.one(&STACK).await?;
    act_on(call, stack, action).await
}

/// The same of a stack that was resolved.
pub async fn act_on(call: &Call, stack: Resource, action: StackAction) -> Result<Value> {
    let cloud = call.host.clouds.get(Some(stack.cloud()))?;
    let accepted = cloud.act_on_stack(stack.id(), &action).await?;
    Ok(asked(call, stack, accepted))
}

/// An option that the service takes no notice of is told.
pub fn not_kept(call: &Call, stack: &str, option: &str) {
    call.host.progress.warn(&format!("`{stack}` is without its `{option}`: this service keeps none"));
}

/// A request about a stack was accepted: the next wait is for it, and the object is read when a field of it is.
pub fn asked(call: &Call, stack: Resource, accepted: StackAccepted) -> Value {
    for option in &accepted.dropped {
        not_kept(call, stack.name(), option);
    }
    if accepted.unchanged {
        call.host.progress.warn(&format!("nothing was to change in `{}`", stack.name()));
    }
    let request_id = if accepted.unchanged { Some(NOTHING.to_string()) } else { accepted.mark };
    let at = call.host.clock.now();
    let pending = Pending { verb: call.verb.name, request_id, at, before: None };
    call.host.requested(stack.cloud(), stack.id(), pending);
    let object = match call.subject() {
        Some(Value::Resource(object)) => object.clone(),
        _ => Handle::new(stack),
    };
    if !accepted.unchanged {
        object.set_stale();
    }
    Value::Resource(object)
}
