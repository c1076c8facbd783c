//! The CloudStack driver: the management server's API, by key and signature or by a login.
//!
//! [`session`] holds the address and sends a [`call::Call`] (signed, or with what [`login`] holds); `decode` reads answers, [`fault`] turns a
//! refusal or a failed job into an error; `page` reads lists, `jobs` waits for what goes on, [`memory`] keeps what the run itself must
//! know; [`commands`] is the table of every command, [`flatten`] writes maps and lists as the API wants them. [`cloud`] is the driver; it
//! fulfils each trait of [`crate::cloud::traits`] in the file of its noun: `servers` (with `launch`, which makes them, and `power`),
//! `images` (with `templates`, which makes them), `flavors`, `volumes`, `snapshots`, `networks`, `security_groups`, `public_ips`,
//! `machine_snapshots` of whole servers, `held` (what destroyed servers keep),
//! `keypairs`, `metadata` (in resource tags); `account`, `zones`, `query` (any call).

mod account;
pub mod call;
pub mod capabilities;
pub mod cloud;
pub mod commands;
mod console;
pub mod decode;
pub mod fault;
pub mod flatten;
mod flavors;
mod form;
mod held;
mod images;
mod jobs;
mod keypairs;
mod launch;
pub mod login;
mod machine_snapshots;
pub mod memory;
mod metadata;
mod networks;
mod page;
mod power;
mod project;
mod public_ips;
mod query;
mod refused_key;
mod resize;
mod resources;
mod security_groups;
pub mod server;
mod server_groups;
mod servers;
pub mod session;
mod snapshots;
mod storage;
mod template_bytes;
mod template_link;
mod templates;
mod updates;
mod user_data;
mod volumes;
pub mod zones;

pub use cloud::CloudStack;
