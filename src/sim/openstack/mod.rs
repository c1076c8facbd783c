//! The OpenStack face: six services under path prefixes of one address, each with a table of its routes.
//!
//! A request is matched to a row of [`SERVICES`] first ([`find`]), which gives the operation's name, and run after that
//! ([`run`]; both in [`route`]), so that a fault can strike by name in between. The handlers turn requests into calls of
//! the world, and its refusals into the status, shape and words that OpenStack's own services give.

mod answer;
mod cinder;
mod glance;
mod heat;
mod keystone;
mod neutron;
mod nova;
mod query;
mod route;
mod schema;

use answer::json;
pub(crate) use answer::{Answer, page, reason, time};
pub(crate) use heat::flaw_told;
pub(crate) use heat::kinds::all as heat_kinds;
pub(crate) use query::{decode, encode, read as read_query};
use route::{Act, Cut, Outcome, Route, Service, act, on};
pub(crate) use route::{Call, Request, find, run};

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    let routes = SERVICES.iter().flat_map(|service| service.routes.iter().copied().flatten());
    routes
        .flat_map(|route| std::iter::once(route.operation).chain(route.acts.iter().map(|act| act.operation)))
}

/// The services, each below its prefix.
static SERVICES: [&Service; 6] = [
    &keystone::SERVICE,
    &nova::SERVICE,
    &glance::SERVICE,
    &neutron::SERVICE,
    &cinder::SERVICE,
    &heat::SERVICE,
];
