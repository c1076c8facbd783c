//! OpenStack: a session with Keystone, and one folder a service.

pub mod catalog;
pub mod discovery;
mod endpoint;
pub mod keystone;
mod refusal;
pub mod service;
pub mod session;
