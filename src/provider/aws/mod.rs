//! The AWS driver: EC2, and whatever else speaks its query protocol.
//!
//! [`session`] holds endpoints and sends a [`call::Call`], with keys from [`credentials`]; [`ec2`] builds calls and decodes answers (pure functions,
//! tested without a network); [`decode`] makes maps of XML, by the types that [`types`] knows; [`fault`] turns a refusal into
//! an error; [`cloud`] is the trait, each operation in the file of what it is about: `servers`, `launch` (makes them), `power`
//! (resizes and restarts them), `images`, `volumes`, `nouns` (all else), `labels` (metadata in tags), `account`, `query` (any
//! call). `doubt` tells of answers that were lost, `page` reads lists, and [`consistency`] is what the run itself must remember of a cloud that shows things late.

mod account;
pub mod call;
pub mod cloud;
pub mod consistency;
pub mod credentials;
pub mod decode;
pub mod ec2;
pub mod fault;
mod images;
mod launch;
mod metadata;
mod page;
mod power;
mod query;
mod recover;
mod resources;
mod servers;
pub mod service;
pub mod session;
pub mod types;
mod volumes;

pub use cloud::Aws;
