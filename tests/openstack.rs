//! The OpenStack driver: recorded exchanges of a real cloud, calls as values, whole flows against a scripted
//! server, and waits under a clock that costs nothing.

#[path = "openstack/calls.rs"]
mod calls;
#[path = "openstack/flow.rs"]
mod flow;
#[path = "openstack/real.rs"]
mod real;
#[path = "openstack/recorded.rs"]
mod recorded;
#[path = "openstack/wait.rs"]
mod wait;
