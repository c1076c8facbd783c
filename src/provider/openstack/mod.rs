//! The OpenStack driver: Nova, Glance, Neutron, Cinder and Heat.
//!
//! [`session`] holds token and endpoints and sends a [`session::Call`]; [`nova`], [`glance`], [`neutron`] and [`cinder`]
//! build calls and decode answers (pure functions, tested without a network); [`fault`] turns a refusal into an error.
//! [`cloud`] is the driver; it fulfils each trait of [`crate::cloud::traits`] in the file of its noun: `servers` (and `launch`, which makes
//! them), `images` (with `image_bytes` and `image_members`), `volumes`, `backups`, `networks`, `ports`, `routers`, `security_groups`, `server_groups`, `public_ips`, `keypairs`, `metadata`; `limits`. `resources` reads and
//! deletes what goes alike, `send` sends, `page` reads lists, `recover` finds out what became of a create that was not answered, `marked`
//! of one that carries a marker, and `claims` whose it is. It does not poll: see [`crate::cloud::wait`].

mod backups;
pub mod call;
pub mod capabilities;
pub mod catalog;
pub mod cinder;
mod claims;
pub mod cloud;
pub mod decode;
pub mod discovery;
mod ec2_credentials;
mod endpoint;
pub mod fault;
pub mod glance;
pub mod heat;
pub mod html;
mod image_bytes;
mod image_members;
mod images;
mod keypairs;
pub mod keystone;
mod launch;
mod limits;
pub mod login_cache;
mod login_error;
mod marked;
mod metadata;
pub mod metadata_calls;
mod networks;
pub mod neutron;
pub mod nova;
mod page;
mod ports;
mod public_ips;
mod raw;
mod recover;
mod resources;
mod routers;
mod security_groups;
mod send;
mod server_groups;
mod servers;
pub mod service;
pub mod session;
mod stack_events;
mod stack_hidden;
mod stack_names;
mod stack_request;
mod stacks;
mod updates;
mod volumes;

pub use cloud::OpenStack;
