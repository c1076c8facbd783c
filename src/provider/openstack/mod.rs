//! The OpenStack driver: Nova, Glance, Neutron and Cinder.
//!
//! [`session`] holds token and endpoints and sends a [`session::Call`]; [`nova`], [`glance`], [`neutron`] and [`cinder`]
//! build calls and decode answers (pure functions, tested without a network); [`fault`] turns a refusal into an error.
//! [`cloud`] is the trait, each method one line; the work is in a file for each kind of thing: `servers` (and `launch`,
//! which makes them), `images`, `volumes`, `networks`, `routers`, `security_groups`, `addresses`, `keypairs`, `holders` of metadata,
//! `limits`. `ask` sends, `page` reads lists, `creating` finds out what became of a create that was not answered, and `given` whose it is. It does
//! not poll: see [`crate::cloud::wait`].

mod addresses;
pub mod call;
pub mod catalog;
pub mod cinder;
mod claims;
pub mod cloud;
pub mod decode;
pub mod discovery;
mod endpoint;
pub mod fault;
pub mod glance;
mod images;
mod keypairs;
pub mod keystone;
mod launch;
mod limits;
mod login_error;
mod metadata;
pub mod metadata_calls;
mod networks;
pub mod neutron;
pub mod nova;
mod page;
mod raw;
mod recover;
mod resources;
mod routers;
mod security_groups;
mod send;
mod servers;
pub mod service;
pub mod session;
mod volumes;

pub use cloud::OpenStack;
