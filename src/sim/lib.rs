//! The simulated cloud: one world of servers, images, networks and people, with a face for each protocol, served over
//! real loopback HTTP.
//!
//! [`world`] is the state machine and knows no protocol; [`openstack`] is its OpenStack face, [`aws`] its EC2 face and that of
//! CloudFormation, [`cloudstack`] its CloudStack face ([`protocol`] tells them apart); [`clock`] is the time it
//! lives in (simulated or real); [`faults`] is what can be made to go wrong, and [`fault_file`] reads that from a file; [`serve`] is
//! the one HTTP server behind one [`listener`].
//! This room imports nothing from the others: what a driver believes about a protocol is not believed here for that reason.

mod access;
mod aws;
mod clock;
mod cloudstack;
mod fault_file;
mod faults;
mod guard;
mod listener;
mod openstack;
mod protocol;
mod response;
mod serve;
mod told;
mod world;

pub use access::{AwsAccess, CloudStackAccess};
pub use clock::SimTime;
pub use fault_file::{Mistake, plan};
pub use faults::{Fault, FaultKind};
pub use serve::{At, Seen, Sim, SimOptions, Told, Write};
pub use world::Left;
