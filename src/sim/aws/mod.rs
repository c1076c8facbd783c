//! The EC2 face: one query protocol at the root of the address, over the same world as the others.
//!
//! A request names its action and is signed ([`signature`], [`keys`]); [`call`] finds the action's row in [`TABLES`], lets it
//! work on the [`scope`] as the caller sees it, and gives the answer or the refusal EC2's shape. One file a kind of resource:
//! the shapes are those of EC2's own description of version 2016-11-15, as botocore ships it. What EC2 knows and the world
//! does not stands in the [`ec2_state`]. A small STS answers who the caller is.

mod address;
mod call;
pub(crate) mod cloudformation;
mod ec2_state;
mod filter;
mod group;
mod ids;
mod image;
mod image_share;
mod instance;
mod instance_type;
mod interface;
mod interface_attach;
mod key;
mod keys;
mod params;
mod permission;
mod placement;
mod refused;
mod scope;
mod signature;
mod snapshot;
mod sts;
mod tag;
mod volume;
mod vpc;
mod xml;
mod zones;

pub(crate) use call::{Call, find, is_ours};
pub(crate) use ec2_state::Ledger;
pub(crate) use keys::{account, key_of};

use call::{Action, Run};

/// The one region.
pub(crate) const REGION: &str = "us-east-1";

/// Its one zone; the world calls it `nova`.
const ZONE: &str = "us-east-1a";

/// All actions, a table a kind of resource.
static TABLES: [&[Action]; 22] = [
    instance::run::ACTIONS,
    instance::list::ACTIONS,
    instance::power::ACTIONS,
    instance::root_volume::ACTIONS,
    instance::attribute::ACTIONS,
    instance::console::ACTIONS,
    instance_type::ACTIONS,
    image::ACTIONS,
    image_share::ACTIONS,
    key::ACTIONS,
    group::ACTIONS,
    permission::ACTIONS,
    tag::ACTIONS,
    volume::ACTIONS,
    snapshot::ACTIONS,
    address::ACTIONS,
    vpc::ACTIONS,
    interface::ACTIONS,
    interface_attach::ACTIONS,
    placement::ACTIONS,
    zones::ACTIONS,
    sts::ACTIONS,
];

/// What runs the action of EC2 of this name.
fn action(name: &str) -> Option<Run> {
    let named = |action: &&Action| action.operation.strip_prefix("ec2.") == Some(name);
    TABLES.iter().copied().flatten().find(named).map(|action| action.run)
}

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().map(|action| action.operation)
}
