//! The types of resources that Heat's templates are made of. Those of other services are made by calls of those services, in
//! the name of who made the stack: so that they are refused in the same words.

mod ask;
mod compute;
mod heat;
mod network;
mod rest;
mod routes;
mod storage;
mod wait;

use std::sync::Arc;

use crate::world::stack::{Behaviour, Kind, Property, Side};

/// All types.
pub(crate) fn all() -> Vec<Arc<Kind>> {
    let mut kinds = Vec::new();
    heat::add(&mut kinds);
    wait::add(&mut kinds);
    compute::add(&mut kinds);
    network::add(&mut kinds);
    routes::add(&mut kinds);
    storage::add(&mut kinds);
    kinds
}

fn kind(
    name: &'static str,
    properties: &'static [Property],
    attributes: &'static [&'static str],
    behaviour: impl Behaviour + 'static,
) -> Arc<Kind> {
    Arc::new(Kind {
        name,
        side: Side::Heat,
        properties,
        attributes,
        after: &[],
        behaviour: Box::new(behaviour),
    })
}

/// One that comes after others of the same template.
fn kind_after(
    name: &'static str,
    properties: &'static [Property],
    attributes: &'static [&'static str],
    after: &'static [&'static str],
    behaviour: impl Behaviour + 'static,
) -> Arc<Kind> {
    Arc::new(Kind { name, side: Side::Heat, properties, attributes, after, behaviour: Box::new(behaviour) })
}
