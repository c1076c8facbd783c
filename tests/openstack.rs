//! The OpenStack driver: recorded exchanges of a real cloud, calls as values, whole flows against a scripted
//! server, and waits under a clock that costs nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// The macro that makes a test of an async function blocks on it.
#![allow(clippy::disallowed_methods)]

#[path = "openstack/calls.rs"]
mod calls;
mod doubles;
#[path = "openstack/flow.rs"]
mod flow;
#[path = "openstack/lost.rs"]
mod lost;
#[path = "openstack/matrix.rs"]
mod matrix;
#[path = "openstack/nouns.rs"]
mod nouns;
#[path = "openstack/nouns_flow.rs"]
mod nouns_flow;
#[path = "openstack/paging.rs"]
mod paging;
#[path = "openstack/real.rs"]
mod real;
#[path = "openstack/real_nouns.rs"]
mod real_nouns;
#[path = "openstack/recorded.rs"]
mod recorded;
#[path = "openstack/scripted.rs"]
mod scripted;
#[path = "openstack/wait.rs"]
mod wait;
