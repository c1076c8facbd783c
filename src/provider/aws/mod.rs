//! The AWS driver: EC2, and whatever else speaks its query protocol.
//!
//! [`session`] holds endpoints and sends a [`call::Call`], with keys from [`credentials`]; [`ec2`] builds calls and decodes answers (pure functions,
//! tested without a network); [`decode`] makes maps of XML, by the types that [`types`] knows; [`fault`] turns a refusal into
//! an error; [`cloud`] joins them into the trait. What a single request cannot do is beside it: `launch` makes servers, `power`
//! resizes and restarts them, `labels` keeps metadata in tags, `disks` makes volumes and attaches them, `nouns` has all else
//! that is no server, `doubt` tells of answers that were lost, `page` reads lists, and [`memory`] is what the run itself must remember of a cloud that shows things late.

pub mod call;
pub mod cloud;
pub mod credentials;
pub mod decode;
mod disks;
mod doubt;
pub mod ec2;
pub mod fault;
mod labels;
mod launch;
pub mod memory;
mod nouns;
mod page;
mod power;
mod query;
pub mod service;
pub mod session;
pub mod types;

pub use cloud::Aws;
