//! The types of resources that CloudFormation's templates are made of. Those of EC2 are made by EC2's own actions, in the name
//! of who made the stack.

mod address;
mod ask;
mod compute;
mod instance;
mod named;
mod network;
mod wait;

use std::sync::{Arc, Mutex};

use crate::aws::Ledger;
use crate::world::stack::{Behaviour, Kind, Property, Side};

/// EC2's own notes, which its protocol and these types share.
pub(crate) type Notes = Arc<Mutex<Ledger>>;

/// All types.
pub(crate) fn all(notes: &Notes) -> Vec<Arc<Kind>> {
    let mut kinds = Vec::new();
    instance::add(&mut kinds, notes);
    compute::add(&mut kinds, notes);
    network::add(&mut kinds, notes);
    address::add(&mut kinds, notes);
    named::add(&mut kinds);
    wait::add(&mut kinds);
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
        side: Side::Aws,
        properties,
        attributes,
        after: &[],
        behaviour: Box::new(behaviour),
    })
}
