//! The simulated cloud: held to recorded exchanges of a real one, to the rules of servers, and to its own faults.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod aws;
mod client;
mod ec2;
mod faults;
mod networks;
mod recorded;
mod servers;
mod services;
mod volumes;
