//! Which protocol a request speaks, so that the server need not know: one call, whatever its shape.

use std::sync::PoisonError;

use super::aws;
use super::aws::cloudformation::kinds::Notes;
use super::aws::cloudformation::{self, objects};
use super::cloudstack::{self, Shared};
use super::openstack::{self, Answer, Request};
use super::world::World;

/// Whether a request speaks a protocol of AWS's.
pub(crate) fn is_aws(request: &Request) -> bool {
    objects::is_ours(request) || cloudformation::is_ours(request) || aws::is_ours(request)
}

/// A request that was matched to an operation of one of the faces.
pub(crate) enum Call<'a> {
    OpenStack(Box<openstack::Call<'a>>),
    Aws(aws::Call<'a>),
    Stacks(cloudformation::Call<'a>),
    Objects(objects::Call<'a>),
    CloudStack(cloudstack::Call<'a>),
    Storage(cloudstack::store::Call<'a>),
}

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    openstack::operations()
        .chain(aws::operations())
        .chain(cloudformation::operations())
        .chain(objects::operations())
        .chain(cloudstack::operations())
}

/// The operation that a request means.
pub(crate) fn find(request: &Request) -> Call<'_> {
    if cloudstack::is_ours(request) {
        Call::CloudStack(cloudstack::find(request))
    } else if cloudstack::store::is_ours(request) {
        Call::Storage(cloudstack::store::find(request))
    } else if objects::is_ours(request) {
        Call::Objects(objects::find(request))
    } else if cloudformation::is_ours(request) {
        Call::Stacks(cloudformation::find(request))
    } else if aws::is_ours(request) {
        Call::Aws(aws::find(request))
    } else {
        Call::OpenStack(Box::new(openstack::find(request)))
    }
}

impl Call<'_> {
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Call::OpenStack(call) => call.operation(),
            Call::Aws(call) => call.operation(),
            Call::Stacks(call) => call.operation(),
            Call::Objects(call) => call.operation(),
            Call::CloudStack(call) => call.operation(),
            Call::Storage(call) => call.operation(),
        }
    }

    /// Whether it is meant to change the world.
    pub(crate) fn writes(&self) -> bool {
        match self {
            Call::OpenStack(call) => call.writes(),
            Call::Aws(call) => call.writes(),
            Call::Stacks(call) => call.writes(),
            Call::Objects(call) => call.writes(),
            Call::CloudStack(call) => call.writes(),
            Call::Storage(call) => call.writes(),
        }
    }

    /// The project of the caller, or nothing.
    pub(crate) fn project(&self) -> &str {
        match self {
            Call::OpenStack(call) => call.project(),
            Call::Aws(call) => call.project(),
            Call::Stacks(call) => call.project(),
            Call::Objects(call) => call.project(),
            Call::CloudStack(call) => call.project(),
            Call::Storage(_) => "",
        }
    }

    /// An error of the face's own shape; a code where the face has such.
    pub(crate) fn error(&self, status: u16, code: Option<&str>, message: &str) -> Answer {
        match self {
            Call::OpenStack(call) => call.error(status, message),
            Call::Aws(call) => call.error(status, code, message),
            Call::Stacks(call) => call.error(status, code, message),
            Call::Objects(call) => call.error(status, code, message),
            Call::CloudStack(call) => call.error(status, code, message),
            Call::Storage(_) => cloudstack::store::Call::error(status, message),
        }
    }

    /// Answers it. The project of the caller, once known, is left in the call.
    pub(crate) fn run(&mut self, world: &mut World, notes: &Notes, shared: &Shared) -> Answer {
        match self {
            Call::OpenStack(call) => openstack::run(world, call),
            Call::Aws(call) => call.run(world, &mut notes.lock().unwrap_or_else(PoisonError::into_inner)),
            Call::Stacks(call) => call.run(world),
            Call::Objects(call) => call.run(world),
            Call::CloudStack(call) => call.run(world, shared),
            Call::Storage(call) => call.run(world, shared),
        }
    }

    /// Ends the login that this call came with, where the face keeps such apart from the world.
    pub(crate) fn revoke(&self, shared: &Shared) {
        if let Call::CloudStack(call) = self {
            call.revoke(shared);
        }
    }
}
