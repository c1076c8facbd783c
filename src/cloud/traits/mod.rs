//! What a cloud can do: one trait a noun, one method an operation, under the verb's own word; where a verb is of several nouns
//! the noun stands behind it (`delete_server`).
//!
//! A driver fulfils each of them in the file of its noun. What it does not fulfil is `unsupported`.

mod account;
mod flavors;
mod images;
mod keypairs;
mod metadata;
mod networks;
mod public_ips;
mod routers;
mod security_groups;
mod servers;
mod snapshots;
mod subnets;
mod volumes;

pub use account::Account;
pub use flavors::Flavors;
pub use images::Images;
pub use keypairs::Keypairs;
pub use metadata::Metadata;
pub use networks::Networks;
pub use public_ips::PublicIps;
pub use routers::Routers;
pub use security_groups::SecurityGroups;
pub use servers::Servers;
pub use snapshots::Snapshots;
pub use subnets::Subnets;
pub use volumes::Volumes;
