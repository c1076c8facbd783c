//! The OpenStack driver: Nova, Glance, and of Neutron what a boot needs.
//!
//! [`session`] holds token and endpoints and sends a [`session::Call`]; [`nova`], [`glance`] and [`neutron`] build
//! calls and decode answers (pure functions, tested without a network); [`fault`] turns a refusal into an error;
//! [`cloud`] joins them into the trait, `launch` makes servers, `page` reads lists. It does not poll: see [`crate::cloud::wait`].

pub mod call;
pub mod catalog;
pub mod cloud;
pub mod decode;
pub mod discovery;
mod endpoint;
pub mod fault;
pub mod glance;
pub mod keystone;
mod launch;
pub mod neutron;
pub mod nova;
mod page;
mod refusal;
pub mod service;
pub mod session;

pub use cloud::OpenStack;
