//! The AWS driver: EC2, CloudFormation (Heat's too), and whatever else speaks their query protocol.
//!
//! [`session`] holds endpoints and sends a [`call::Call`], with keys from [`credentials`]; [`ec2`] builds calls and decodes answers (pure functions,
//! tested without a network); [`decode`] makes maps of XML, by the types that [`types`] knows; [`fault`] turns a refusal into
//! an error. [`cloud`] is the driver; it fulfils each trait of [`crate::cloud::traits`] in the file of its noun: `servers` (with `launch`, which
//! makes them, and `power`, which resizes and restarts them), `images`, `volumes`, `networks`, `ports`, `security_groups`, `server_groups`, `public_ips`, `keypairs`, `metadata`
//! (in tags), with what all of them do in `resources`; `account`, `query` (any call). `partition` knows AWS's hosts, `recover` finds what became of answers that were lost, `making` what became of creates without a token, `page`
//! reads lists, and [`consistency`] is what the run itself must remember of a cloud that shows things late.

mod account;
pub mod call;
pub mod capabilities;
pub mod cloud;
pub mod cloudformation;
pub mod consistency;
pub mod credentials;
pub mod decode;
pub mod ec2;
pub mod fault;
mod ids;
mod images;
mod keypairs;
mod launch;
mod making;
mod metadata;
mod networks;
mod page;
mod partition;
mod ports;
mod power;
mod public_ips;
mod query;
mod recover;
mod resources;
mod security_groups;
mod server_groups;
mod servers;
pub mod service;
pub mod session;
mod stack_dialect;
mod stack_events;
mod stack_preview;
mod stack_request;
mod stack_template;
mod stacks;
pub mod types;
mod updates;
mod volumes;

pub use cloud::Aws;
