//! The OpenStack driver: recorded exchanges, calls as values, flows against a scripted server.

#[path = "openstack/real.rs"]
mod real;
