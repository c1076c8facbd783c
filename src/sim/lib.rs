//! The simulated cloud: one world of servers, images, networks and people, with a face for each protocol, served over
//! real loopback HTTP.
//!
//! [`world`] is the state machine and knows no protocol; [`openstack`] is its OpenStack face, [`aws`] its EC2 face ([`face`] tells
//! them apart); [`clock`] is the time it
//! lives in (simulated or real); [`faults`] is what can be made to go wrong, and [`plan`] reads that from a file; [`serve`] is
//! the one HTTP server behind one [`door`].
//! This room imports nothing from the others: what a driver believes about a protocol is not believed here for that reason.

mod aws;
mod clock;
mod door;
mod face;
mod faults;
mod openstack;
mod plan;
mod reach;
mod serve;
mod world;

pub use clock::SimTime;
pub use faults::{Fault, FaultKind};
pub use plan::{Mistake, plan};
pub use reach::AwsAccess;
pub use serve::{Seen, Sim, SimOptions, Write};
