//! The simulated cloud: held to recorded exchanges of a real one, to the rules of servers, and to its own faults.

mod client;
mod faults;
mod recorded;
mod servers;
mod services;
