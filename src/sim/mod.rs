//! The simulated cloud: one world of servers, images, networks and people, with a face for each protocol, served over
//! real loopback HTTP.
//!
//! [`world`] is the state machine and knows no protocol; [`openstack`] is its OpenStack face; [`clock`] is the time it
//! lives in (simulated or real); [`faults`] is what a test can make go wrong; [`serve`] is the one HTTP listener.
//! This room imports nothing from the others: what a driver believes about a protocol is not believed here for that reason.

mod clock;
mod faults;
mod openstack;
mod serve;
mod world;

pub use clock::SimTime;
pub use faults::{Fault, FaultKind};
pub use serve::{Seen, Sim, SimOptions, Write};
